"""How an answer is drawn: the recipe's generation keys, plus seed and stop strings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ftkernel.errors import FtError

if TYPE_CHECKING:
    from ftkernel.recipe.recipe import Recipe

KEYS = ("do_sample", "temperature", "top_p", "top_k", "max_new_tokens", "repetition_penalty")
"""The recipe keys that a question may set for itself."""

_OWN = frozenset({*KEYS, "seed", "stop", "system"})
_LARGEST_SEED = 2**53 - 1
"""Pages write numbers up to here as they are."""


@dataclass(frozen=True)
class Sampling:
    """Checked settings of one answer. The same settings, prompt and model give the same text."""

    do_sample: bool = True
    temperature: float = 0.95
    top_p: float = 0.7
    top_k: int = 50
    max_new_tokens: int = 1024
    repetition_penalty: float = 1.0
    seed: int = 42
    stop: tuple[str, ...] = ()
    system: str | None = None
    """A system prompt for this question; ``None`` for the recipe's ``default_system``."""
    notes: tuple[tuple[str, dict[str, object]], ...] = ()
    """Codes and parameters of what was decided, to be said with the answer."""

    def to_json(self) -> dict[str, object]:
        """The settings as JSON types, as the transcript keeps them."""
        values: dict[str, object] = {name: getattr(self, name) for name in (*KEYS, "seed")}
        if self.stop:
            values["stop"] = list(self.stop)
        if self.system is not None:
            values["system"] = self.system
        return values


def read_sampling(recipe: "Recipe", given: Mapping[str, object] | None = None) -> Sampling:
    """The settings of a question over those of the recipe.

    ``temperature: 0`` means greedy decoding, as in every chat API, also where the recipe says it;
    this is noted. A value of ``None`` counts as not given.

    Raises:
        RecipeError: for values that the recipe would refuse.
        FtError: ``inference.unknown_setting``, ``inference.bad_seed`` or ``inference.bad_stop``.
    """
    asked = {name: value for name, value in (given or {}).items() if value is not None}
    if unknown := sorted(set(asked) - _OWN):
        raise FtError("inference.unknown_setting", name=unknown[0], known=", ".join(sorted(_OWN)))
    changes = {name: asked[name] for name in KEYS if name in asked}
    notes: list[tuple[str, dict[str, object]]] = []
    chosen = recipe.with_changes(**changes) if changes else recipe
    values = {name: chosen[name] for name in KEYS}
    if values["do_sample"] and values["temperature"] == 0:
        values["do_sample"] = False
        notes.append(("inference.greedy", {}))
    system = asked.get("system")
    return Sampling(
        **values,
        seed=_seed(asked.get("seed", recipe["seed"])),
        stop=_stops(asked.get("stop")),
        system=None if system is None else str(system),
        notes=tuple(notes),
    )


def _seed(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST_SEED:
        raise FtError("inference.bad_seed", value=str(value), most=_LARGEST_SEED)
    return value


def _stops(value: object) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value if value is not None else []
    if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
        raise FtError("inference.bad_stop", value=str(value))
    return tuple(item for item in items if item)
