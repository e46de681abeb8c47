"""Runs in cells while they go on: one feeder thread a kernel, a panel or a card for each output."""
