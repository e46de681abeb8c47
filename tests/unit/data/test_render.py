"""The prompt of a chat, and the tokens it stops on."""

import pytest

from ftkernel.data import chat_template, render_prompt, stop_ids
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
