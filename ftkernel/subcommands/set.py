"""``set``: change a value of a run while it trains, such as its learning rate."""

import argparse

from ftkernel import messages
from ftkernel.recipe.changing import CHANGEABLE
from ftkernel.subcommands.arguments import add_run, add_waiting, run_named
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    add_run(parser)
    keys = {"keys": list(CHANGEABLE)}
    parser.add_argument("key", metavar="KEY", help=messages.text("subcommands.set.key", keys))
    parser.add_argument("value", metavar="VALUE", help=messages.text("subcommands.set.value"))
    add_waiting(parser)


def _run(arguments: argparse.Namespace, host: Host) -> None:
    run = run_named(arguments.run)
    done = run.set(
        arguments.key, arguments.value, wait=not arguments.no_wait, timeout=arguments.timeout
    )
    if done is None:
        host.line(messages.text("commands.sent", {"name": run.name, "command": "set"}))
    else:
        host.line(messages.text("commands.changed", {"name": run.name, **done}))


COMMAND = Subcommand("set", _arguments, _run)
