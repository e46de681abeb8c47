"""The declarations of Gemma 4: a tool in words of its own, with tokens in the place of quotes."""

from collections.abc import Mapping
from typing import Any


def declaration(tool: Mapping[str, Any]) -> str:
    """One tool, without OpenAI's wrapper."""
    parts = [f"description:{_quoted(tool.get('description', ''))}"]
    if parameters := tool.get("parameters"):
        parts.append(f"parameters:{_braced(_parameters(parameters))}")
    if response := tool.get("response"):
        parts.append(f"response:{_braced(_response(response))}")
    return f"declaration:{tool['name']}{_braced(parts)}"


def _parameters(schema: Mapping[str, Any]) -> list[str]:
    parts: list[str] = []
    if properties := schema.get("properties"):
        each = [f"{name}:{_braced(_property(about))}" for name, about in properties.items()]
        parts.append(f"properties:{_braced(each)}")
    if required := schema.get("required"):
        parts.append(f"required:[{','.join(map(_quoted, required))}]")
    if kind := schema.get("type"):
        parts.append(f"type:{_quoted(str(kind).upper())}")
    return parts


def _property(about: Mapping[str, Any]) -> list[str]:
    return _about(about, str(about.get("type") or "").upper())


def _response(about: Mapping[str, Any]) -> list[str]:
    kind = str(about.get("type", "")).upper()
    return _about(about, kind if kind == "OBJECT" else "")


def _about(about: Mapping[str, Any], kind: str) -> list[str]:
    said = {"description": about.get("description"), "type": kind}
    return [f"{name}:{_quoted(text)}" for name, text in said.items() if text]


def _quoted(text: object) -> str:
    return f'<|"|>{text}<|"|>'


def _braced(parts: list[str]) -> str:
    return "{" + ",".join(parts) + "}"
