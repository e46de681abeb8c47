"""Chat templates made from the table render what the table renders."""

from dataclasses import dataclass

import pytest
from jinja2.exceptions import TemplateError

from ftkernel.data.templates import get, names
from ftkernel.data.templates.named import NamedTemplate

SYSTEM = {"role": "system", "content": "It's\n\\brief 系统 {{ x }}."}
CONVERSATION = [
    {"role": "user", "content": "Where is\n'it'? {% raw %}"},
    {"role": "assistant", "content": " There. "},
    {"role": "user", "content": "Sure?\n"},
    {"role": "assistant", "content": "Yes,\n\nI am."},
]


@dataclass
class Tokens:
    """What a format asks of a tokenizer."""

    bos_token: str | None = "<BOS>"
    eos_token: str | None = "<EOS>"


def written(source, messages, *, prompt=False, **variables):
    from transformers.utils.chat_template_utils import render_jinja_template

    texts, _ = render_jinja_template(
        conversations=[messages],
        chat_template=source,
        add_generation_prompt=prompt,
        bos_token="<BOS>",
        eos_token="<EOS>",
        **variables,
    )
    return texts[0]


def conversations(name):
    yield CONVERSATION
    yield [SYSTEM, *CONVERSATION]
    yield [SYSTEM, *CONVERSATION[:3]]
    yield CONVERSATION[:1]
    if get(name).thinks:
        begin, end = get(name).thought
        last = {**CONVERSATION[3], "reasoning_content": "So:\n1"}
        yield [*CONVERSATION[:3], last]
        yield [*CONVERSATION[:1], last, *CONVERSATION[2:]]
        inside = {"role": "assistant", "content": f"{begin}it is{end}\nThere."}
        yield [*CONVERSATION[:1], inside, *CONVERSATION[2:3], inside]


def test_the_same_text():
    for name in names():
        settings = [{}]
        if get(name).thinks:
            settings += [{"enable_thinking": False}, {"preserve_thinking": True}]
            settings += [{"enable_thinking": False, "preserve_thinking": True}]
        plain = NamedTemplate(get(name), Tokens()).jinja()
        for setting in settings:
            template = NamedTemplate(get(name), Tokens(), **setting)
            source = template.jinja()
            for messages in conversations(name):
                if messages[-1]["role"] == "user":
                    expected = template.prompt(messages).text
                    assert written(source, messages, prompt=True) == expected, name
                    assert written(plain, messages, prompt=True, **setting) == expected, name
                else:
                    expected = template.conversation(messages).text
                    assert written(source, messages) == expected, name
                    assert written(plain, messages, **setting) == expected, name


def test_what_it_cannot_say_is_refused():
    source = NamedTemplate(get("qwen"), Tokens()).jinja()
    for messages in (
        CONVERSATION[1:],
        CONVERSATION[:1] * 2,
        [*CONVERSATION[:1], {"role": "assistant", "content": "", "tool_calls": [{}]}],
        [*CONVERSATION[:1], {"role": "tool", "content": "12:00"}],
    ):
        with pytest.raises(TemplateError):
            written(source, messages)
    with pytest.raises(TemplateError):
        written(source, CONVERSATION, tools=[{"type": "function", "function": {}}])
