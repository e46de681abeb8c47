"""Recipes for tests of the models room."""

from ftkernel.models.report import Report
from ftkernel.recipe.recipe import Recipe


def recipe(model, **values) -> Recipe:
    """A recipe that trains a model on the demo rows."""
    return Recipe.from_mapping({"model": str(model), "data": "demo", **values})


class Heard(Report):
    """Remembers what was said."""

    def __init__(self):
        self.steps, self.notes, self.warnings = [], [], []

    def progress(self, phase, done, total=None, unit="rows"):
        self.steps.append((phase, done, total, unit))

    def adjusted(self, code, **params):
        self.notes.append((code, params))

    def warned(self, code, **params):
        self.warnings.append((code, params))
