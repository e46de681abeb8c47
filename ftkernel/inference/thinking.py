"""How a model marks what it thinks before it answers, so that a view can fold it away.

Models write their thinking between two marks. Which ones, the chat template says or the added
tokens; ``<think>`` is always looked for, since models that were tuned on such data write it without
either. Some templates open the thinking themselves: then an answer begins inside it.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, cast

from ftkernel.data.encoded import Options
from ftkernel.data.render import chat_template

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

_ALWAYS = ("<think>", "</think>")
_KNOWN = (
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("<seed:think>", "</seed:think>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
)
_TAIL = 16
"""Tokens at the end of a prompt among which the template may have opened the thinking."""


class Marks(NamedTuple):
    """The marks of one tokenizer."""

    pairs: tuple[tuple[str, str], ...]
    """What opens and what closes the thinking."""
    spoken: dict[int, str]
    """Marks that are special tokens, which answers otherwise leave out, by their number."""


def marks_of(tokenizer: "PreTrainedTokenizerFast", options: Options | None = None) -> Marks:
    """The marks that this tokenizer's models may write."""
    template = chat_template(tokenizer, options)
    added = {str(token): number for number, token in tokenizer.added_tokens_decoder.items()}
    special = set(cast("list[int]", tokenizer.all_special_ids))
    pairs = [
        _ALWAYS,
        *(
            (first, last)
            for first, last in _KNOWN
            if last in template or (first in added and last in added)
        ),
    ]
    spoken = {
        added[mark]: mark
        for pair in pairs
        for mark in pair
        if mark in added and added[mark] in special
    }
    return Marks(tuple(pairs), spoken)


def begins_inside(
    tokenizer: "PreTrainedTokenizerFast", prompt: Sequence[int], marks: Marks
) -> bool:
    """Whether the prompt ends with an opened thinking, so that the answer only closes it."""
    tail = str(tokenizer.decode(list(prompt[-_TAIL:]), skip_special_tokens=False)).rstrip()
    return any(tail.endswith(first) for first, _ in marks.pairs)
