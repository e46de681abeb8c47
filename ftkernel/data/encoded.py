"""What encoding takes and gives: the options of a recipe, and one example as tokens. Plain data."""

from array import array
from dataclasses import dataclass

from ftkernel.recipe.recipe import Recipe

IGNORED = -100
"""The label of a token that is not learned."""


@dataclass(frozen=True)
class Options:
    """What a recipe says about rows."""

    cutoff: int = 2048
    train_on_prompt: bool = False
    only_last: bool = False
    enable_thinking: bool | None = None

    @classmethod
    def of(cls, recipe: Recipe) -> "Options":
        """The options of a recipe."""
        thinking = recipe["enable_thinking"]
        return cls(
            cutoff=int(str(recipe["cutoff_len"])),
            train_on_prompt=bool(recipe["train_on_prompt"]),
            only_last=bool(recipe["mask_history"]),
            enable_thinking=None if thinking is None else bool(thinking),
        )


@dataclass(frozen=True, slots=True)
class Encoded:
    """One example for training, kept small: the tokens, and the ranges of them that are learned."""

    tokens: "array[int]"
    learned: tuple[tuple[int, int], ...]
    cut: bool = False

    @property
    def input_ids(self) -> list[int]:
        """The token ids."""
        return self.tokens.tolist()

    @property
    def labels(self) -> list[int]:
        """The token ids where they are learned, :data:`IGNORED` elsewhere."""
        out = [IGNORED] * len(self.tokens)
        for start, stop in self.learned:
            out[start:stop] = self.tokens[start:stop]
        return out

    @property
    def trained_tokens(self) -> int:
        """How many tokens are learned. The first of a row never is: nothing comes before it."""
        return sum(stop - max(start, 1) for start, stop in self.learned if stop > 1)

    def __len__(self) -> int:
        return len(self.tokens)
