"""The subcommands of ``%ft`` and of the shell's ``ftkernel``: one module each, one registry."""
