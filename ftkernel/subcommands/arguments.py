"""Arguments that several subcommands have: a run, its checkpoint, the folder of runs."""

from ftkernel import messages
from ftkernel.api.commanding import WAITS
from ftkernel.api.run import Run
from ftkernel.subcommands.parser import Parser


def add_run(parser: Parser) -> None:
    """The run that is meant: a name, an id, or a folder."""
    parser.add_argument("run", metavar="RUN", help=messages.text("subcommands.run_argument"))


def add_waiting(parser: Parser) -> None:
    """Whether, and for how long, a command's confirmation is waited for."""
    parser.add_argument(
        "--no-wait", action="store_true", help=messages.text("subcommands.no_wait_option")
    )
    parser.add_argument(
        "--timeout",
        type=float,
        default=WAITS,
        metavar="SECONDS",
        help=messages.text("subcommands.wait.timeout"),
    )


def run_named(text: str) -> Run:
    """The run that is meant.

    Raises:
        FtError: if there is none; names the nearest.
    """
    return Run(text)
