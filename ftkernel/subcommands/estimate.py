"""``estimate``: steps, tokens, memory and time of a recipe, counted by a worker."""

import argparse
from pathlib import Path

from ftkernel import messages
from ftkernel.api.estimate import estimate
from ftkernel.api.run import Run
from ftkernel.recipe.recipe import Recipe
from ftkernel.subcommands.chat import show_phase
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.subcommands.train import read_overrides


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument("recipe", metavar="RECIPE", help=text("subcommands.estimate.recipe"))
    parser.add_argument(
        "overrides", nargs="*", metavar="KEY=VALUE", help=text("subcommands.train.override")
    )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    overrides = read_overrides(arguments.overrides)
    path = Path(arguments.recipe)
    if path.suffix in {".yaml", ".yml", ".json"} or path.is_file():
        recipe = Recipe.load(path, overrides=overrides)
    else:
        recipe = Run(arguments.recipe).recipe
        recipe = recipe.with_changes(**overrides) if overrides else recipe
    show_estimate(recipe, host)


def show_estimate(recipe: Recipe, host: Host) -> None:
    """Count, and say what came of it."""
    result: dict[str, object] = {}
    with host.status() as status:
        for line in estimate(recipe):
            if line["kind"] == "phase":
                show_phase(status, line)
            elif line["kind"] == "result":
                result = line
    host.line(messages.text("subcommands.estimate.result", result))


COMMAND = Subcommand("estimate", _arguments, _run)
