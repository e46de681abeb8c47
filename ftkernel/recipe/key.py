"""One declaration a recipe key: everything that is known about it, as data.

The declarations themselves stand in :mod:`ftkernel.recipe.keys`, one module a group. They feed
validation, help, the JSON schema and the docs; nothing about a key is written twice.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["str", "int", "float", "bool", "list", "mapping", "source", "model"]
"""``list``: a list of strings, or one string with commas. ``source``: where rows come from: a
string, a list of strings, or a value of the notebook. ``model``: a string, or ``{base, adapter}``,
what an earlier run stands for."""

Job = Literal["train", "infer", "evaluate", "export", "preview"]
"""``preview`` looks at rows and tokens alone: it takes the recipe of any job and any stage, and
what only training would refuse is not refused."""

Status = Literal["implemented", "translated", "ours", "later"]
"""implemented: does what it says, and a test fails if it is ignored. translated: deprecated or
gone elsewhere; its value is moved to ``becomes`` and this is said once. ours: the run folder or the
worker decides it; refused with the reason. later: known, not available yet. The last two are
accepted where they ask for what happens anyway: at their default, at ``null`` and at the values in
``harmless``; a note says that they do nothing."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """The declaration of one recipe key. ``None`` as default: decided later, see ``auto_en``."""

    name: str
    kind: Kind
    default: object = None
    nullable: bool = True
    choices: tuple[object, ...] = ()
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
    share: bool = False
    """A number below 1 is a share of the whole; from 1 on it counts, and must be whole."""
    unset: tuple[object, ...] = ()
    """Values outside the range that stand for "not given", such as -1 for ``max_steps``."""
    choices_later: tuple[object, ...] = ()
    """Known values that are not available yet."""
    pattern: str = ""
    """A regular expression that the text, or each item of a list, must match as a whole."""
    whole: bool = False
    """For lists: one string is one item, commas and all."""
    most: int | None = None
    """For lists: how many items are possible yet."""
    names: tuple[str, ...] = ()
    """For mappings: the entries there can be, each a name or ``null``; empty for any."""
    group: str
    en: str
    zh: str
    aliases: tuple[str, ...] = ()
    jobs: tuple[Job, ...] = ("train",)
    stages: tuple[str, ...] = ()
    """Stages the key applies to; empty for all."""
    methods: tuple[str, ...] = ()
    """Values of ``finetuning_type`` the key applies to; empty for all."""
    status: Status = "implemented"
    becomes: str | None = None
    """For ``translated``: the key that takes over."""
    translation: tuple[tuple[object, object], ...] = ()
    """For ``translated``: the value there by the value here; ``None`` drops the line, and a value
    that is not listed moves as it is."""
    harmless: tuple[object, ...] = ()
    """For ``ours`` and ``later``: values that ask for what happens anyway."""
    refused_always: bool = False
    """For ``later``: means something else than it seems to, and is refused at its default too."""
    reason_en: str = ""
    reason_zh: str = ""
    """Why it is refused and what to write instead."""
    auto_en: str = ""
    auto_zh: str = ""
    """What ``None`` means, where the value is decided later (``8 split as memory asks``)."""
    example: object = None
    """A value to show in an error, where the default is not a good one."""
    secret: bool = False
