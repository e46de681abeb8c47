"""Rows as LLaMA-Factory takes them apart: turns before the answer, answers, system prompt, tools.

A row whose roles are out of order stays in its place without turns: what is made of its neighbours
(packing, the other answer of KTO) depends on how many rows there are. It is refused later.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ftkernel.data.parity.columns import Layout
from ftkernel.data.rows import RowFault

MEDIA = ("images", "videos", "audios")
Cells = Mapping[Any, Any]
"""A row or a message: any JSON by column; a column that was not named is ``None`` and empty."""

_BETWEEN_RESULTS = "\n</tool_response>\n<tool_response>\n"
_NO_THINKING = "detailed thinking off"


class Turn(NamedTuple):
    """One turn; roles are ``user``, ``assistant``, ``observation``, ``function``, ``system``."""

    role: str
    content: Any


@dataclass(frozen=True, slots=True)
class Reading:
    """What a row says. ``answers`` are none, one, or two (of which one may be empty: KTO)."""

    prompt: tuple[Turn, ...]
    answers: tuple[Turn, ...]
    system: Any = ""
    tools: Any = ""
    media: Mapping[str, Sequence[object]] | None = None
    """The files by kind, where the row has any."""
    is_out_of_order: bool = False


def read(row: Cells, layout: Layout) -> Reading:
    """Take a row apart.

    Raises:
        RowFault: on a row that ends LLaMA-Factory's run: a column or its type is not as named.
    """
    reader = {"alpaca": _alpaca, "sharegpt": _sharegpt, "openai": _openai}.get(layout.formatting)
    if reader is None:
        raise RowFault("parity.formatting", formatting=layout.formatting)
    try:
        return reader(row, layout)
    except (TypeError, ValueError, KeyError, AttributeError, IndexError) as fault:
        raise RowFault("parity.unusable", problem=problem(fault)) from fault


def problem(fault: BaseException) -> str:
    """What a library said, in one line."""
    return " ".join(f"{type(fault).__name__}: {fault}".split())[:200]


def _alpaca(row: Cells, layout: Layout) -> Reading:
    prompt: list[Turn] = []
    history = _cell(row, layout, "history")
    for pair in history if isinstance(history, list) else ():
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise RowFault("parity.history", key=layout.columns["history"])
        prompt += [Turn("user", pair[0]), Turn("assistant", pair[1])]
    asked = [text for key in ("prompt", "query") if (text := _cell(row, layout, key))]
    if not all(isinstance(text, str) for text in asked):
        raise RowFault("parity.no_text", key=layout.columns["prompt"])
    prompt.append(Turn("user", "\n".join(asked)))

    answer = _cell(row, layout, "response")
    pair = _pair(row, layout, str)
    if _is_tagged(row, layout):
        answers = _judged(row, layout, Turn("assistant", answer))
    elif pair:
        answers = tuple(Turn("assistant", text) for text in pair)
    else:
        answers = (Turn("assistant", answer),) if isinstance(answer, str) else ()
    return Reading(
        tuple(prompt),
        answers,
        _cell(row, layout, "system") if layout.columns["system"] else "",
        _cell(row, layout, "tools") if layout.columns["tools"] else "",
        _media(row, layout),
    )


def _sharegpt(row: Cells, layout: Layout) -> Reading:
    system, messages = _opening(row, layout)
    tags = layout.tags
    turns: list[Turn] = []
    in_order = True
    for index, message in enumerate(messages):
        if message.get(tags["role_tag"]) not in _expected(layout, index):
            in_order = False
            break
        turns.append(_turn(message, layout))
    tools = _cell(row, layout, "tools") if layout.columns["tools"] else ""
    return _answered(row, layout, turns, system, tools, in_order)


def _openai(row: Cells, layout: Layout) -> Reading:
    system, messages = _opening(row, layout)
    turns = _with_results_joined(messages, layout)
    asking, answering = ("user", "observation"), ("assistant", "function")
    in_order = all(
        turn.role in (answering if index % 2 else asking) for index, turn in enumerate(turns)
    )
    tools = row.get(layout.columns["tools"], "") if layout.columns["tools"] else ""
    if isinstance(tools, dict | list):
        tools = json.dumps(tools, ensure_ascii=False)
    return _answered(row, layout, turns, _with_thinking_off(system, tools), tools, in_order)


def _with_results_joined(messages: Sequence[Cells], layout: Layout) -> list[Turn]:
    """Turns of OpenAI messages: results in a row become one turn, calls their JSON.

    Results after which nothing comes are lost.
    """
    tags = layout.tags
    roles = _roles(layout)
    turns: list[Turn] = []
    results: list[Any] = []
    for message in messages:
        role, content = message.get(tags["role_tag"]), message.get(tags["content_tag"])
        calls = message.get("tool_calls")
        if role in (tags["assistant_tag"], tags["function_tag"]) and calls:
            content = json.dumps([call["function"] for call in calls], ensure_ascii=False)
            role = tags["function_tag"]
        if role == tags["observation_tag"]:
            results.append(content)
            continue
        if results:
            turns.append(Turn("observation", _BETWEEN_RESULTS.join(results)))
            results = []
        if role not in roles:
            raise RowFault("parity.role", key=tags["role_tag"], role=role)
        turns.append(Turn(roles[role], content))
    return turns


def _with_thinking_off(system: Any, tools: Any) -> Any:  # noqa: ANN401 - as the row has it
    """The system prompt with the words that are added to it in this form."""
    if not system:
        return system if tools else _NO_THINKING
    if tools:
        return system + "\n"
    if "detailed thinking on" in system or _NO_THINKING in system:
        return system
    return f"{system}\n{_NO_THINKING}"


def _opening(row: Cells, layout: Layout) -> tuple[Any, list[Cells]]:
    """The system prompt (the first message's before the column's) and the other messages."""
    column = layout.columns["messages"]
    messages = _cell(row, layout, "messages")
    if not isinstance(messages, list) or not all(isinstance(one, Mapping) for one in messages):
        raise RowFault("parity.messages", key=column)
    tag = layout.tags["system_tag"]
    if tag and messages and messages[0].get(layout.tags["role_tag"]) == tag:
        return messages[0].get(layout.tags["content_tag"]), messages[1:]
    return _cell(row, layout, "system") if layout.columns["system"] else "", messages


def _answered(
    row: Cells,
    layout: Layout,
    turns: Sequence[Turn],
    system: object,
    tools: object,
    in_order: bool,
) -> Reading:
    """The reading of a conversation: its last turn is the answer, unless answers stand apart."""
    media = _media(row, layout)
    if not in_order or len(turns) % 2 != (1 if layout.ranking else 0):
        return Reading((), (), system, tools, media, is_out_of_order=True)
    if _is_tagged(row, layout) and turns:
        return Reading(tuple(turns[:-1]), _judged(row, layout, turns[-1]), system, tools, media)
    if pair := _pair(row, layout, dict):
        answers = tuple(_turn(message, layout) for message in pair)
        return Reading(tuple(turns), answers, system, tools, media)
    return Reading(tuple(turns[:-1]), tuple(turns[-1:]), system, tools, media)


def _pair(row: Cells, layout: Layout, kind: type) -> tuple[Any, Any] | None:
    """The better and the worse answer of a ranked row, where both are of the form's type."""
    if not layout.ranking:
        return None
    pair = _cell(row, layout, "chosen"), _cell(row, layout, "rejected")
    return pair if all(isinstance(one, kind) for one in pair) else None


