"""What a row says, whatever form it came in: the types that reading gives and encoding takes.

Plain data; they know neither columns nor templates nor tokens. Lists are tuples, so that a content
can be shared between processes and stages without anybody changing it; messages are mappings as
``transformers`` and chat templates take them.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Message = dict[str, Any]
"""One turn: ``role`` (``system``, ``user``, ``assistant`` or ``tool``) and ``content`` (text; empty
beside ``tool_calls``, if at all).

An assistant's may have ``reasoning_content`` (text), ``weight`` (a number; 0 is read and not
learned, absent is 1), ``parts`` (a list of ``content`` and ``weight``, where answers in a row were
joined that count differently: together they are its content, and its ``weight`` is the largest) and
``tool_calls``: a list of ``{"type": "function", "function": {"name": str, "arguments": dict}}``,
with its ``id`` where it had one; a tool's may have ``name`` and
``tool_call_id``.
"""

Tool = dict[str, Any]
"""A tool that may be called: ``{"type": "function", "function": {"name", "description",
"parameters"}}``."""

Turns = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Media:
    """The files of a row in the order of their marks: paths, or what a data set holds instead."""

    images: tuple[object, ...] = ()
    videos: tuple[object, ...] = ()
    audios: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Aside:
    """Something about a row that is no fault but has to be said, counted over all rows.

    ``code`` names the text, ``name`` what it is about (a placeholder, a column).
    """

    code: str
    name: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns of a conversation; answers are learned from ``first_learned`` on."""

    messages: Turns
    first_learned: int = 0
    tools: tuple[Tool, ...] = ()
    media: Media | None = None
    asides: tuple[Aside, ...] = field(default=(), compare=False)

    @property
    def characters(self) -> int:
        """How long the contents are together."""
        return _length(self.messages) + _length_of_tools(self.tools)


@dataclass(frozen=True, slots=True)
class Completion:
    """Plain text to go on from, and how it goes on; no template."""

    prompt: str
    completion: str
    asides: tuple[Aside, ...] = field(default=(), compare=False)

    @property
    def characters(self) -> int:
        """How long it is."""
        return len(self.prompt) + len(self.completion)


@dataclass(frozen=True, slots=True)
class Text:
    """Plain text, learned as a whole."""

    text: str
    asides: tuple[Aside, ...] = field(default=(), compare=False)

    @property
    def characters(self) -> int:
        """How long it is."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Preference:
    """Two answers to one prompt, the better one first.

    All three are turns, or all three are plain text. The prompt is empty only where two plain texts
    stand alone and have nothing in common.
    """

    prompt: Turns | str
    chosen: Turns | str
    rejected: Turns | str
    tools: tuple[Tool, ...] = ()
    media: Media | None = None
    asides: tuple[Aside, ...] = field(default=(), compare=False)

    @property
    def characters(self) -> int:
        """How long prompt and both answers are together."""
        said = _length(self.prompt) + _length(self.chosen) + _length(self.rejected)
        return said + _length_of_tools(self.tools)


@dataclass(frozen=True, slots=True)
class Feedback:
    """An answer to a prompt, and whether it is a good one."""

    prompt: Turns | str
    completion: Turns | str
    desirable: bool
    tools: tuple[Tool, ...] = ()
    media: Media | None = None
    asides: tuple[Aside, ...] = field(default=(), compare=False)

    @property
    def characters(self) -> int:
        """How long prompt and answer are together."""
        return _length(self.prompt) + _length(self.completion) + _length_of_tools(self.tools)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What is asked, for a stage that makes the answers itself.

    ``answer`` is the row's own where it has one; ``extra`` holds every further column, for rewards.
    """

    prompt: Turns | str
    answer: str = ""
    extra: Mapping[str, object] = field(default_factory=dict[str, object])
    tools: tuple[Tool, ...] = ()
    media: Media | None = None
    asides: tuple[Aside, ...] = field(default=(), compare=False)

    @property
    def characters(self) -> int:
        """How long prompt and answer are together."""
        return _length(self.prompt) + len(self.answer) + _length_of_tools(self.tools)


Content = Conversation | Completion | Text | Preference | Feedback | Prompt


def texts_of(message: Message) -> list[str]:
    """Every text in a message that people or models wrote, tool calls included."""
    out = [str(message["content"])]
    if message.get("reasoning_content"):
        out.append(str(message["reasoning_content"]))
    for call in message.get("tool_calls") or ():
        function = call["function"]
        out += [str(function["name"]), json.dumps(function["arguments"], ensure_ascii=False)]
    return out


def _length(turns: Iterable[Message] | str) -> int:
    if isinstance(turns, str):
        return len(turns)
    return sum(len(text) for message in turns for text in texts_of(message))


def _length_of_tools(tools: tuple[Tool, ...]) -> int:
    return len(json.dumps(tools, ensure_ascii=False)) if tools else 0
