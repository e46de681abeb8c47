"""Images, videos and sounds: marks and parts, counted against files that have to be there."""

import json

import pytest

from ftkernel.data.content import Media
from ftkernel.data.conversation import ReadOptions
from tests.unit.data.reading import ANSWER, USER, read, refused, said


@pytest.fixture
def folder(tmp_path):
    for name in ("a.jpg", "b.jpg", "c.mp4", "d.wav"):
        (tmp_path / name).write_bytes(b"data")
    return tmp_path


def asks(content, **more):
    return {"messages": [{"role": "user", "content": content}, ANSWER], **more}


def test_marks_are_counted_against_the_files_of_their_columns(folder):
    row = asks(
        "<image>a<image>b<video>c<audio>",
        images=["a.jpg", "b.jpg"],
        videos="c.mp4",
        audios='["d.wav"]',
    )
    content = read(row, options=ReadOptions(media_dir=folder))
    assert [aside.code for aside in content.asides] == ["data.media_unread"]
    here = str(folder)
    assert content.media == Media(
        (f"{here}/a.jpg", f"{here}/b.jpg"), (f"{here}/c.mp4",), (f"{here}/d.wav",)
    )
    like = {"like": row, "options": ReadOptions(media_dir=folder)}
    assert (
        refused(row | {"images": ["a.jpg"]}, **like)
        == "images: there are 2 marks <image> and 1 file"
    )
    assert refused(row | {"audios": None}, **like) == "audios: there is 1 mark <audio> and 0 files"
    gone = refused(row | {"videos": "e.mp4"}, **like)
    assert gone == f"videos: the file 'e.mp4' is not in {folder}"


def test_files_lie_beside_the_rows_where_no_folder_is_named(folder):
    content = read(asks("<image>", images=["a.jpg"]), file=str(folder / "rows.jsonl"))
    assert content.media == Media((str(folder / "a.jpg"),))


def test_parts_become_marks_with_their_files(folder):
    parts = [
        {"type": "image_url", "image_url": {"url": "https://example.org/x.png"}},
        {"type": "text", "text": "Who?"},
        {"type": "image", "image": str(folder / "a.jpg")},
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
    ]
    content = read(asks(parts))
    assert said(content)[0] == ("user", "<image>Who?<image><audio>")
    assert content.media.images == ("https://example.org/x.png", str(folder / "a.jpg"))
    assert content.media.audios == ({"data": "UklGRg==", "format": "wav"},)


def test_parts_without_files_take_those_of_the_column(folder):
    row = asks([{"type": "image"}, {"type": "text", "text": "Who?"}], images=["a.jpg"])
    content = read(row, options=ReadOptions(media_dir=folder))
    assert content.media == Media((str(folder / "a.jpg"),))
    named = [{"type": "image", "path": "b.jpg"}]
    assert refused(asks(named, images=["a.jpg"]), options=ReadOptions(media_dir=folder)) == (
        "images: 1 file is named in the turns for <image> and another in the column"
    )


def test_files_in_the_row_itself_and_frames_of_a_video_are_kept(folder):
    held = {"bytes": b"PNG", "path": None}
    assert read(asks("<image>", images=[held])).media.images == (held,)
    frames = [["a.jpg", "b.jpg"]]
    content = read(asks("<video>", videos=frames), options=ReadOptions(media_dir=folder))
    assert content.media.videos == ((str(folder / "a.jpg"), str(folder / "b.jpg")),)


def test_marks_in_rows_without_files_are_words():
    content = read(asks("What does <video> mean in HTML?"))
    assert content.media is None
    assert read({"text": "<image>", "images": "x"}).text == "<image>"


def test_a_single_image_column_counts_where_rows_have_marks(folder):
    options = ReadOptions(media_dir=folder)
    asked = {"instruction": "<image>Who?", "output": "Ann.", "image": "a.jpg"}
    assert read(asked, options=options).media == Media((str(folder / "a.jpg"),))
    plain = {"instruction": "Who?", "output": "Ann.", "image": "a.jpg"}
    assert read(plain, options=options).media is None


def test_pairs_and_prompts_carry_their_files(folder):
    options = ReadOptions(media_dir=folder)
    asked = [USER | {"content": "<image>Who?"}]
    pair = {"messages": asked, "chosen": ANSWER, "rejected": "B.", "images": ["a.jpg"]}
    assert read(pair, options=options).media == Media((str(folder / "a.jpg"),))
    row = {"prompt": json.dumps(asked), "images": ["a.jpg"], "truth": "Ann"}
    content = read(row, options=options)
    assert (content.media, content.extra) == (Media((str(folder / "a.jpg"),)), {"truth": "Ann"})
