"""What the card says of a run: read from its folder and from the base, never guessed."""

import platform
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from ftkernel._version import __version__
from ftkernel.errors import FtError
from ftkernel.export.card import CardFacts
from ftkernel.models.embedded import EMBEDDED
from ftkernel.models.source import ModelSource
from ftkernel.recipe.data_files import sources
from ftkernel.recipe.finding import base_of, find
from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.event_log import read_events
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.history import effective, metrics

_STEP = re.compile(r"step-(\d+)")
# The folders of an absolute path, up to its last name: a card is published, and where things lie on
# somebody's machine is nobody's business.
_FOLDERS = re.compile(r"""(?<=[\s"'\[])(?:~|[A-Za-z]:)?[/\\](?:[^\s"',\]]*[/\\])?(?=[^\s/\\])""")
_PACKAGES = ("torch", "transformers", "peft", "trl", "safetensors")


def card_facts(
    *,
    title: str,
    recipe: Recipe,
    base: ModelSource,
    learnt: Path,
    folder: RunFolder | None,
    figures: Mapping[str, Any],
    method: str,
) -> CardFacts:
    """Everything the card of a merged model says.

    Args:
        title: what the model is called.
        recipe: says where data and base come from.
        base: the model below.
        learnt: the folder of the adapter or model that was merged; a checkpoint's tells the step.
        folder: the run, if there is one.
        figures: the proof's.
        method: how it was tuned.
    """
    step = _STEP.fullmatch(learnt.name)
    licence = read_licence(base)
    history = effective(read_events(folder.events)) if folder is not None else []
    return CardFacts(
        title=title,
        base=base.name if base.kind in ("embedded", "hub") else Path(base.name).name,
        base_hub_id=_hub_id(base),
        method=method,
        step=int(step.group(1)) if step else _last_step(history),
        licence=licence.get("license"),
        licence_name=licence.get("license_name"),
        licence_link=licence.get("license_link"),
        datasets=_hub_datasets(recipe),
        dtype=str(figures["dtype"]),
        recipe_yaml=_recipe_text(folder),
        data=_data(history),
        losses=_losses(history),
        proof=_proof(figures),
        versions=_versions(),
    )


def read_licence(base: ModelSource) -> dict[str, str]:
    """What is known of a base's licence: ``license``, ``license_name``, ``license_link``."""
    if base.kind == "embedded" and (known := EMBEDDED.get(base.name.strip().lower())):
        return {"license": known.licence}
    path = base.path / "README.md"
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    if not text.startswith("---"):
        return {}
    try:
        values = yaml.safe_load(text[3:].partition("\n---")[0])
    except yaml.YAMLError:
        return {}
    names = ("license", "license_name", "license_link")
    found = values if isinstance(values, dict) else {}
    return {name: str(found[name]) for name in names if isinstance(found.get(name), str)}


def _hub_id(base: ModelSource) -> str | None:
    if base.kind == "embedded" and (known := EMBEDDED.get(base.name.strip().lower())):
        return known.hub_id
    return base.name if base.kind == "hub" else None


def _hub_datasets(recipe: Recipe) -> list[str]:
    """The ids of data sets on the hub; a local path is nobody's business."""
    out: list[str] = []
    for source in sources(recipe["dataset"], base_of(recipe, Path())):
        try:
            found = find(source, recipe, "dataset", Path())
        except FtError:  # what lay there is gone by now
            continue
        if found.kind == "hub" and "/" in found.target:
            out.append(found.target)
    return list(dict.fromkeys(out))


def _recipe_text(folder: RunFolder | None) -> str | None:
    if folder is None or not folder.recipe_yaml.is_file():
        return None
    text = folder.recipe_yaml.read_text(encoding="utf-8", errors="replace")
    return _FOLDERS.sub("", text)


def _last_step(history: list[dict[str, Any]]) -> int | None:
    steps = [event["step"] for event in history if event["kind"] == "step_logged"]
    return max(steps, default=None)


def _data(history: list[dict[str, Any]]) -> dict[str, object]:
    found = next((event for event in history if event["kind"] == "data_prepared"), None)
    if found is None:
        return {}
    return {
        "form": found.get("form"),
        "training rows": found.get("train_rows"),
        "held-out rows": found.get("eval_rows"),
        "tokens": found.get("tokens"),
        "trained tokens": found.get("trained_tokens"),
        "rows cut": found.get("cut"),
        "rows refused": found.get("refused"),
    }


def _losses(history: list[dict[str, Any]]) -> dict[str, float]:
    rows = metrics(history)
    losses = [row for row in rows if isinstance(row.get("loss"), int | float)]
    scored = [row for row in rows if isinstance(row.get("eval_loss"), int | float)]
    out: dict[str, float] = {}
    if losses:
        out[f"training, step {losses[0]['step']}"] = losses[0]["loss"]
        out[f"training, step {losses[-1]['step']}"] = losses[-1]["loss"]
    if scored:
        out[f"held-out, step {scored[0]['step']}"] = scored[0]["eval_loss"]
        out[f"held-out, step {scored[-1]['step']}"] = scored[-1]["eval_loss"]
    return out


def _proof(figures: Mapping[str, Any]) -> dict[str, object]:
    return {
        "mean KL divergence (nats a token)": f"{figures['kl']:.3g}",
        "bound": f"{figures['kl_bound']:.3g}",
        "largest logit difference": f"{figures['largest_logit_difference']:.3g}",
        "likeliest token agrees": f"{figures['token_agreement']:.2%}",
        "prompts": figures["prompts"],
        "tokens": figures["tokens"],
    }


def _versions() -> dict[str, str]:
    found = {"ftkernel": __version__, "python": platform.python_version()}
    for name in _PACKAGES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def write_card(facts_text: str, folder: Path) -> None:
    """Write the card into a merged folder."""
    (folder / "README.md").write_text(facts_text, encoding="utf-8")
