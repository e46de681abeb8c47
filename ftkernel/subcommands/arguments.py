"""Arguments that several subcommands have: a run, its checkpoint, the folder of runs."""

from ftkernel import messages
from ftkernel.api.run import Run
from ftkernel.subcommands.parser import Parser


def add_run(parser: Parser) -> None:
    """The run that is meant: a name, an id, or a folder."""
    parser.add_argument("run", metavar="RUN", help=messages.text("subcommands.run_argument"))


def run_named(text: str) -> Run:
    """The run that is meant.

    Raises:
        FtError: if there is none; names the nearest.
    """
    return Run(text)