def _is_tagged(row: Cells, layout: Layout) -> bool:
    return isinstance(_cell(row, layout, "kto_tag"), bool)


def _judged(row: Cells, layout: Layout, answer: Turn) -> tuple[Turn, Turn]:
    """A judged answer: in the first place if it is a good one, else in the second."""
    empty = Turn("assistant", "")
    return (answer, empty) if _cell(row, layout, "kto_tag") else (empty, answer)


def _expected(layout: Layout, index: int) -> tuple[str | None, str | None]:
    """The roles that a turn may have by its place."""
    tags = layout.tags
    if index % 2:
        return tags["assistant_tag"], tags["function_tag"]
    return tags["user_tag"], tags["observation_tag"]


def _roles(layout: Layout) -> dict[str | None, str]:
    """Our names of the roles by the row's; where two have one name, the later wins."""
    names = ("user", "assistant", "observation", "function", "system")
    return {layout.tags[f"{name}_tag"]: name for name in names}


def _turn(message: Cells, layout: Layout) -> Turn:
    role = message.get(layout.tags["role_tag"])
    roles = _roles(layout)
    if role not in roles:
        raise RowFault("parity.role", key=layout.tags["role_tag"], role=role)
    return Turn(roles[role], message.get(layout.tags["content_tag"]))


def _cell(row: Cells, layout: Layout, key: str) -> Any:  # noqa: ANN401 - any JSON
    """What a row has in a column; ``None`` where there is no such column."""
    name = layout.columns[key]
    return row.get(name) if name else None


def _media(row: Cells, layout: Layout) -> Mapping[str, Sequence[object]] | None:
    found: dict[str, Sequence[object]] = {}
    for kind in MEDIA:
        files = _cell(row, layout, kind)
        if files is None or files == []:
            continue
        found[kind] = files if isinstance(files, list) else [files]
    return found or None
