"""Merging a run's adapter into its base, by a worker that proves the result before it may stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftkernel import messages
from ftkernel.api import frontend
from ftkernel.api.chat_keeping import make_room
from ftkernel.api.chat_target import target_of
from ftkernel.api.jobs import lines_of
from ftkernel.errors import FtError
from ftkernel.views import proof as view

if TYPE_CHECKING:
    from ftkernel.api.run import Run


@dataclass(frozen=True)
class Merged:
    """A merged model, and how far it is from base and adapter."""

    path: Path
    proof: Mapping[str, Any]
    """What was measured: ``kl``, ``largest_logit_difference``, ``token_agreement`` …"""

    def __repr__(self) -> str:
        return str(self._repr_mimebundle_()["text/plain"])

    def _repr_mimebundle_(
        self, include: object = None, exclude: object = None
    ) -> Mapping[str, object]:
        return view.mime_bundle({**self.proof, "path": str(self.path)})


def merge(
    model: "Run | str | Path",
    to: str | Path,
    *,
    checkpoint: int | None = None,
    adapter: str | None = None,
    dtype: str | None = None,
    export_size: int | None = None,
    on_line: Callable[[Mapping[str, Any]], None] | None = None,
) -> Merged:
    """Write base and adapter as one model.

    Args:
        model: a run, ``name@step``, or a model with ``adapter``.
        to: the folder to write, new or empty; nothing is left there unless the proof holds.
        checkpoint: the step whose checkpoint is merged; by default the end of the run.
        adapter: an adapter folder on top of a model that is no run.
        dtype: the type of the numbers; by default the base model's.
        export_size: the largest file in GB.
        on_line: is told what the worker says meanwhile; without it, only what a person must know
            about the choice of the model is said, such as a damaged checkpoint passed over.

    Raises:
        FtError: if there is nothing to merge, the target is in the way, or the proof fails.
    """
    if not str(to).strip():
        raise FtError("api.no_merge_target")
    target = target_of(model, checkpoint=checkpoint, adapter=adapter, job="export")
    # A run that tuned the whole model is written and proven the same way, without an adapter.
    if target.folder is None and not target.has_adapter:
        raise FtError("api.nothing_to_merge", model=target.name)
    recipe = target.recipe
    if export_size is not None:
        recipe = recipe.with_changes(export_size=export_size)
    for remark in target.remarks:
        if on_line is not None:
            on_line({"kind": "warned", **remark})
        else:
            frontend.say(messages.text(remark["code"], remark["params"]))
    make_room()
    path = Path(to).expanduser().absolute()
    fields = {"model": dict(target.model), "to": str(path), "dtype": dtype}
    result: dict[str, Any] = {}
    for line in lines_of("merge", recipe, target.folder, **fields):
        if line["kind"] == "result":
            result = line
        elif on_line is not None:
            on_line(line)
    return Merged(path, result)
