"""Tools written as text, for chat templates that know nothing of them.

Definitions go to the end of the system prompt, calls become what the assistant says, and what a
tool answers is said by the user: so every chat template can carry them.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ftkernel.data.rendered import Messages, Tools

DEFAULT_FORMAT = "default"
"""The tool format of templates that have none of their own."""


def has_tools(messages: Messages) -> bool:
    """Whether tools are called in a conversation."""
    return any(m["role"] == "tool" or m.get("tool_calls") for m in messages)


def spelled_out(messages: Messages, tools: Tools, style: str) -> list[dict[str, Any]]:
    """The conversation as messages of a system, users and assistants alone.

    Args:
        messages: with calls and what tools answered.
        tools: that may be called.
        style: the name of a tool format.

    Raises:
        FtError: if there is no such format.
    """
    out = [_spelled(message, style) for message in _joined(messages)]
    if tools:
        text = _format(style).tools_text([dict(tool) for tool in tools])
        if out and out[0]["role"] == "system":
            out[0] = {**out[0], "content": out[0]["content"] + text}
        else:
            out.insert(0, {"role": "system", "content": text.lstrip("\n")})
    return out


def _joined(messages: Messages) -> list[dict[str, Any]]:
    """The messages, those of several tools that answer at once made one."""
    out: list[dict[str, Any]] = []
    for message in messages:
        if message["role"] == "tool" and out and out[-1]["role"] == "tool":
            out[-1] = {**out[-1], "content": f"{out[-1]['content']}\n{message['content']}"}
        else:
            out.append(dict(message))
    return out


def _spelled(message: Mapping[str, Any], style: str) -> dict[str, Any]:
    if message["role"] == "tool":
        return {"role": "user", "content": message["content"]}
    calls = message.get("tool_calls")
    if not calls:
        return dict(message)
    said = str(message.get("content") or "")
    text = _format(style).calls_text([_call(call) for call in calls])
    rest = {k: v for k, v in message.items() if k not in ("tool_calls", "content")}
    return {**rest, "content": f"{said}\n{text}" if said else text}


def _call(call: Mapping[str, Any]) -> tuple[str, str]:
    function: Mapping[str, Any] = call["function"]
    arguments = function["arguments"]
    if not isinstance(arguments, str):
        arguments = json.dumps(arguments, ensure_ascii=False)
    return str(function["name"]), arguments


def _format(style: str) -> Any:  # noqa: ANN401 - a tool format of the templates
    from ftkernel.data.templates.tools import get

    return get(style)


def names_in(messages: Sequence[Mapping[str, Any]]) -> list[str]:
    """The names of the tools that are called."""
    return [str(c["function"]["name"]) for m in messages for c in m.get("tool_calls") or ()]
