"""``estimate``: steps, tokens, memory and time of a recipe, counted by a worker."""

import argparse
import time
from pathlib import Path

from ftkernel import messages
from ftkernel.api.estimate import estimate
from ftkernel.api.precheck import with_all_faults
from ftkernel.api.run import Run
from ftkernel.errors import from_json
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder
from ftkernel.subcommands.following import follow
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.subcommands.train import read_overrides
from ftkernel.views import plan

_BYTES_OF_A_WEIGHT = 2


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
        with with_all_faults():
            recipe = Recipe.load(path, overrides=overrides)
        show_estimate(recipe, host)
        return
    run = Run(arguments.recipe)
    recipe = run.recipe.with_changes(**overrides) if overrides else run.recipe
    show_estimate(recipe, host, run.files)


def show_estimate(recipe: Recipe, host: Host, folder: RunFolder | None = None) -> None:
    """Count, and say what came of it.

    Raises:
        FtError: what would refuse the run, after the figures were shown.
    """
    begun = time.monotonic()
    result = follow(estimate(recipe, folder), host)
    # Counting does what a run does before it loads the weights, which takes about a second a GB.
    weights = (result["plan"].get("parameters") or 0) * _BYTES_OF_A_WEIGHT / 1e9
    shown = {"start_seconds": time.monotonic() - begun + weights}
    host.show(plan.mime_bundle({**result["data"], **result["plan"], **shown}))
    if result.get("refusal"):
        raise from_json(result["refusal"])


COMMAND = Subcommand("estimate", _arguments, _run)
