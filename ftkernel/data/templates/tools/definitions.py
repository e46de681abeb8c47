"""What a model is told of the tools at hand: the prompts of ``prompts.yaml``, filled in."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import yaml

from ftkernel.data.templates.tools.calls import dumped
from ftkernel.data.templates.tools.gemma import declaration

Tool = Mapping[str, Any]

_FIELD = re.compile(r"\{(tools|names|date|name|description|arguments|json)\}")


@cache
def prompts() -> dict[str, dict[str, Any]]:
    """The table, by tool format."""
    file = resources.files("ftkernel.data.templates.tools") / "prompts.yaml"
    return yaml.safe_load(file.read_text("utf-8"))


def tools_text(form: str, tools: Sequence[Tool], date: str) -> str:
    """What stands in, or after, the system prompt; nothing where there are no tools.

    Args:
        form: a tool format.
        tools: each a function, or OpenAI's wrapper around one.
        date: what the format of Llama 3 calls today.

    Raises:
        KeyError, TypeError, AttributeError: if a tool lacks what the format shows of it.
    """
    if not tools:
        return ""
    if form == "gemma4":
        return "\n".join(declaration(_bare(tool)) for tool in tools)
    entry = prompts()[form]
    if form == "default":
        each = "".join(_filled(entry["each"], _described(_bare(tool))) for tool in tools)
    else:
        shaped = [_SHAPES[entry["form"]](tool) for tool in tools]
        each = dumped(shaped) if entry.get("listed") else "".join(_each(entry, shaped))
    names = ", ".join(_bare(tool)["name"] for tool in tools) if "{names}" in entry["prompt"] else ""
    return _filled(entry["prompt"], {"tools": each, "names": names, "date": date})


def _each(entry: Mapping[str, Any], tools: Iterable[Tool]) -> Iterable[str]:
    for tool in tools:
        text = json.dumps(tool, ensure_ascii=False, indent=entry.get("indent"))
        fields = {"json": text, "name": tool["name"] if "{name}" in entry["each"] else ""}
        yield _filled(entry["each"], fields)


def _filled(pattern: str, fields: Mapping[str, str]) -> str:
    """A prompt with its fields put in at once, so that braces inside them stay text."""
    return _FIELD.sub(lambda found: fields[found[1]], pattern)


def _bare(tool: Tool) -> Tool:
    return tool["function"] if tool.get("type") == "function" and "function" in tool else tool


def _wrapped(tool: Tool) -> Tool:
    return tool if tool.get("type") == "function" else {"type": "function", "function": tool}


_SHAPES = {"bare": _bare, "wrapped": _wrapped, "as_given": lambda tool: tool}


def _described(tool: Tool) -> dict[str, str]:
    # OpenAI takes tools without parameters, written in any of these ways.
    parameters = tool.get("parameters") or {}
    required = parameters.get("required") or []
    lines = (
        _argument(name, about, needed=name in required)
        for name, about in (parameters.get("properties") or {}).items()
    )
    return {
        "name": tool["name"],
        "description": tool.get("description", ""),
        "arguments": "".join(lines),
    }


def _argument(name: str, about: Tool, *, needed: bool) -> str:
    line = f"  - {name} ({about.get('type', '')}{', required' if needed else ''}): "
    line += str(about.get("description", ""))
    if choices := about.get("enum"):
        line += f", should be one of [{', '.join(map(str, choices))}]"
    if items := about.get("items"):
        line += f", where each item should be {items.get('type', '')}"
    return line + "\n"
