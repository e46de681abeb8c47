"""``download``: bring a model into the cache before it is needed; its size is said first."""

import argparse

from ftkernel import messages
from ftkernel.api.jobs import lines_of
from ftkernel.errors import FtError
from ftkernel.recipe.recipe import Recipe
from ftkernel.subcommands.following import follow
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument("id", metavar="ID", help=text("subcommands.download.id"))
    parser.add_argument("--hub", default="huggingface", help=text("subcommands.download.hub"))


def _run(arguments: argparse.Namespace, host: Host) -> None:
    if not arguments.id.strip():
        raise FtError("subcommands.download.no_id")
    keys = {"model_name_or_path": arguments.id, "hub": arguments.hub}
    recipe = Recipe.from_mapping(keys, job="infer")
    result = follow(lines_of("download", recipe), host)
    params = {"id": arguments.id, "path": result.get("path", "")}
    host.line(messages.text("subcommands.download.done", params))


COMMAND = Subcommand("download", _arguments, _run)
