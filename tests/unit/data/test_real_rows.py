"""Real data sets are recognised as what they are, and every row of them is read."""

import json
import os
from pathlib import Path

import pytest

from ftkernel.data.content import Completion, Conversation, Feedback, Preference, Prompt, Text
from ftkernel.data.conversation import ReadOptions, read_row
from ftkernel.data.forms import Asked, find_form
from ftkernel.data.opening import DataFile
from ftkernel.data.sources import READERS
from ftkernel.recipe.dataset_info import read_info

DATA = Path(os.environ.get("FTKERNEL_SHARED", Path(__file__).parents[4] / "shared")) / "data"

pytestmark = pytest.mark.skipif(
    not (DATA / "dataset_info.json").is_file(), reason="the reference rows are not on this machine"
)

FILES = {
    "alpaca_en_demo.json": ("alpaca (instruction, input, output)", Conversation, 999),
    "identity.json": ("alpaca (instruction, input, output)", Conversation, 91),
    "glaive_toolcall_en_demo.json": ("sharegpt (conversations, tools)", Conversation, 300),
    "dpo_en_demo.json": ("preference (conversations, chosen, rejected)", Preference, 300),
    "kto_en_demo.json": ("kto (messages, label)", Feedback, 300),
    "c4_demo.jsonl": ("text", Text, 300),
    "wiki_demo.txt": ("text", Text, 30),
    "mllm_demo.json": ("messages (messages, images)", Conversation, 6),
}


def rows_of(name):
    path = DATA / name
    return list(READERS[path.suffix](DataFile(str(path), path.suffix, path=path)))


def read_all(name, asked=None, **options):
    rows = rows_of(name)
    form = find_form(rows[:100], name, asked or Asked())
    return form, [read_row(row, form, ReadOptions(**options)) for row in rows]


@pytest.mark.parametrize("name", FILES)
def test_a_real_file_is_what_it_is(name):
    text, content, count = FILES[name]
    form, contents = read_all(name)
    assert form.text == text
    assert form.guessed == {}
    assert len(contents) == count
    assert {type(one) for one in contents} == {content}


@pytest.mark.parametrize("name", FILES)
def test_it_is_the_same_by_its_entry_in_dataset_info(name):
    entry = read_info(DATA / "dataset_info.json").entry(name.split(".")[0])
    as_found = read_all(name)[1]
    by_entry = read_all(name, Asked.of(entry.attributes))[1]
    if entry.attributes.named_columns == {"prompt": "text"}:
        as_found = [Prompt(({"role": "user", "content": one.text},)) for one in as_found]
    assert by_entry == as_found


def test_it_fits_its_stages():
    for name, stage, content in (
        ("alpaca_en_demo.json", "sft", Conversation),
        ("alpaca_en_demo.json", "ppo", Prompt),
        ("glaive_toolcall_en_demo.json", "grpo", Prompt),
        ("dpo_en_demo.json", "dpo", Preference),
        ("dpo_en_demo.json", "rm", Preference),
        ("kto_en_demo.json", "kto", Feedback),
        ("c4_demo.jsonl", "pt", Text),
        ("wiki_demo.txt", "pt", Text),
    ):
        contents = read_all(name, Asked(stage=stage), stage=stage)[1]
        assert {type(one) for one in contents} == {content}, (name, stage)
        assert not any(isinstance(one, Completion) for one in contents)


def test_tools_and_calls_of_glaive_are_read():
    _, contents = read_all("glaive_toolcall_en_demo.json")
    calls = [m for one in contents for m in one.messages if "tool_calls" in m]
    assert (sum(bool(one.tools) for one in contents), len(calls)) == (191, 211)
    assert all(isinstance(call["tool_calls"][0]["function"]["arguments"], dict) for call in calls)


def test_images_are_found_and_counted():
    _, contents = read_all("mllm_demo.json", media_dir=DATA)
    assert [len(one.media.images) for one in contents] == [2, 1, 1, 2, 1, 1]
    assert all(Path(file).is_file() for one in contents for file in one.media.images)


def test_placeholders_of_identity_are_filled_in():
    _, left = read_all("identity.json")
    assert sum(aside.count for one in left for aside in one.asides) == json.dumps(
        [row.data for row in rows_of("identity.json")]
    ).count("{{")
    _, filled = read_all("identity.json", values={"name": "Bo", "author": "Lab"})
    assert "{{" not in str([one.messages for one in filled])
