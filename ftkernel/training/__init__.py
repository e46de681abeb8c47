"""Training: order, loss, checkpoints, plan, and the trainer that puts them together."""
