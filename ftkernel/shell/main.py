"""The entry point of ``ftkernel``.

Exit codes: 0, 1 for an error, 2 for a line that is not understood, 130 when interrupted.
"""

import sys
from collections.abc import Sequence

from ftkernel._version import __version__
from ftkernel.errors import FtError, Halt
from ftkernel.shell.host import TerminalHost
from ftkernel.subcommands import registry
from ftkernel.subcommands.boundary import short_errors

_NOT_UNDERSTOOD = frozenset(
    {"subcommands.usage", "subcommands.unknown", "subcommands.unknown_near"}
)


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    given = list(sys.argv[1:] if words is None else words)
    if given == ["--version"]:
        print(f"ftkernel {__version__}")
        return 0
    try:
        with short_errors():
            registry.dispatch(given, TerminalHost(), "shell")
    except FtError as error:
        print("\n".join(error.lines()), file=sys.stderr)
        if isinstance(error, Halt):
            return 130
        return 2 if error.code in _NOT_UNDERSTOOD else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
