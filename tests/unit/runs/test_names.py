"""Which names a run may have, with the exact words for each that it may not."""

import pytest

from ftkernel.errors import FtError
from ftkernel.runs.names import LONGEST, check_name, numbered

REFUSED = {
    "": "A run's name is empty.\n  Write a name, such as `first`, or none at all.",
    "  ": "A run's name is empty.\n  Write a name, such as `first`, or none at all.",
    "../first": "'../first' is no name for a run: a name is not a path.\n"
    "  Write `first`; where runs lie is said by `runs_dir`.",
    "a\\b": "'a\\\\b' is no name for a run: a name is not a path.\n"
    "  Write `a-b`; where runs lie is said by `runs_dir`.",
    "..": "'..' is no name for a run: a name is not a path.\n"
    "  Write `run`; where runs lie is said by `runs_dir`.",
    "my run": "'my run' is no name for a run: it contains a space.\n"
    "  Use letters, digits, `-`, `_` and `.`, such as `my-run`.",
    "a@40": "'a@40' is no name for a run: it contains '@'.\n"
    "  Use letters, digits, `-`, `_` and `.`, such as `a-40`.",
    "a\0b": "'a\\x00b' is no name for a run: it contains '\\x00'.\n"
    "  Use letters, digits, `-`, `_` and `.`, such as `a-b`.",
    ".hidden": "'.hidden' is no name for a run: it may not begin with `.` or `-`, nor end with `.`.\n"
    "  Write `hidden`.",
    "-o": "'-o' is no name for a run: it may not begin with `.` or `-`, nor end with `.`.\n  Write `o`.",
    "first.": "'first.' is no name for a run: it may not begin with `.` or `-`, nor end with `.`.\n"
    "  Write `first`.",
    "x" * 65: "The name of the run is too long: 65 characters, at most 64.\n"
    f"  Write a shorter one, such as `{'x' * 64}`.",
    "CON": "'CON' is no name for a run: Windows keeps it for a device.\n  Write `run-CON`.",
    "nul.txt": "'nul.txt' is no name for a run: Windows keeps it for a device.\n  Write `run-nul.txt`.",
}


@pytest.mark.parametrize("name", REFUSED, ids=ascii)
def test_a_name_that_can_not_be_is_refused_with_one_that_can(name):
    with pytest.raises(FtError) as caught:
        check_name(name)
    assert str(caught.value) == REFUSED[name]
    better = caught.value.params.get("better")
    assert better is None or check_name(str(better)) == better


@pytest.mark.parametrize("name", ["first", "A_1.5-b", "试验一", "7", "é", "x" * LONGEST, "console"])
def test_a_good_name_stays_as_it_is(name):
    assert check_name(name) == name


def test_a_name_that_is_short_in_letters_may_be_long_in_bytes():
    assert check_name("试" * 60) == "试" * 60
    with pytest.raises(FtError) as caught:
        check_name("𝒳" * 60)
    assert caught.value.code == "run.name_long"
    assert check_name(str(caught.value.params["better"]))


def test_a_number_is_added_within_the_limits():
    assert numbered("first", 2) == "first-2"
    assert check_name(numbered("x" * LONGEST, 10)) == "x" * 61 + "-10"
    assert check_name(numbered("试" * 64, 2)).endswith("-2")
