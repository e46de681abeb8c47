"""``keys``: the recipe's keys as a table, those that match a pattern, or one key in full."""

import argparse
import fnmatch
import re

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.recipe import registry
from ftkernel.recipe.key import Key
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.views import keys as view

_SIGNS = re.compile(r"[*?\[]")


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument("key", nargs="?", metavar="KEY", help=text("subcommands.keys.pattern"))
    parser.add_argument("--all", action="store_true", help=text("subcommands.keys.all"))


def _run(arguments: argparse.Namespace, host: Host) -> None:
    wanted = (arguments.key or "").strip()
    known = list(registry.KEYS.values() if arguments.all else registry.implemented())
    if not wanted:
        host.show(view.mime_bundle(known))
        return
    if (key := registry.find(wanted)) is not None:
        host.show(view.key_bundle(key))
        return
    # What matches nothing that is of use may still be known, and say why it is not.
    if not (found := matching(wanted, known) or matching(wanted, list(registry.KEYS.values()))):
        raise _unknown(wanted)
    host.show(view.mime_bundle(found, folded=False))


def matching(pattern: str, keys: list[Key]) -> list[Key]:
    """The keys that a pattern means.

    Names that match count before words of the help or titles of groups; ``*``, ``?`` and ``[a-z]``
    stand for what they do in file names, and match whole names.
    """
    plain = pattern.lower().replace("-", "_")
    if _SIGNS.search(pattern):
        return [
            key
            for key in keys
            if any(fnmatch.fnmatchcase(name, plain) for name in (key.name, *key.aliases))
        ]
    named = [key for key in keys if any(plain in name for name in (key.name, *key.aliases))]
    told = [key for key in keys if key not in named and _tells(key, pattern.lower())]
    return [*named, *told]


def _tells(key: Key, words: str) -> bool:
    return any(
        words in text.lower() for text in (key.en, key.zh, key.group, *registry.GROUPS[key.group])
    )


def _unknown(name: str) -> FtError:
    near = registry.nearest(name)
    code = "subcommands.keys.unknown_near" if near else "subcommands.keys.unknown"
    return FtError(code, name=name, near=" / ".join(near))


COMMAND = Subcommand("keys", _arguments, _run)
