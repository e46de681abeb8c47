"""The prompt of a chat, and the tokens it stops on."""

import pytest

from ftkernel.data import Options, chat_template, render_prompt, stop_ids
from ftkernel.data.renderer import renderer_of
from ftkernel.data.templates import tools
from ftkernel.data.templates.jinja_tools import with_tools_spelled
from ftkernel.errors import FtError
from tests.tiny import CHATML, tiny_tokenizer
from tests.unit.data import chat_templates as templates

ASKED = [{"role": "user", "content": "Who are you?"}]


def test_a_prompt_is_the_template_asked_for_an_answer():
    tokenizer = tiny_tokenizer()
    expected = tokenizer.apply_chat_template(ASKED, add_generation_prompt=True, return_dict=False)
    assert render_prompt(tokenizer, ASKED) == expected


def test_the_default_system_prompt_is_put_before_messages_without_one():
    tokenizer = tiny_tokenizer()
    text = tokenizer.decode(render_prompt(tokenizer, ASKED, "Short."))
    assert text.startswith("<|im_start|>system\nShort.<|im_end|>\n<|im_start|>user\n")
    own = [{"role": "system", "content": "Long."}, *ASKED]
    assert "Short." not in tokenizer.decode(render_prompt(tokenizer, own, "Short."))


def test_messages_that_the_template_refuses_are_an_error_with_its_words():
    tokenizer = tiny_tokenizer(template=templates.MISTRAL)
    with pytest.raises(FtError) as caught:
        render_prompt(tokenizer, [{"role": "assistant", "content": "Hi"}])
    assert caught.value.message("en") == (
        "The model cannot be asked with these messages: the model's chat template refuses the conversation: "
        "Conversation roles must alternate user/assistant/user/assistant/...."
    )


@pytest.mark.parametrize(
    ("template", "tokens"),
    [
        (CHATML, ["<|im_end|>"]),
        (templates.GEMMA, ["<|im_end|>", "<|pad|>"]),
        (templates.MISTRAL, ["<|im_end|>"]),
        (None, ["<|im_end|>"]),
    ],
)
def test_generation_stops_on_what_ends_a_trained_answer(template, tokens):
    tokenizer = tiny_tokenizer(template=template)
    assert sorted(tokenizer.convert_ids_to_tokens(stop_ids(tokenizer))) == tokens


def test_the_template_in_force_can_be_saved_with_the_tokenizer():
    assert chat_template(tiny_tokenizer()) == CHATML
    plain = tiny_tokenizer(template=None)
    before = render_prompt(plain, ASKED)
    plain.chat_template = chat_template(plain)
    assert render_prompt(plain, ASKED) == before


FIND = {"type": "function", "function": {
    "name": "find", "description": "Finds.",
    "parameters": {"type": "object", "properties": {"what": {"type": "string"}}, "required": []},
}}  # fmt: skip
CALL = {"type": "function", "function": {"name": "find", "arguments": {"what": "it's\n{{ x }}"}}}
RESULT = {"role": "tool", "content": "There."}


@pytest.mark.parametrize("form", [None, *tools.names()])
@pytest.mark.parametrize("template", [None, CHATML, templates.QWEN25])
def test_the_saved_template_writes_tools_as_they_were_learned(form, template):
    if form is None and template is not None:
        return
    tokenizer, options = tiny_tokenizer(template=template), Options(tool_format=form)
    learned = renderer_of(tokenizer, options)
    saved = tiny_tokenizer(template=chat_template(tokenizer, options))
    called = [
        *ASKED,
        {"role": "assistant", "content": "", "tool_calls": [CALL]},
        RESULT,
        RESULT,
        {"role": "assistant", "content": "So.", "tool_calls": [CALL]},
    ]
    for messages in (ASKED, called, [{"role": "system", "content": "Short."}, *called]):
        for given in ([], [FIND]):
            found = saved.apply_chat_template(
                messages, tools=given or None, tokenize=False, add_generation_prompt=True
            )
            assert found == learned.prompt(messages, given).text
    spaced = with_tools_spelled("\n {{ messages[0].content }}", form or "default")
    text = tiny_tokenizer(template=spaced).apply_chat_template(ASKED, tokenize=False)
    assert text == f"\n {ASKED[0]['content']}"
    again = tiny_tokenizer(template=saved.chat_template)
    assert chat_template(again, options) == saved.chat_template or form is None
