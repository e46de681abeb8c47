"""The chat template of a checkpoint: messages to text, as a chat and a training row both have it.

The tokenizer is never changed. A tokenizer without a template gets a plain one from here, which
whoever uses it says (:attr:`Template.is_fallback`) and whoever saves the tokenizer saves with it
(:attr:`Template.source`). Where a template knows nothing of tools, they are written as text in a
known format (:mod:`ftkernel.data.tool_text`), which is said too.
"""

import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, cast

from jinja2.exceptions import TemplateError

from ftkernel.data.rendered import Messages, Rendered, Tools
from ftkernel.data.rows import RowFault
from ftkernel.data.tokenizer import Tokenizer
from ftkernel.data.tool_text import DEFAULT_FORMAT, has_tools, spelled_out
from ftkernel.errors import FtError

_GENERATION = re.compile(r"\{%-?\s*generation\s*-?%\}")
_WORD = re.compile(r"\w+")

_FALLBACK = (
    "{% for message in messages %}"
    "{% if message['role'] == 'system' %}{{ message['content'] + '\n\n' }}"
    "{% elif message['role'] == 'user' %}{{ 'User: ' + message['content'] + '\n' }}"
    "{% else %}{{ 'Assistant: ' + message['content'] + eos_token + '\n' }}{% endif %}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ 'Assistant:' }}{% endif %}"
)

_REFUSALS = (TemplateError, TypeError, ValueError, LookupError, AttributeError)

# How messages count, which is nothing that a template could say.
_NOT_SAID = ("weight", "parts")

# What templates call the two settings: the name, and whether it says the opposite.
_THINKING = (("enable_thinking", False), ("thinking", False))
_PRESERVING = (("preserve_thinking", False), ("clear_thinking", True))


class Template:
    """One tokenizer's template with the settings that every rendering shares.

    Args:
        tokenizer: of the checkpoint.
        enable_thinking: handed to the template where not ``None``.
        preserve_thinking: handed to the template where true.
        tool_format: writes tools in this format, whatever the template knows of them.

    Raises:
        FtError: if the tokenizer has neither a template nor an end token to make one with.
    """

    name: str | None = None

    def __init__(
        self,
        tokenizer: Tokenizer,
        enable_thinking: bool | None = None,
        preserve_thinking: bool | None = None,
        tool_format: str | None = None,
    ) -> None:
        self._tokenizer = tokenizer
        self.is_fallback = not tokenizer.chat_template
        self.source: str = (
            _fallback(tokenizer) if self.is_fallback else tokenizer.get_chat_template(None)
        )
        known = variables_of(self.source)
        self.marks_answers = bool(_GENERATION.search(self.source))
        self.knows_thinking = any(name in known for name, _ in _THINKING)
        self.knows_preserving = any(name in known for name, _ in _PRESERVING)
        self._settings = {
            **_setting(_THINKING, enable_thinking, known),
            # Recipes say false by default: the template's own default stands then.
            **_setting(_PRESERVING, preserve_thinking or None, known),
        }
        self._tool_format = tool_format
        self._tool_source = self.source
        if isinstance(tokenizer.chat_template, dict) and "tool_use" in tokenizer.chat_template:
            self._tool_source = tokenizer.chat_template["tool_use"]
        self._knows_definitions = "tools" in variables_of(self._tool_source)
        self._knows_calls = "tool_calls" in self._tool_source
        self._arguments_as_text = False

    @property
    def spells_tools(self) -> str:
        """The format in which tools are written as text, where they are."""
        return self._tool_format or DEFAULT_FORMAT

    @property
    def spells_always(self) -> bool:
        """Whether tools are written as text whatever the template knows of them."""
        return self._tool_format is not None

    def spells(self, messages: Messages, tools: Tools) -> bool:
        """Whether tools of a conversation are written as text: else the template does it."""
        calls = has_tools(messages)
        if self._tool_format is not None:
            return bool(tools) or calls
        return bool(tools and not self._knows_definitions) or (calls and not self._knows_calls)

    def conversation(self, messages: Messages, tools: Tools = ()) -> Rendered:
        """The text of some messages.

        Raises:
            RowFault: if the template refuses the messages.
        """
        return self._render(messages, tools, prompt=False)

    def prompt(self, messages: Messages, tools: Tools = ()) -> Rendered:
        """The text of some messages and what an answer is asked for with.

        Raises:
            RowFault: if the template refuses the messages.
        """
        return self._render(messages, tools, prompt=True)

    def _render(self, messages: Messages, tools: Tools, *, prompt: bool) -> Rendered:
        turns: list[dict[str, Any]] = [
            {key: value for key, value in message.items() if key not in _NOT_SAID}
            for message in messages
        ]
        source = self.source
        if self.spells(turns, tools):
            turns, tools = spelled_out(turns, tools, self.spells_tools), ()
        elif tools or has_tools(turns):
            source = self._tool_source
        if self._arguments_as_text:
            turns = _with_arguments_as_text(turns)
        try:
            return self._rendered(turns, tools, source, prompt)
        except _REFUSALS as error:
            if not self._arguments_as_text and any(turn.get("tool_calls") for turn in turns):
                # Some templates put the arguments of a call into the text as they are.
                turns = _with_arguments_as_text(turns)
                try:
                    found = self._rendered(turns, tools, source, prompt)
                except _REFUSALS:
                    pass
                else:
                    self._arguments_as_text = True
                    return found
            raise RowFault("data.template_refused", problem=_first_line(error)) from error

    def _rendered(
        self, turns: list[dict[str, Any]], tools: Tools, source: str, prompt: bool
    ) -> Rendered:
        schemas = [dict(tool) for tool in tools] or None
        if not prompt and self.marks_answers:
            from transformers.utils.chat_template_utils import render_jinja_template

            texts, marks = cast("Callable[..., Any]", render_jinja_template)(
                conversations=[turns],
                tools=schemas,
                chat_template=source,
                return_assistant_tokens_mask=True,
                **{**self._tokenizer.special_tokens_map, **self._settings},
            )
            return Rendered(texts[0], marks=tuple((a, b) for a, b in marks[0] if b > a))
        text = self._tokenizer.apply_chat_template(
            turns,
            tools=schemas,
            chat_template=source,
            tokenize=False,
            add_generation_prompt=prompt,
            **self._settings,
        )
        return Rendered(text)


