"""``rm``: delete a run and everything in its folder; says how much that is and asks first."""

import argparse
from typing import Any

from ftkernel import messages
from ftkernel.api import removal
from ftkernel.errors import FtError
from ftkernel.subcommands.arguments import add_run, run_named
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    add_run(parser)
    parser.add_argument("--yes", action="store_true", help=messages.text("subcommands.rm.yes"))


def _run(arguments: argparse.Namespace, host: Host) -> None:
    run = run_named(arguments.run)
    removal.check(run)
    params: dict[str, Any] = {
        "name": run.name,
        "folder": str(run.folder),
        "size": removal.size_text(run),
        "prefix": host.prefix,
    }
    if not arguments.yes and not host.confirm(messages.text("subcommands.rm.question", params)):
        raise FtError("subcommands.rm.needs_yes", **params)
    removal.remove(run)
    host.line(messages.text("subcommands.rm.done", params))


COMMAND = Subcommand("rm", _arguments, _run)
