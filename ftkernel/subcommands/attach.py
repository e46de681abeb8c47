"""``attach``: look at a run that another kernel or a terminal started."""

import argparse

from ftkernel import messages
from ftkernel.subcommands.arguments import add_run, run_named
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument(
        "-o", dest="variable", metavar="VAR", help=messages.text("subcommands.attach.variable")
    )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    run = run_named(arguments.run)
    if arguments.variable:
        host.store(arguments.variable, run)
    host.card(run)
    owner = run.owner()
    code = "subcommands.attach.owner" if owner else "subcommands.attach.ended"
    params = {"name": run.name, "owner": owner, "state": run.state}
    host.line(messages.text(code, params))


COMMAND = Subcommand("attach", _arguments, _run, places=("notebook",))
