"""Merging a run's adapter into its base, by a worker that proves the result before it may stand."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ftkernel import messages
from ftkernel.api import frontend
from ftkernel.api.chat_keeping import make_room
from ftkernel.api.chat_target import target_of
from ftkernel.api.jobs import lines_of
from ftkernel.api.place import runs_dir
from ftkernel.errors import FtError
from ftkernel.runs.folder import read_json
from ftkernel.runs.merge_folder import (
    check_target,
    forget,
    leftovers,
    remember,
    remembered,
    remove_leftovers,
)
from ftkernel.runs.store import list_runs
from ftkernel.views import proof as view
from ftkernel.views.text import moment

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
    path = _free_target(Path(to).expanduser().absolute())
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
    fields = {"model": dict(target.model), "to": str(path), "dtype": dtype}
    result: dict[str, Any] = {}
    remember(path.parent)
    try:
        for line in lines_of("merge", recipe, target.folder, **fields):
            if line["kind"] == "result":
                result = line
            elif on_line is not None:
                on_line(line)
    except KeyboardInterrupt:
        remove_leftovers(path.parent)  # the worker is gone by now
        raise
    except FtError as error:
        if "left" in error.params and (left := leftovers(path.parent)):
            paths = {"paths": [str(one) for one in left]}
            error.params["left"] = {"code": "api.left_behind", "params": paths}
        raise
    finally:
        forget(path.parent)
    return Merged(path, result)


def clear_leftovers() -> list[Path]:
    """Remove what killed merges left, here and wherever one was begun; returns what is gone."""
    gone: list[Path] = []
    for folder in dict.fromkeys([Path.cwd(), *remembered()]):
        gone += remove_leftovers(folder)
        forget(folder)
    return gone


def _free_target(path: Path) -> Path:
    """The folder to write to, if that is possible; an earlier merge in it is named.

    Raises:
        FtError: as :func:`ftkernel.runs.merge_folder.check_target`; ``export.target_merged`` or
            ``export.target_merged_once``.
    """
    try:
        check_target(path)
    except FtError as error:
        if error.code != "export.target_not_empty" or not _is_card_of_ours(path / "README.md"):
            raise
        params: dict[str, Any] = {"path": str(path), "free": _free_name(path)}
        earlier = _earlier_merge(path)
        if earlier is None:
            when = (path / "README.md").stat().st_mtime
            raise FtError("export.target_merged_once", when=moment(when), **params) from None
        run, when = earlier
        raise FtError("export.target_merged", run=run, when=moment(when), **params) from None
    return path


def _is_card_of_ours(card: Path) -> bool:
    try:
        return "\n| ftkernel | " in card.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _earlier_merge(path: Path) -> tuple[str, float] | None:
    """The run whose merge was the last one to this folder, and when: as the runs remember."""
    found: list[tuple[float, str]] = []
    for folder in list_runs(runs_dir()):
        for file in (folder.path / "merges").glob("*.json"):
            record = read_json(file) or {}
            if record.get("path") == str(path.resolve()) and "t" in record:
                found.append((float(record["t"]), folder.name))
    if not found:
        return None
    when, run = max(found)
    return run, when


def _free_name(path: Path) -> str:
    """A folder beside it that does not exist yet."""
    return next(name for n in count(2) if not path.with_name(name := f"{path.name}-{n}").exists())
