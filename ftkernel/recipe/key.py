"""One declaration a recipe key: everything that is known about it, as data.

The declarations themselves stand in :mod:`ftkernel.recipe.keys`, one module a group. They feed
validation, help, the JSON schema and the docs; nothing about a key is written twice.
"""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["str", "int", "float", "bool", "list", "mapping", "source"]
"""``list``: a list of strings, or one string with commas. ``source``: where rows come from: a string, a
mapping, a list of these, or a value of the notebook."""

Job = Literal["train", "infer", "evaluate", "export"]

Status = Literal["implemented", "translated", "ours", "later"]
"""implemented: does what it says, and a test fails if it is ignored. translated: deprecated or gone
elsewhere; its value is moved to ``becomes`` and this is said once. ours: the run folder or the worker
decides it; refused with the reason. later: known, not available yet; refused unless it is at its default."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """The declaration of one recipe key. ``None`` as default means: decided later, see ``auto_en``."""

    name: str
    kind: Kind
    default: object = None
    nullable: bool = True
    choices: tuple[object, ...] = ()
    ge: float | None = None
    gt: float | None = None
    le: float | None = None
    lt: float | None = None
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
    reason_en: str = ""
    reason_zh: str = ""
    """For ``ours``: why it is refused and what to write instead."""
    auto_en: str = ""
    auto_zh: str = ""
    """What ``None`` means, where the value is decided later (``8 split as memory asks``)."""
    secret: bool = False
