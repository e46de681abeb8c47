"""``cell``: the cell that starts a run or a recipe file again, written below this one."""

import argparse

from ftkernel import messages
from ftkernel.api import recipe_cell
from ftkernel.api.names import run_meant
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    parser.add_argument("recipe", metavar="RECIPE", help=messages.text("subcommands.cell.recipe"))


def _run(arguments: argparse.Namespace, host: Host) -> None:
    name = arguments.recipe
    if recipe_cell.is_recipe_file(name):
        text = recipe_cell.cell_of_file(name)
    else:
        text = recipe_cell.cell_of_run(run_meant(name)[0], host.variables())
    if host.next_cell(text):
        host.line(messages.text("cell.below", {"name": name}))
    else:
        host.line(text)


COMMAND = Subcommand("cell", _arguments, _run)
