"""What a row says, whatever form it came in: a conversation, a completion, or a text.

Pure functions from a row and its form; they know neither templates nor tokens. A row that says
nothing that can be learned raises :class:`~ftkernel.data.rows.RowFault`.
"""

import json
import math
from collections.abc import Callable, Mapping

from ftkernel.data.content import Completion, Content, Conversation, Message, Text
from ftkernel.data.forms import Form
from ftkernel.data.rows import Row, RowFault

__all__ = [
    "ROLES",
    "Completion",
    "Content",
    "Conversation",
    "Message",
    "Text",
    "is_missing",
    "read_row",
]

ROLES = {
    "system": "system",
    "user": "user",
    "human": "user",
    "assistant": "assistant",
    "gpt": "assistant",
}
"""The roles known here, as ``messages`` and as sharegpt's ``conversations`` call them."""


def read_row(row: Row, form: Form, default_system: str | None = None) -> Content:
    """What a row says.

    Args:
        row: the row.
        form: the form of its source.
        default_system: the system prompt of conversations that have none.

    Raises:
        RowFault: if the row is not of that form, or holds no answer.
    """
    content = _READERS[form.kind](row.data, form.columns)
    if default_system is not None and isinstance(content, Conversation):
        return _with_system(content, default_system)
    return content


def _with_system(content: Conversation, system: str) -> Conversation:
    if content.messages[0]["role"] == "system":
        return content
    messages = ({"role": "system", "content": system}, *content.messages)
    return Conversation(messages, content.first_learned + 1)


def is_missing(value: object) -> bool:
    """Whether a cell holds nothing: ``None``, or the NaN that tables put in its place."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _string(data: Mapping[str, object], column: str, *, needed: bool = True) -> str:
    value = data.get(column)
    if is_missing(value):
        if needed:
            raise RowFault("data.cell_missing", key=column, column=column)
        return ""
    if isinstance(value, bool | int | float):
        return str(value)
    if not isinstance(value, str):
        raise RowFault("data.cell_type", key=column, column=column, type=_type(value))
    return value


def _type(value: object) -> str:
    names = {"dict": "mapping", "NoneType": "nothing", "int": "number", "float": "number"}
    return names.get(type(value).__name__, type(value).__name__)


def _alpaca(data: Mapping[str, object], columns: Mapping[str, str]) -> Content:
    extra = _string(data, columns["input"], needed=False) if "input" in columns else ""
    instruction = _string(data, columns["instruction"], needed=not extra)
    answer = _string(data, columns["output"])
    question = "\n".join(part for part in (instruction, extra) if part)
    if not question.strip():
        raise RowFault("data.question_empty", key=columns["instruction"])
    if not answer.strip():
        raise RowFault("data.answer_empty", key=columns["output"])
    messages: list[Message] = []
    if system := _string(data, columns["system"], needed=False):
        messages.append({"role": "system", "content": system})
    messages.extend(_history(data, columns["history"]))
    messages.append({"role": "user", "content": question})
    messages.append({"role": "assistant", "content": answer})
    return Conversation(tuple(messages))


def _history(data: Mapping[str, object], column: str) -> list[Message]:
    pairs = _as_list(data.get(column), column, missing=True)
    messages: list[Message] = []
    for pair in pairs:
        if not (isinstance(pair, list | tuple) and len(pair) == 2):
            raise RowFault("data.history_pair", key=column, column=column)
        for role, said in zip(("user", "assistant"), pair, strict=True):
            if not isinstance(said, str) or not said.strip():
                raise RowFault("data.history_pair", key=column, column=column)
            messages.append({"role": role, "content": said})
    return messages


def _as_list(value: object, column: str, *, missing: bool = False) -> list[object]:
    """A list, or the JSON text of one, as tables of text cells hold it."""
    if is_missing(value) or value == "":
        if missing:
            return []
        raise RowFault("data.cell_missing", key=column, column=column)
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise RowFault("data.cell_type", key=column, column=column, type="str") from error
    if not isinstance(value, list):
        raise RowFault("data.cell_type", key=column, column=column, type=_type(value))
    return value


def _messages(data: Mapping[str, object], columns: Mapping[str, str]) -> Content:
    column = columns["messages"]
    messages = _read_turns(_as_list(data.get(column), column), column)
    system = _string(data, columns["system"], needed=False)
    if system and messages[0]["role"] != "system":
        messages.insert(0, {"role": "system", "content": system})
    return _conversation(messages, column)


def _conversation(messages: list[Message], column: str, first_learned: int = 0) -> Conversation:
    # Nothing after the last answer is learned or seen by what is learned, so it is left out.
    while messages and messages[-1]["role"] != "assistant":
        messages.pop()
    learned = [m for m in messages[first_learned:] if m["role"] == "assistant"]
    if not learned:
        raise RowFault("data.no_answer", key=column)
    if any(not m["content"].strip() for m in learned):
        raise RowFault("data.answer_empty", key=column)
    return Conversation(tuple(messages), first_learned)


def _read_turns(turns: list[object], column: str) -> list[Message]:
    if not turns:
        raise RowFault("data.no_answer", key=column)
    messages = [_turn(turn, number, column) for number, turn in enumerate(turns, start=1)]
    for number, message in enumerate(messages[1:], start=2):
        if message["role"] == "system":
            raise RowFault("data.system_not_first", key=column, number=number)
    return messages


def _turn(turn: object, number: int, column: str) -> Message:
    if not isinstance(turn, Mapping):
        raise RowFault("data.turn_type", key=column, number=number, type=_type(turn))
    said = turn.get("role", turn.get("from"))
    role = ROLES.get(said) if isinstance(said, str) else None
    if role is None:
        raise RowFault(
            "data.role_unknown", key=column, number=number, role=str(said), known=sorted(ROLES)
        )
    if not is_missing(turn.get("tool_calls")) and turn.get("tool_calls"):
        raise RowFault("data.tools_later", key=column, number=number)
    message = {"role": role, "content": _said(turn, number, column)}
    reasoning = turn.get("reasoning_content")
    if role == "assistant" and isinstance(reasoning, str) and reasoning:
        message["reasoning_content"] = reasoning
    return message


def _said(turn: Mapping[object, object], number: int, column: str) -> str:
    content = turn.get("content", turn.get("value"))
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, Mapping) else part for part in content]
        if all(isinstance(part, str) for part in parts):
            return "".join(str(part) for part in parts)
        raise RowFault("data.media_later", key=column, number=number)
    if not isinstance(content, str):
        raise RowFault("data.turn_content", key=column, number=number, type=_type(content))
    return content


def _completion(data: Mapping[str, object], columns: Mapping[str, str]) -> Content:
    prompt_column, column = columns["prompt"], columns["completion"]
    prompt = data.get(prompt_column)
    if isinstance(prompt, list):
        before = _read_turns(prompt, prompt_column)
        after = _read_turns(_as_list(data.get(column), column), column)
        return _conversation([*before, *after], column, first_learned=len(before))
    completion = _string(data, column)
    if not completion.strip():
        raise RowFault("data.answer_empty", key=column)
    return Completion(_string(data, prompt_column), completion)


def _text(data: Mapping[str, object], columns: Mapping[str, str]) -> Content:
    text = _string(data, columns["text"])
    if not text.strip():
        raise RowFault("data.text_empty", key=columns["text"])
    return Text(text)


_READERS: dict[str, Callable[[Mapping[str, object], Mapping[str, str]], Content]] = {
    "alpaca": _alpaca,
    "messages": _messages,
    "completion": _completion,
    "text": _text,
}
