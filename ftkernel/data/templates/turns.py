"""Messages as the turns that prompt formats know: asked and answered, in alternation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ftkernel.data.rendered import Messages
from ftkernel.data.rows import RowFault


@dataclass(slots=True)
class Turn:
    """One turn; ``tool`` has what all tools gave that were called at once."""

    role: Literal["user", "assistant", "tool"]
    content: str
    message: Mapping[str, Any] = field(default_factory=dict)

    @property
    def calls(self) -> list[tuple[str, str]]:
        """The names of the tools it calls and the JSON of their arguments."""
        return [_call(call["function"]) for call in self.message.get("tool_calls") or ()]


def turns_of(messages: Messages, between: str) -> tuple[str, list[Turn]]:
    """The system prompt, empty where there is none, and the turns.

    Args:
        messages: a system prompt or none, and whatever comes after it.
        between: what stands between the results of several tools.

    Raises:
        RowFault: if somebody asks twice or answers twice in a row, or the assistant begins: what
            stands between two turns is known for questions and their answers only.
    """
    system = ""
    turns: list[Turn] = []
    for number, message in enumerate(messages, start=1):
        role, content = message["role"], str(message.get("content") or "")
        before = turns[-1].role if turns else ""
        if role == "system" and number == 1:
            system = content
        elif role == "tool" == before:
            turns[-1].content += between + content
        elif role in ("user", "tool", "assistant") and (role == "assistant") == (
            before in ("user", "tool")
        ):
            turns.append(Turn(role, content, message))
        else:
            raise RowFault("data.template_turns", number=number, role=role, before=before or "-")
    return system, turns


def _call(function: Mapping[str, Any]) -> tuple[str, str]:
    arguments = function["arguments"]
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return str(function["name"]), arguments
