"""What a template of LLaMA-Factory makes of turns, before any tokenizer: pieces, in order.

Each piece is tokenized on its own.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from ftkernel.data.parity.reading import Turn
from ftkernel.data.parity.settings import Settings
from ftkernel.data.rows import RowFault
from ftkernel.data.templates.spec import CONTENT, EOS, Pieces, TemplateSpec
from ftkernel.data.templates.tools import get

_NUMBER = "{{idx}}"


@dataclass(frozen=True)
class Prompting:
    """A template and what a recipe changes in it."""

    spec: TemplateSpec
    enable_thinking: bool | None = True
    preserve_thinking: bool = False

    @classmethod
    def of(cls, spec: TemplateSpec, settings: Settings) -> "Prompting":
        """A template with the changes of a recipe.

        Tool calls in another format lose what the template puts around them: they end like the
        answers of a template that says nothing of their end.
        """
        if settings.tool_format is not None:
            bare = (CONTENT,) if spec.efficient_eos else (CONTENT, EOS)
            spec = replace(spec, tool_format=settings.tool_format, definitions="", function=bare)
        if settings.default_system is not None:
            spec = replace(spec, default_system=settings.default_system)
        if not spec.thinks:
            return cls(spec)
        return cls(spec, settings.enable_thinking, settings.preserve_thinking)

    def has_thought(self, content: str) -> bool:
        """Whether a text has a beginning or an end of a thought in it."""
        return any(word.strip() in content for word in self.spec.thought)

    def without_thought(self, content: str) -> str:
        """A text without its thoughts and the line ends before what is left."""
        begin, end = map(re.escape, self.spec.thought)
        return re.sub(f"{begin}(.*?){end}", "", content, flags=re.DOTALL).lstrip("\n")


def pieces_of(
    spec: TemplateSpec, turns: Sequence[Turn], system: object, tools: object
) -> list[Pieces]:
    """The pieces of each turn; those of prefix and system prompt are the first turn's.

    Raises:
        RowFault: if the row says nothing that can be put into words.
    """
    opening, before = _opening(spec, system, tools)
    out: list[Pieces] = []
    for index, turn in enumerate(turns):
        first = opening if index == 0 else ()
        is_asked = turn.role == "user"
        content = before + turn.content if is_asked and index == 0 and before else turn.content
        out.append(first + _said(spec, turn._replace(content=content), index // 2))
    return out


def _opening(spec: TemplateSpec, system: Any, tools: Any) -> tuple[Pieces, str]:  # noqa: ANN401
    """The parts before the first turn, and what goes before its text (Llama 2's way)."""
    system = system or spec.default_system
    if not (system or tools):
        return spec.prefix, ""
    described = _described(spec, tools) if tools else ""
    if spec.kind == "moss_vl" and tools and not system:
        described = described.lstrip("\n")
    parts = _filled(spec.system, system + described)
    if spec.kind == "llama2":
        return spec.prefix, str(parts[0])
    return spec.prefix + parts, ""


def _described(spec: TemplateSpec, tools: str) -> str:
    """What is said of the tools of a row."""
    if spec.definitions:
        return spec.definitions.replace(CONTENT, tools, 1)
    listed = json.loads(tools)
    return get(spec.tool_format, as_factory=True).tools_text(listed) if len(listed) else ""


def _said(spec: TemplateSpec, turn: Turn, number: int) -> Pieces:
    if turn.role == "user":
        # The turn's number is put in after its text, and so into the text where that has the mark.
        parts = _filled(spec.user, turn.content)
        if spec.kind == "llama2":
            return parts
        return tuple(
            part.replace(_NUMBER, str(number), 1) if isinstance(part, str) else part
            for part in parts
        )
    if turn.role == "function":
        return _filled(spec.function, _called(spec, turn.content))
    if turn.role in ("assistant", "observation"):
        kind = spec.assistant if turn.role == "assistant" else spec.observation
        return _filled(kind, turn.content)
    raise RowFault("parity.role", role=turn.role)


def _called(spec: TemplateSpec, content: str) -> str:
    """The text of a turn that calls tools: its thought or what stands beside them, the calls."""
    thought, calls = "", content
    if spec.kind != "llama2":
        if marked := _between(spec.call_words, content):
            thought, calls = content.replace(marked.group(0), ""), marked.group(1)
        elif marked := _between(spec.thought, content):
            thought, calls = marked.group(0), content.replace(marked.group(0), "")
    found = json.loads(calls)
    listed = found if isinstance(found, list) else [found]
    return thought + get(spec.tool_format, as_factory=True).calls_text(
        [(call["name"], json.dumps(call["arguments"], ensure_ascii=False)) for call in listed]
    )


def _between(words: tuple[str, str], content: str) -> re.Match[str] | None:
    begin, end = map(re.escape, words)
    return re.search(f"{begin}(.*?){end}", content, re.DOTALL)


def _filled(parts: Pieces, content: object) -> Pieces:
    if not isinstance(content, str):
        raise RowFault("parity.no_text")
    return tuple(
        part.replace(CONTENT, content, 1) if isinstance(part, str) else part for part in parts
    )
