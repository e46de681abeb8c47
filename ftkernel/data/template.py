"""The chat template of a checkpoint: messages to text, as a chat and a training row both have it.

The tokenizer is never changed. A tokenizer without a template gets a plain one from here, which
whoever uses it says (:attr:`Template.is_fallback`) and whoever saves the tokenizer saves with it
(:attr:`Template.source`).
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from jinja2.exceptions import TemplateError

from ftkernel.data.rows import RowFault
from ftkernel.data.tokenizer import Tokenizer
from ftkernel.errors import FtError

_GENERATION = re.compile(r"\{%-?\s*generation\s*-?%\}")

_FALLBACK = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] + '\n\n' }}"
    "{% elif message['role'] == 'user' %}{{ 'User: ' + message['content'] + '\n' }}"
    "{% else %}{{ 'Assistant: ' + message['content'] + eos_token + '\n' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)

Messages = Sequence[Mapping[str, str]]


class Template:
    """One tokenizer's template with the settings that every rendering shares.

    Args:
        tokenizer: of the checkpoint.
        enable_thinking: handed to the template where not ``None``.

    Raises:
        FtError: if the tokenizer has neither a template nor an end token to make one with.
    """

    def __init__(self, tokenizer: Tokenizer, enable_thinking: bool | None = None) -> None:
        self._tokenizer = tokenizer
        self.is_fallback = not tokenizer.chat_template
        self.source: str = (
            _fallback(tokenizer) if self.is_fallback else tokenizer.get_chat_template(None)
        )
        self.marks_answers = bool(_GENERATION.search(self.source))
        self.knows_thinking = "enable_thinking" in self.source
        self._settings = {} if enable_thinking is None else {"enable_thinking": enable_thinking}

    def render(self, messages: Messages, *, prompt: bool = False) -> str:
        """The text of some messages; with ``prompt``, what an answer is asked for with.

        Raises:
            RowFault: if the template refuses the messages.
        """
        try:
            return self._tokenizer.apply_chat_template(
                list(messages),
                chat_template=self.source,
                tokenize=False,
                add_generation_prompt=prompt,
                **self._settings,
            )
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
            raise RowFault("data.template_refused", problem=_first_line(error)) from error

    def answer_starts(self, messages: Messages) -> list[int]:
        """Where the parts begin that the template marks as answers by ``{% generation %}``."""
        from transformers.utils.chat_template_utils import render_jinja_template

        try:
            _, spans = cast("Any", render_jinja_template)(
                conversations=[[dict(message) for message in messages]],
                chat_template=self.source,
                return_assistant_tokens_mask=True,
                **{**self._tokenizer.special_tokens_map, **self._settings},
            )
        except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
            raise RowFault("data.template_refused", problem=_first_line(error)) from error
        return [start for start, _ in spans[0]]


def _fallback(tokenizer: Tokenizer) -> str:
    if not tokenizer.eos_token:
        raise FtError("data.no_end_token_eos")
    begins = tokenizer("", add_special_tokens=True)["input_ids"][:1] == [tokenizer.bos_token_id]
    return ("{{ bos_token }}" if begins and tokenizer.bos_token else "") + _FALLBACK


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
