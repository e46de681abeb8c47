"""The shell command ``ftkernel``: the same subcommands, in a terminal."""
