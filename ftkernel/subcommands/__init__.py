"""The subcommands of ``%ft`` and of the shell command ``ftkernel``: one module each, one registry."""
