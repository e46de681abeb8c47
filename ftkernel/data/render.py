"""What a chat asks the model with: the one function that training and chat share.

Training proves its rows against these prompts (:mod:`ftkernel.data.spans`), so that a tuned model
is used in exactly the words it was tuned in.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

from ftkernel.data.encode import end_ids
from ftkernel.data.rows import RowFault
from ftkernel.data.special import Reader
from ftkernel.data.template import Template
from ftkernel.data.tokenizer import Tokenizer
from ftkernel.errors import FtError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


def render_prompt(
    tokenizer: "PreTrainedTokenizerBase",
    messages: Sequence[Mapping[str, str]],
    default_system: str | None = None,
    enable_thinking: bool | None = None,
) -> list[int]:
    """The token ids of a conversation that the model is to go on with.

    Special tokens that people wrote in the messages are spelled as ordinary text.

    Args:
        tokenizer: of the checkpoint.
        messages: ``role`` and ``content`` each; the last one asks.
        default_system: the system prompt where the messages have none.
        enable_thinking: handed to templates that know it.

    Raises:
        FtError: if the template refuses the messages.
    """
    turns = [dict(message) for message in messages]
    if default_system is not None and not (turns and turns[0]["role"] == "system"):
        turns.insert(0, {"role": "system", "content": default_system})
    typed = cast("Tokenizer", tokenizer)
    reader = Reader(typed)
    guarded = reader.guard.needed([t for m in turns for key, t in m.items() if key != "role"])
    try:
        if guarded:
            hide = reader.guard.hide
            turns = [{k: v if k == "role" else hide(v) for k, v in turn.items()} for turn in turns]
        text = Template(typed, enable_thinking).render(turns, prompt=True)
    except RowFault as fault:
        raise FtError("data.prompt_refused", reason=fault.reason()) from fault
    return reader.read(text, guarded=guarded).ids


def stop_ids(tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    """The tokens that end an answer: generation has to stop on each of them.

    Raises:
        FtError: if the template ends an answer with no token of its own.
    """
    typed = cast("Tokenizer", tokenizer)
    return sorted(end_ids(typed, Template(typed), Reader(typed)))


def chat_template(tokenizer: "PreTrainedTokenizerBase") -> str:
    """The template in force: the tokenizer's own, else the plain one, to be saved with it."""
    return Template(cast("Tokenizer", tokenizer)).source
