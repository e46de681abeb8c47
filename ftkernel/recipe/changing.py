"""Keys whose value may be changed while the run trains, and the reading of such a value.

The same on both sides: whoever sends a change looks at it first, and the worker looks again.
"""

import difflib
from typing import cast

from ftkernel.errors import FtError, Where
from ftkernel.recipe.reading import read_value
from ftkernel.recipe.registry import KEYS, find

CHANGEABLE: tuple[str, ...] = (
    "learning_rate", "weight_decay", "max_grad_norm",
    "eval_steps", "save_steps", "save_minutes", "logging_steps", "sample_steps",
)  # fmt: skip
"""Keys that :meth:`ftkernel.Run.set` takes, the ones of the optimizer first."""


def read_change(name: object, value: object) -> tuple[str, float]:
    """The key that is meant and its new value, checked as in a recipe.

    Args:
        name: of the key, or an alias such as ``lr``.
        value: a number, or the text of one.

    Raises:
        FtError: ``training.set_unknown`` for a key that stays as it is while a run trains; what the
            recipe would say of the value.
    """
    text = str(name)
    key = find(text)
    if key is None or key.name not in CHANGEABLE:
        near = difflib.get_close_matches(text.replace("-", "_"), CHANGEABLE, n=1, cutoff=0.6)
        code = "training.set_unknown_near" if near else "training.set_unknown"
        raise FtError(code, key=text, near=near[0] if near else "", keys=list(CHANGEABLE))
    read = read_value(KEYS[key.name], value, Where(key=key.name))
    if read is None:
        raise FtError("training.set_nothing", key=key.name)
    return key.name, cast("float", read)
