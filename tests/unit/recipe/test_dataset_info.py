"""An entry is written into a registry, and all the rest of the file stays as it was."""

import json
import stat

import pytest

from ftkernel.errors import FtError
from ftkernel.recipe.dataset_info import Attributes, read_info, register

MINE = Attributes("sharegpt", False, {"messages": "turns"}, {"role_tag": "who"})
ENTRY = {
    "file_name": "rows.json",
    "formatting": "sharegpt",
    "columns": {"messages": "turns"},
    "tags": {"role_tag": "who"},
}


def entries(path):
    return json.loads(path.read_text(encoding="utf-8-sig"))


def test_a_new_file_is_made_with_one_entry(tmp_path):
    path = register(tmp_path / "new", "mine", MINE, file_name="rows.json")
    assert path == tmp_path / "new" / "dataset_info.json"
    assert entries(path) == {"mine": ENTRY}
    entry = read_info(path).entry("mine")
    assert entry.attributes == MINE
    assert entry.places == {"file_name": "rows.json"}


@pytest.mark.parametrize(
    "before",
    [
        '{\n    "b": {"file_name": "b.json",   "odd":1},\n    "a": {\n  "hf_hub_url": "o/n"}\n}\n',
        '\ufeff{"b":{"file_name":"é.json"}}',
        '{\r\n\t"b": {"file_name": "b.json"}\r\n}\r\n',
        "{ }",
    ],
)
def test_the_rest_of_the_file_stays_to_the_byte(tmp_path, before):
    path = tmp_path / "dataset_info.json"
    path.write_text(before, encoding="utf-8", newline="")
    path.chmod(0o640)
    register(path, "mine", MINE, file_name="rows.json")
    after = path.read_bytes().decode()
    start = after.index('"mine"')
    kept = before.rstrip().removesuffix("}").rstrip()
    assert after[:start].rstrip().removesuffix(",") == kept
    assert entries(path) == {**json.loads(before.removeprefix("\ufeff")), "mine": ENTRY}
    assert ("\r\n" in after) is ("\r\n" in before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_a_name_that_is_taken_is_written_over_only_when_asked(tmp_path):
    path = register(tmp_path, "mine", MINE, file_name="rows.json")
    register(path, "other", Attributes(), hf_hub_url="owner/name", split="test")
    before = path.read_bytes()
    register(path, "mine", MINE, file_name="rows.json")  # the same again
    assert path.read_bytes() == before
    with pytest.raises(FtError) as caught:
        register(path, "mine", Attributes(), file_name="more.json")
    assert caught.value.code == "data.info_taken"
    assert path.read_bytes() == before
    register(path, "mine", Attributes(ranking=True), replace=True, file_name="more.json")
    assert entries(path) == {
        "mine": {"file_name": "more.json", "ranking": True},
        "other": {"hf_hub_url": "owner/name", "split": "test"},
    }
    assert list(entries(path)) == ["mine", "other"]


@pytest.mark.parametrize("text", ["[]", '{"a": }', '{"a": {"file_name": "b"}'])
def test_a_file_that_is_no_registry_is_left_alone(tmp_path, text):
    path = tmp_path / "dataset_info.json"
    path.write_text(text)
    with pytest.raises(FtError):
        register(path, "mine", MINE, file_name="rows.json")
    assert path.read_text() == text


def test_an_entry_without_a_place_is_not_written(tmp_path):
    with pytest.raises(FtError):
        register(tmp_path, "mine", MINE)
    assert not (tmp_path / "dataset_info.json").exists()
