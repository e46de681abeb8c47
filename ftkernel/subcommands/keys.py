"""``keys``: the recipe's keys with type, default and help; one key in full."""

import argparse

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.recipe import registry
from ftkernel.recipe.key import Key
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.views import keys as view


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument("key", nargs="?", metavar="KEY", help=text("subcommands.keys.key"))
    parser.add_argument("--all", action="store_true", help=text("subcommands.keys.all"))


def _run(arguments: argparse.Namespace, host: Host) -> None:
    if arguments.key:
        host.show(view.key_bundle(_find(arguments.key)))
        return
    wanted = registry.KEYS.values() if arguments.all else registry.implemented()
    host.show(view.mime_bundle(wanted))


def _find(name: str) -> Key:
    key = registry.find(name)
    if key is not None:
        return key
    near = registry.nearest(name)
    code = "subcommands.keys.unknown_near" if near else "subcommands.keys.unknown"
    raise FtError(code, name=name, near=" / ".join(near))


COMMAND = Subcommand("keys", _arguments, _run)
