"""The plan job: what a run would do and take, told without loading a weight; nothing is written.

For ``%ft estimate`` and ``--dry-run``: the model's files are looked at, the rows are read and
tokenized for real, and everything that would refuse the run refuses it here.
"""

from dataclasses import asdict

from ftkernel.errors import FtError
from ftkernel.models.precision import choose_precision
from ftkernel.models.report import Report
from ftkernel.recipe.possible import check_packages
from ftkernel.runs.events import Phase
from ftkernel.training.plan import make_plan
from ftkernel.training.prepare import find_model, prepare_data
from ftkernel.worker.context import Context


def run(context: Context) -> None:
    """Plan the recipe of the job; send a ``result`` line with ``plan`` and ``data``."""
    recipe = context.recipe
    if recipe is None:
        raise FtError("training.plan_without_recipe")
    report = _Teller(context)
    for note in recipe.notes:
        report.adjusted(note.code, **note.params)
    check_packages(recipe)
    model = find_model(recipe, context.secrets, report)
    data = prepare_data(recipe, model, context.folder, report)
    precision = choose_precision(recipe)
    for code, params in precision.notes:
        report.adjusted(code, **params)
    for code, params in precision.warnings:
        report.warned(code, **params)
    plan = make_plan(recipe, data, precision, context.folder, report)
    refusal = plan.refusal(recipe, str(context.folder.path if context.folder else "."))
    context.out.send(
        {
            "kind": "result",
            "plan": {
                **plan.to_json(),
                "source": data.source.name,
                "parameters": data.shape.parameters if data.shape else None,
            },
            "data": asdict(data.report),
            "precision": precision.name,
            "device": precision.device,
            "refusal": refusal.to_json() if refusal else None,
        }
    )


class _Teller(Report):
    """Passes what the rooms below say to whoever asked for the plan."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def progress(
        self, phase: Phase, done: int, total: int | None = None, unit: str = "rows"
    ) -> None:
        if not self._context.stop.reason:
            self._context.progress(phase, done, total, unit)
            return
        raise FtError("training.plan_stopped")

    def adjusted(self, code: str, **params: object) -> None:
        self._context.adjusted(code, **params)

    def warned(self, code: str, **params: object) -> None:
        self._context.warned(code, **params)
