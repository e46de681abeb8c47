"""``data``: what a file, a folder, a hub id or a variable holds, before any recipe exists."""

import argparse
import json
from pathlib import Path

from ftkernel import messages
from ftkernel.api.preview import preview
from ftkernel.recipe.dataset_info import NAME, read_info
from ftkernel.recipe.recipe import Recipe
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.preview import show
from ftkernel.subcommands.registering import write_entry
from ftkernel.subcommands.registry import Subcommand
from ftkernel.subcommands.train import read_overrides

_ROWS = 20
_MODEL = "smollm2-135m"
"""Whose tokenizer counts where nobody names a model: the one that is always there."""


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument("source", metavar="SOURCE", help=text("subcommands.data.source"))
    parser.add_argument(
        "overrides", nargs="*", metavar="KEY=VALUE", help=text("subcommands.train.override")
    )
    parser.add_argument("--rows", type=int, default=_ROWS, help=text("subcommands.preview.rows"))
    parser.add_argument("--register", metavar="NAME", help=text("subcommands.data.register"))
    parser.add_argument(
        "--dataset-dir", metavar="FOLDER", help=text("subcommands.data.dataset_dir")
    )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    variables = host.variables() or {}
    source = arguments.source
    if source in variables and not Path(source).exists():
        source = f"${source}"
    written = read_overrides(arguments.overrides)
    keys = {"dataset": source, **written}
    if not {"model", "model_name_or_path"} & written.keys():
        keys["model"] = _MODEL
    folder = Path(arguments.dataset_dir or ".").expanduser()
    if arguments.dataset_dir and "dataset_dir" not in written and _is_named(arguments, folder):
        keys["dataset_dir"] = str(folder.parent if folder.suffix == ".json" else folder)
    recipe = Recipe.from_mapping(keys, namespace=variables, job="preview")
    found = preview(recipe, arguments.rows)
    show(found, host)
    if arguments.register:
        path, entry = write_entry(found, arguments.register, folder)
        said = {
            "name": arguments.register,
            "path": str(path),
            "entry": json.dumps(entry, ensure_ascii=False),
        }
        host.line(messages.text("subcommands.data.registered", said))


def _is_named(arguments: argparse.Namespace, folder: Path) -> bool:
    """Whether the source is a name to be looked up in the ``dataset_info.json`` of a folder.

    With ``--register`` the folder may be there only to write into.
    """
    path = folder if folder.suffix == ".json" else folder / NAME
    if path.is_file() and read_info(path).entry(arguments.source) is not None:
        return True
    return not (arguments.register or Path(arguments.source).expanduser().exists())


COMMAND = Subcommand("data", _arguments, _run)
