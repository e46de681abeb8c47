"""Words in double braces, as ``{{name}}`` in identity.json: replaced where set, counted where not.

LLaMA-Factory's ``identity.json`` has them for whoever trains on it to fill in; left as they are, a
model learns to call itself "{{name}}".
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ftkernel.data.content import (
    Aside,
    Completion,
    Content,
    Conversation,
    Feedback,
    Message,
    Preference,
    Prompt,
    Text,
)

_PLACEHOLDER = re.compile(r"\{\{\s*([^\W\d]\w*)\s*\}\}")
_SHORTEST = 2
"""A single letter in double braces is mostly a formula's; it is replaced where set, not counted."""


def filled_in(content: Content, values: Mapping[str, str]) -> Content:
    """A content with its placeholders replaced by what is set for them.

    What was replaced and what was left is noted in its asides, by name.
    """
    seen: Counter[tuple[str, str]] = Counter()

    def fill(match: re.Match[str]) -> str:
        name = match.group(1)
        if name in values:
            seen["data.placeholders_set", name] += 1
            return values[name]
        if len(name) >= _SHORTEST:
            seen["data.placeholders_left", name] += 1
        return match.group()

    out = _mapped(content, lambda text: _PLACEHOLDER.sub(fill, text))
    asides = [Aside(code, name, count) for (code, name), count in seen.items()]
    return replace(out, asides=(*content.asides, *asides))


def texts_in(content: Content) -> list[str]:
    """The texts of a content that people read: no calls, no tools."""
    if isinstance(content, Conversation):
        return _texts(content.messages)
    if isinstance(content, Text):
        return [content.text]
    if isinstance(content, Completion):
        return [content.prompt, content.completion]
    if isinstance(content, Preference):
        return [*_texts(content.prompt), *_texts(content.chosen), *_texts(content.rejected)]
    if isinstance(content, Feedback):
        return [*_texts(content.prompt), *_texts(content.completion)]
    return [*_texts(content.prompt), content.answer]


def _texts(turns: tuple[Message, ...] | str) -> list[str]:
    if isinstance(turns, str):
        return [turns]
    texts = [message["content"] for message in turns]
    texts += [m["reasoning_content"] for m in turns if "reasoning_content" in m]
    return texts


def _mapped(content: Content, change: Callable[[str], str]) -> Content:
    if isinstance(content, Conversation):
        return replace(content, messages=_turns(content.messages, change))
    if isinstance(content, Text):
        return replace(content, text=change(content.text))
    if isinstance(content, Completion):
        prompt, completion = change(content.prompt), change(content.completion)
        return replace(content, prompt=prompt, completion=completion)
    if isinstance(content, Prompt):
        prompt = _turns(content.prompt, change)
        return replace(content, prompt=prompt, answer=change(content.answer))
    names = ("chosen", "rejected") if isinstance(content, Preference) else ("completion",)
    changed = {name: _turns(getattr(content, name), change) for name in ("prompt", *names)}
    return replace(content, **changed)


def _turns(turns: Any, change: Callable[[str], str]) -> Any:  # noqa: ANN401  turns or text, as given
    if isinstance(turns, str):
        return change(turns)
    return tuple(_turn(turn, change) for turn in turns)


def _turn(turn: Message, change: Callable[[str], str]) -> Message:
    keys = ("content", "reasoning_content")
    if "parts" not in turn:
        return {k: change(v) if k in keys else v for k, v in turn.items()}
    parts = [{**part, "content": change(part["content"])} for part in turn["parts"]]
    content = "".join(part["content"] for part in parts)
    whole = {k: change(v) if k == "reasoning_content" else v for k, v in turn.items()}
    return {**whole, "content": content, "parts": parts}
