"""What an estimate shows of the figures that a worker counted."""

from contextlib import nullcontext

from ftkernel.recipe.recipe import Recipe
from ftkernel.subcommands import estimate as module

COUNTED = {
    "kind": "result",
    "plan": {"total_steps": 3, "epochs": 1.0, "seconds": 0.02, "parameters": 2_000_000_000},
    "data": {},
}


class Host:
    """A host that keeps what it is shown."""

    prefix = "%ft"

    def __init__(self):
        self.shown = ""

    def show(self, bundle):
        self.shown = bundle["text/plain"]

    def status(self):
        return nullcontext()


def test_the_time_names_what_passes_before_the_first_step(monkeypatch):
    monkeypatch.setattr(module, "estimate", lambda recipe, folder: iter([COUNTED]))
    host = Host()
    module.show_estimate(Recipe.from_mapping({"model": "smollm2-135m", "data": "demo"}), host)
    assert host.shown.splitlines()[-1] == (
        "  time             under a second, plus about 4.0 s to start and to load the weights"
    )
