"""What happens: the run folder, its events and commands, and the processes that drive it."""
