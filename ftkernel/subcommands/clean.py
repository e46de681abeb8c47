"""``clean``: notebooks whose widget state is refused elsewhere, repaired in place."""

import argparse
import glob
import os
from pathlib import Path

from ftkernel import messages
from ftkernel.api.notebook_file import Cleaned, clean
from ftkernel.errors import FtError
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.views.amounts import data_size


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument(
        "notebooks", nargs="+", metavar="NOTEBOOK", help=text("subcommands.clean.notebook")
    )
    parser.add_argument("--strip", action="store_true", help=text("subcommands.clean.strip"))
    parser.add_argument("--dry-run", action="store_true", help=text("subcommands.clean.dry_run"))


def _run(arguments: argparse.Namespace, host: Host) -> None:
    paths = list(dict.fromkeys(path for word in arguments.notebooks for path in _paths(word)))
    failed: list[FtError] = []
    for path in paths:
        try:
            done = clean(path, strip=arguments.strip, dry_run=arguments.dry_run)
        except FtError as error:
            failed.append(error)
            if len(paths) > 1:
                host.line("\n".join(error.lines()))
            continue
        host.line(_said(done, dry_run=arguments.dry_run))
    if failed and len(paths) == 1:
        raise failed[0]
    if failed:
        raise FtError("clean.some_failed", count=len(failed), total=len(paths))


def _paths(word: str) -> list[Path]:
    """The files that a word means; a pattern is tried where there is no file of that very name."""
    if os.path.lexists(os.path.expanduser(word)) or not glob.has_magic(word):
        return [Path(word).expanduser()]
    found = sorted(glob.glob(os.path.expanduser(word), recursive=True))
    if not found:
        raise FtError("clean.no_match", pattern=word)
    return [Path(one) for one in found]


def _said(done: Cleaned, *, dry_run: bool) -> str:
    params: dict[str, object] = {"path": str(done.path), "count": done.models}
    if done.done == "stripped":
        params["size"] = data_size(done.saved)
    return messages.text(
        f"clean.{done.done}{'_dry' if dry_run and done.done != 'fine' else ''}", params
    )


COMMAND = Subcommand("clean", _arguments, _run)
