"""The entry point of ``ftkernel``.

Exit codes: 0, 1 for an error, 2 for a line that is not understood, 130 when interrupted, 141 when
nobody reads the output any more (``ftkernel runs | head -1``).
"""

import os
import sys
from collections.abc import Sequence

from ftkernel import messages
from ftkernel._version import __version__
from ftkernel.errors import FtError, Halt
from ftkernel.shell.host import OutputClosed, TerminalHost
from ftkernel.subcommands import registry
from ftkernel.subcommands.boundary import short_errors

_ENDED_BY_A_CLOSED_PIPE = 141
"""What a shell says of a program that SIGPIPE ended."""

_NOT_UNDERSTOOD = frozenset(
    {"subcommands.usage", "subcommands.unknown", "subcommands.unknown_near"}
)


def main(words: Sequence[str] | None = None) -> int:
    """Do what the command line says; returns the exit code."""
    given = list(sys.argv[1:] if words is None else words)
    with messages.commands_as(TerminalHost.prefix):
        return _done(given)


def _done(given: list[str]) -> int:
    host = TerminalHost()
    try:
        with short_errors():
            if given == ["--version"]:
                host.line(f"ftkernel {__version__}")
            else:
                registry.dispatch(given, host, "shell")
    except OutputClosed:
        # Python flushes standard output once more when it ends, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _ENDED_BY_A_CLOSED_PIPE
    except FtError as error:
        print("\n".join([*error.lines(), *error.trace()]), file=sys.stderr)
        if isinstance(error, Halt):
            return 130
        return 2 if error.code in _NOT_UNDERSTOOD else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
