"""The static card and the live views look alike: what one writes into elements, the other has as tokens."""

import re
from pathlib import Path

import pytest

import ftkernel
from ftkernel.views import charts, markup

SHEET = Path(ftkernel.__file__).parent / "views" / "static" / "ftkernel.css"


def first_rule() -> dict[str, str]:
    """The tokens of the light theme, by name."""
    text = re.sub(r"/\*.*?\*/", "", SHEET.read_text(encoding="utf-8"), flags=re.S)
    body = re.search(r"\.ftkernel \{(.*?)\}", text, re.S)
    assert body is not None
    return dict(re.findall(r"--ft-([\w-]+):\s*(.*?);", body[1], re.S))


TOKENS = first_rule()


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ("green", markup.GREEN),
        ("red", markup.RED),
        ("amber", markup.AMBER),
        ("grey", markup.GREY),
        ("blue", markup.BLUE),
        ("blue", charts.BLUE),
        ("orange", charts.ORANGE),
        ("teal", charts.TEAL),
        ("violet", charts.VIOLET),
        ("green", charts.GREEN),
        ("surface", markup.SURFACE),
    ],
)
def test_a_colour_is_the_same_in_both(token, value):
    assert TOKENS[token] == value


def test_lines_and_muted_text_are_the_same_in_both():
    assert f"1px solid {TOKENS['line']}" == markup.LINE
    assert f"opacity:{TOKENS['muted']}" == markup.MUTED


def test_the_frame_has_the_same_room_and_type_in_both():
    frame = markup.frame("", "")
    for written in (
        f"max-width:{TOKENS['widest']};", f"padding:{TOKENS['pad']};", f"border-radius:{TOKENS['radius']};",
        f"font-size:{TOKENS['size']};", f"line-height:{TOKENS['leading']};",
    ):  # fmt: skip
        assert written in frame
    shown = markup.tiles([("a", "b", "c")]) + markup.badge("a", "b", "c")
    for name in ("size-tiny", "size-small", "size-large"):
        assert f"font-size:{TOKENS[name]}" in shown, name
    assert f"background:{TOKENS['track']}" in markup.bar(0.5, "", "")


def test_the_sheet_touches_nothing_but_our_own_elements():
    text = re.sub(r"/\*.*?\*/", "", SHEET.read_text(encoding="utf-8"), flags=re.S)
    text = re.sub(r"@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", text)
    selectors = [
        one.strip()
        for group in re.findall(r"([^{};]+)\{", text)
        if not group.strip().startswith("@")
        for one in re.split(r",(?![^(]*\))", group)
    ]
    assert len(selectors) > 60
    assert [one for one in selectors if ".ft" not in one] == []
