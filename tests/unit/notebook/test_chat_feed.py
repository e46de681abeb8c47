"""What a chat panel tells its pages: numbered without holes, pieces at most ten a second."""

import pytest

from ftkernel.notebook.chat_panel.feed import EVERY, Feed


@pytest.fixture
def told():
    return []


@pytest.fixture
def clock():
    class Clock:
        now = 100.0

        def __call__(self):
            return self.now

    return Clock()


@pytest.fixture
def feed(told, clock):
    return Feed(told.append, clock)


def test_every_message_builds_on_the_one_before(feed, told):
    feed.change({"busy": True}, [{"id": "t"}], 0)
    feed.piece("r", "tuned", "a")
    feed.change({"busy": False})
    assert [(one["kind"], one["base"], one["seq"]) for one in told] == [
        ("change", 0, 1), ("piece", 1, 2), ("change", 2, 3),
    ]  # fmt: skip
    assert "turns" not in told[2]
    assert (told[0]["from"], told[0]["turns"]) == (0, [{"id": "t"}])


def test_the_whole_picture_builds_on_nothing(feed, told):
    feed.change({})
    feed.whole({}, [])
    assert (told[-1]["base"], told[-1]["seq"]) == (0, 2)


def test_pieces_come_at_most_ten_a_second_and_none_is_lost(feed, told, clock):
    text = "abcdefghijklmnopqrstuvwxyz"
    for letter in text:
        feed.piece("r", "tuned", letter)
        clock.now += EVERY / 4
    feed.change({})
    pieces = [one["text"] for one in told if one["kind"] == "piece"]
    assert "".join(pieces) == text
    assert 26 / 4 <= len(pieces) <= 26 / 4 + 2


def test_pieces_of_two_sides_are_not_mixed(feed, told):
    feed.piece("r", "tuned", "a")
    feed.piece("r", "tuned", "b")
    feed.piece("r", "base", "c")
    feed.change({})
    assert [(one["side"], one["text"]) for one in told[:-1]] == [
        ("tuned", "a"), ("tuned", "b"), ("base", "c"),
    ]  # fmt: skip


def test_what_the_whole_picture_holds_is_not_said_again(feed, told):
    feed.piece("r", "tuned", "a")
    feed.piece("r", "tuned", "b")
    feed.whole({}, [{"text": "ab"}])
    feed.change({})
    assert [one["kind"] for one in told] == ["piece", "change", "change"]
