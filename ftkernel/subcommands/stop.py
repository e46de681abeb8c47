"""``stop``: end a run with a checkpoint, from whichever kernel or terminal."""

import argparse

from ftkernel import messages
from ftkernel.subcommands.arguments import add_run, run_named
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument("--wait", action="store_true", help=messages.text("subcommands.stop.wait"))


def _run(arguments: argparse.Namespace, host: Host) -> None:
    run = run_named(arguments.run)
    run.stop()
    host.line(messages.text("subcommands.stop.asked", {"name": run.name, "prefix": host.prefix}))
    if arguments.wait:
        host.wait(run)


COMMAND = Subcommand("stop", _arguments, _run)
