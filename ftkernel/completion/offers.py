"""What is offered at the cursor, and what the offers are drawn from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Kind = Literal[
    "key", "value", "model", "run", "path", "variable", "command", "option", "setting"
]  # fmt: skip


@dataclass(frozen=True)
class Completion:
    """One offer.

    Args:
        text: what takes the place of the fragment before the cursor.
        kind: what it is.
        note: a word or two on it, for where it is listed (``float, default 5e-05``).
        help: a sentence on it.
    """

    text: str
    kind: Kind
    note: str = ""
    help: str = ""


@dataclass(frozen=True)
class Completions:
    """Offers for the text between ``start`` and ``end``; none where nothing can be said."""

    start: int
    end: int
    items: tuple[Completion, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What else a cell can speak of: the notebook's variables, the folder that files lie in."""

    variables: Mapping[str, object] = field(default_factory=dict[str, object])
    folder: Path = field(default_factory=Path.cwd)


def matching(fragment: str, offers: Iterable[Completion]) -> list[Completion]:
    """The offers that begin with a fragment, or where there is none, those that hold it; once."""
    wanted = fragment.lower()
    begin: dict[str, Completion] = {}
    hold: dict[str, Completion] = {}
    for offer in offers:
        text = offer.text.lower()
        if text.startswith(wanted):
            begin.setdefault(offer.text, offer)
        elif len(wanted) > 1 and wanted in text:
            hold.setdefault(offer.text, offer)
    return list((begin or hold).values())
