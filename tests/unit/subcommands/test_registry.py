"""One registry of subcommands feeds dispatch, help, the shell and the docs."""

import pytest

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.subcommands import registry


class Host:
    """A host that keeps what it is told."""

    prefix = "%ft"

    def __init__(self):
        self.lines = []

    def line(self, text):
        self.lines.append(text)


def test_every_subcommand_has_a_module_of_its_name_and_texts_in_both_languages():
    for name in registry.NAMES:
        command = registry.load(name)
        assert command.name == name
        text = messages.all_texts()[f"subcommands.{name}.about"]
        assert text.en
        assert text.zh
    assert len(registry.NAMES) == len(set(registry.NAMES))


def test_every_option_of_every_subcommand_has_help():
    for name in registry.NAMES:
        for action in registry.load(name).parser("%ft")._actions:
            assert action.help, f"{name}: {action.dest}"
            assert not action.help.startswith("subcommands."), f"{name}: {action.dest}"


def test_help_lists_the_subcommands_of_the_place():
    host = Host()
    registry.dispatch([], host, "notebook")
    assert host.lines[0].startswith("Subcommands; %ft NAME --help says more about one:")
    assert "%ft wait " in host.lines[0]
    assert "%ft train" not in host.lines[0]


def test_help_of_one_subcommand_is_shown_and_nothing_is_done():
    host = Host()
    registry.dispatch(["rm", "--help"], host, "notebook")
    assert host.lines[0].startswith("usage: %ft rm [-h] [--yes] RUN")


def test_an_unknown_subcommand_names_the_nearest():
    with pytest.raises(FtError) as caught:
        registry.dispatch(["dcotor"], Host(), "notebook")
    assert caught.value.lines()[0] == "There is no subcommand 'dcotor'. Did you mean doctor?"


def test_a_subcommand_of_the_shell_says_what_to_do_in_a_notebook():
    with pytest.raises(FtError) as caught:
        registry.dispatch(["train", "x.yaml"], Host(), "notebook")
    assert caught.value.lines() == [
        "'train' is a command of the shell.",
        "  In a notebook write %%finetune and the recipe below it.",
    ]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["show"], "the following arguments are required: RUN"),
        (["show", "a", "b"], "unrecognized arguments: b"),
        (["log", "a", "-n", "x"], "argument -n: invalid int value: 'x'"),
    ],
)
def test_a_line_that_is_not_understood_shows_the_usage(words, problem):
    with pytest.raises(FtError) as caught:
        registry.dispatch(words, Host(), "notebook")
    first, second = caught.value.lines()
    assert first == f"The line is not understood: {problem}."
    assert second.startswith(f"  Usage: %ft {words[0]} [-h]")


def test_the_reference_has_every_subcommand():
    text = registry.reference()
    assert [line[4:] for line in text.splitlines() if line.startswith("### ")] == list(
        registry.NAMES
    )


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("first --ab Hello there", ["Hello", "there"]),
        ("--ab first Hello", ["Hello"]),
        ("first Hello --adapter x there --max_new_tokens 3", ["Hello", "there"]),
        ("first --ab -- --base -5", ["--base", "-5"]),
        ("first --seed 1 -5 degrees", ["-5", "degrees"]),
    ],
)
def test_what_is_said_may_stand_before_and_after_options(line, text):
    arguments = registry.load("chat").parser("ftkernel").parse(line.split())
    assert (arguments.target, arguments.text) == ("first", text)


def test_an_option_that_is_none_is_no_text():
    with pytest.raises(FtError) as caught:
        registry.load("train").parser("ftkernel").parse(["r.yaml", "--detahc", "steps=4"])
    assert caught.value.lines()[0] == (
        "The line is not understood: unrecognized arguments: --detahc."
    )
    arguments = registry.load("train").parser("ftkernel").parse(["r.yaml", "--detach", "steps=4"])
    assert arguments.overrides == ["steps=4"]


def test_every_place_has_a_text_for_what_belongs_elsewhere():
    for name in registry.NAMES:
        if set(registry.load(name).places) != {"notebook", "shell"}:
            assert f"subcommands.{name}.elsewhere" in messages.all_texts()


def test_what_the_parser_says_is_in_the_language_of_the_reader(monkeypatch):
    monkeypatch.setenv("FTKERNEL_LANG", "zh")
    shown = registry.load("log").parser("%ft").format_help()
    assert shown.startswith("用法：%ft log [-h] [-n LINES] RUN\n")
    assert "\n位置参数：\n" in shown
    assert "\n选项：\n" in shown
    said = {
        ("log", "a", "-n", "x"): "无法理解这一行：参数 -n：值“x”不是有效的整数。",
        ("estimate",): "无法理解这一行：缺少必需的参数：RECIPE。",
        ("show",): "无法理解这一行：缺少必需的参数：RUN。",
        ("show", "a", "--bogus"): "无法理解这一行：无法识别的参数：--bogus。",
        ("log", "a", "-n"): "无法理解这一行：参数 -n：需要一个值。",
        ("chat", "a", "--ab", "--base"): "无法理解这一行：参数 --base：不能与参数 --ab 同时使用。",
    }
    for words, first in said.items():
        with pytest.raises(FtError) as caught:
            registry.dispatch(words, Host(), "notebook")
        assert caught.value.lines()[0] == first


def test_a_usage_too_long_for_an_error_names_what_must_be_given():
    with pytest.raises(FtError) as caught:
        registry.dispatch(["chat"], Host(), "notebook")
    assert caught.value.lines() == [
        "The line is not understood: the following arguments are required: RUN.",
        "  Usage: %ft chat [options] RUN [TEXT ...]",
    ]


def test_a_list_of_words_is_not_required():
    with pytest.raises(FtError) as caught:
        registry.load("train").parser("ftkernel").parse([])
    assert caught.value.lines() == [
        "The line is not understood: the following arguments are required: RECIPE.",
        "  Usage: ftkernel train [-h] [--detach] [--dry-run] RECIPE [KEY=VALUE ...]",
    ]
    assert registry.load("train").parser("ftkernel").parse(["r.yaml"]).overrides == []


def test_a_download_without_a_name_says_so():
    for words in (["download", ""], ["download", " "]):
        with pytest.raises(FtError) as caught:
            registry.dispatch(words, Host(), "notebook")
        assert caught.value.lines() == [
            "No model is named.",
            "  Write a hub id such as org/name, or smollm2-135m.",
        ]