def variables_of(source: str) -> frozenset[str]:
    """The variables that a chat template reads, of those that whoever renders it may set."""
    return _variables_of(source)


@lru_cache(maxsize=64)
def _variables_of(source: str) -> frozenset[str]:
    from jinja2 import meta
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    plain = re.sub(r"\{%-?\s*(end)?generation\s*-?%\}", "", source)
    environment = ImmutableSandboxedEnvironment(extensions=["jinja2.ext.loopcontrols"])
    try:
        return frozenset(meta.find_undeclared_variables(environment.parse(plain)))
    except TemplateError:  # rendering will say what is wrong; every word is possible until then
        return frozenset(_WORD.findall(source))


def _setting(
    names: tuple[tuple[str, bool], ...], value: bool | None, known: frozenset[str]
) -> dict[str, bool]:
    """A setting by the name that the template has for it; by its own where it has none."""
    if value is None:
        return {}
    name, opposite = next(((n, o) for n, o in names if n in known), names[0])
    return {name: value != opposite}


def _with_arguments_as_text(turns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    out = []
    for turn in turns:
        if calls := turn.get("tool_calls"):
            turn = {**turn, "tool_calls": [_call_as_text(call) for call in calls]}
        out.append(turn)
    return out


def _call_as_text(call: Mapping[str, Any]) -> dict[str, Any]:
    function = dict(call["function"])
    if not isinstance(function["arguments"], str):
        function["arguments"] = json.dumps(function["arguments"], ensure_ascii=False)
    return {**call, "function": function}


def _fallback(tokenizer: Tokenizer) -> str:
    if not tokenizer.eos_token:
        raise FtError("data.no_end_token_eos")
    begins = tokenizer("", add_special_tokens=True)["input_ids"][:1] == [tokenizer.bos_token_id]
    return ("{{ bos_token }}" if begins and tokenizer.bos_token else "") + _FALLBACK


def _first_line(error: BaseException) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)
