"""Where the answers stand in a rendered conversation, proven and never guessed.

A template may do anything with a conversation, so nothing is searched for by its words. An answer
begins where the template says so (``{% generation %}``); else where the prompt ends that a chat
would have asked it with, provided that the rendering begins with exactly that prompt; else where a
stand-in for its content comes out, provided that the rendering is the same around it. What none of
the three shows is refused.

Templates that write an answer differently once it is history (thinking left out, the system prompt
moved to the last question) get one example an answer, so that each is learned in the words it is
used in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ftkernel.data.conversation import Conversation, Message
from ftkernel.data.rows import RowFault
from ftkernel.data.template import Template

# Private characters outside those of ftkernel.data.special; long enough that no row has them by
# chance.
_STAND_IN = "\U0010fff0\U0010fff1" * 4


@dataclass(frozen=True, slots=True)
class Span:
    """The characters of one answer and what the template put after it, up to the next turn."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Example:
    """A rendered conversation and its answers.

    ``differs``: some answer does not follow the words
    that a chat asks with; ``rewritten``: some answer does not stand there as the row has it;
    ``guarded``: special tokens in its contents are hidden, see :mod:`ftkernel.data.special`.
    """

    text: str
    spans: tuple[Span, ...]
    differs: bool = False
    rewritten: bool = False
    guarded: bool = False


def find_answers(
    conversation: Conversation, template: Template, *, only_last: bool = False
) -> list[Example]:
    """Render a conversation and find its answers.

    Args:
        conversation: ends with an answer.
        template: of the checkpoint.
        only_last: learn the last answer alone.

    Raises:
        RowFault: if the template refuses it, or an answer cannot be located for certain.
    """
    messages = conversation.messages
    answers = [
        index
        for index in range(conversation.first_learned, len(messages))
        if messages[index]["role"] == "assistant"
    ]
    if only_last:
        answers = answers[-1:]
    alone = [_last_answer(messages[: index + 1], template) for index in answers]
    whole = alone[-1].text
    if not all(whole.startswith(example.text) for example in alone):
        return alone
    spans = tuple(example.spans[0] for example in alone)
    return [
        Example(
            whole,
            spans,
            differs=any(example.differs for example in alone),
            rewritten=any(example.rewritten for example in alone),
        )
    ]


def _last_answer(messages: Sequence[Message], template: Template) -> Example:
    text = template.render(messages)
    prompt = _prompt(messages[:-1], template)
    nested = len(prompt) if prompt is not None and text.startswith(prompt) else None
    start = nested
    if template.marks_answers and (marked := template.answer_starts(messages)):
        start = max(marked[-1], nested or 0)
    if start is None:
        start = _start_by_stand_in(messages, text, template)
    return Example(
        text,
        (Span(start, len(text)),),
        differs=start != nested,
        rewritten=not _stands_in(messages[-1]["content"], text[start:]),
    )


def _prompt(messages: Sequence[Message], template: Template) -> str | None:
    """What a chat asks with; ``None`` if the template writes these messages down but cannot ask."""
    try:
        return template.render(messages, prompt=True)
    except RowFault:
        return None


def _stands_in(content: str, text: str) -> bool:
    """Whether a content is there, but for white space, which templates trim and add at will."""
    return content.strip() in text or "".join(content.split()) in "".join(text.split())


def _start_by_stand_in(messages: Sequence[Message], text: str, template: Template) -> int:
    stand_in: Message = {"role": "assistant", "content": _STAND_IN}
    other = template.render([*messages[:-1], stand_in])
    before, found, after = other.partition(_STAND_IN)
    around = len(before) + len(after)
    if not found or _STAND_IN in after or len(text) <= around:
        raise RowFault("data.answer_not_located")
    if not (text.startswith(before) and text.endswith(after)):
        raise RowFault("data.answer_not_located")
    return len(before)


def hidden(conversation: Conversation, hide: Callable[[str], str]) -> Conversation:
    """The conversation with each text of it replaced by ``hide(text)``."""
    messages = tuple(
        {key: text if key == "role" else hide(text) for key, text in message.items()}
        for message in conversation.messages
    )
    return replace(conversation, messages=messages)
