"""What is found about the rows of a run, as plain data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["red", "yellow"]
"""Red refuses a run, yellow is shown."""


@dataclass(frozen=True)
class Finding:
    """One finding: how bad, the code of its text, and what the text needs."""

    level: Level
    code: str
    params: Mapping[str, object] = field(default_factory=dict[str, object])

    def to_json(self) -> dict[str, object]:
        """As JSON types."""
        return {"level": self.level, "code": self.code, "params": dict(self.params)}
