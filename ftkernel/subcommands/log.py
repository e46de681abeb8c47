"""``log``: what the libraries inside a worker printed, the traces of errors among it."""

import argparse

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.subcommands.arguments import add_run, run_named
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand

_LINES = 50


def _arguments(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument(
        "-n", type=int, default=_LINES, metavar="LINES", help=messages.text("subcommands.log.lines")
    )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    if arguments.n < 1:
        raise FtError("subcommands.log.no_lines", value=arguments.n)
    run = run_named(arguments.run)
    text = run.logs(arguments.n).rstrip("\n")
    host.line(text or messages.text("subcommands.log.empty", {"name": run.name}))


COMMAND = Subcommand("log", _arguments, _run)
