"""``train``: start the run of a recipe file from a terminal, and wait for it."""

import argparse
from pathlib import Path

from ftkernel import messages
from ftkernel.api import finetune
from ftkernel.api.precheck import with_all_faults
from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.subcommands.wait import raise_its_error


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument("recipe", metavar="RECIPE", help=text("subcommands.train.recipe"))
    parser.add_argument(
        "overrides", nargs="*", metavar="KEY=VALUE", help=text("subcommands.train.override")
    )
    parser.add_argument("--detach", action="store_true", help=text("notebook.help_detach"))
    parser.add_argument("--dry-run", action="store_true", help=text("notebook.help_dry_run"))


def read_overrides(words: list[str]) -> dict[str, str]:
    """The keys and values in ``key=value`` words.

    Raises:
        FtError: for a word that is none.
    """
    out: dict[str, str] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if not sign or not key:
            raise FtError("subcommands.train.no_override", word=word)
        out[key] = value
    return out


def _run(arguments: argparse.Namespace, host: Host) -> None:
    overrides = read_overrides(arguments.overrides)
    path = Path(arguments.recipe)
    if path.is_dir():
        raise FtError("subcommands.train.folder", path=arguments.recipe, prefix=host.prefix)
    with with_all_faults():
        recipe = Recipe.load(path, overrides=overrides)
    if arguments.dry_run:
        from ftkernel.subcommands.estimate import show_estimate

        show_estimate(recipe, host)
        return
    run = finetune.start(recipe, detach=arguments.detach, say=host.line)
    if arguments.detach:
        params = {"name": run.name, "prefix": host.prefix}
        host.line(messages.text("subcommands.train.detached", params))
        return
    host.wait(run, own=True)
    raise_its_error(run)
    host.card(run)


COMMAND = Subcommand("train", _arguments, _run, places=("shell",))
