"""``wait``: wait until a run has ended; a run that failed raises its error here."""

import argparse

from ftkernel import messages
from ftkernel.api.run import Run
from ftkernel.api.waiting import check_timeout
from ftkernel.errors import FtError
from ftkernel.subcommands.arguments import add_run, run_named
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument(
        "--timeout", type=float, metavar="SECONDS", help=messages.text("subcommands.wait.timeout")
    )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    check_timeout(arguments.timeout)
    run = run_named(arguments.run)
    try:
        host.wait(run, arguments.timeout)
    except TimeoutError:
        raise FtError("api.wait_timeout", name=run.name, seconds=f"{arguments.timeout:g}") from None
    raise_its_error(run)
    host.card(run)


def raise_its_error(run: Run) -> None:
    """Raise the error that ended a run, if one did; the run is its ``run``."""
    if (error := run.error()) is not None:
        error.run = run
        raise error


COMMAND = Subcommand("wait", _arguments, _run)
