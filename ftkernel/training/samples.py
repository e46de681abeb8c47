"""When the recipe's ``sample_prompts`` are answered."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ftkernel.recipe.recipe import Recipe

_SHARE = 0.1
"""Of all steps, where nothing is measured and ``sample_steps`` was not given."""


@dataclass
class Samples:
    """The prompts of a run and their schedule.

    Attributes:
        prompts: texts; may be empty.
        every: steps between two answers (below 1: a share of all); ``None``: after each
            measurement, or a tenth of all steps where nothing is measured.
        measured: whether rows are measured.
        max_new_tokens: the longest answer.
    """

    prompts: Sequence[str] = ()
    every: float | None = None
    measured: bool = False
    max_new_tokens: int = 64

    @classmethod
    def of(cls, recipe: Recipe, *, held_out: bool) -> "Samples":
        """The samples a recipe asks for."""
        measured = held_out and recipe["eval_strategy"] != "no"
        return cls(
            tuple(recipe["sample_prompts"]),
            recipe["sample_steps"],
            measured,
            recipe["sample_max_new_tokens"],
        )

    def due(self, step: int, total: int, *, just_measured: bool) -> bool:
        """Whether the prompts are answered after this step."""
        if not self.prompts or step < 1:
            return False
        if step >= total:
            return True
        if self.every is None and self.measured:
            return just_measured
        every = _SHARE if self.every is None else self.every
        return step % (math.ceil(total * every) if every < 1 else int(every)) == 0
