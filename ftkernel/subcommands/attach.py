"""``attach``: look at a run that another kernel or a terminal started."""

import argparse

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.subcommands.arguments import add_run, run_named
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.subcommands.wait import raise_its_error


def _arguments(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument(
        "-o", dest="variable", metavar="VAR", help=messages.text("subcommands.attach.variable")
    )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    in_terminal = host.prefix == "ftkernel"
    if arguments.variable and in_terminal:
        raise FtError("subcommands.attach.no_variables", name=arguments.run)
    run = run_named(arguments.run)
    if arguments.variable:
        host.store(arguments.variable, run)
    host.card(run)
    owner = run.owner()
    code = "subcommands.attach.owner" if owner else "subcommands.attach.ended"
    state = {"code": f"views.state.{run.state}", "params": {}}
    params = {"name": run.name, "owner": owner, "state": state}
    host.line(messages.text(code, params))
    if in_terminal and run.is_live:  # a terminal has no card that keeps itself up to date
        host.wait(run)
        raise_its_error(run)
        host.card(run)


COMMAND = Subcommand("attach", _arguments, _run)
