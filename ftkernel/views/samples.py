"""What the model answered before and after, out of the transcripts in a run's folder.

A pair stands there when both sides were asked the same thing. Only the end of each file is read,
and whatever can not be read is passed over: a transcript never keeps a run from being shown.
"""

import json
from pathlib import Path
from typing import Any, cast

from ftkernel.runs.answer_stream import ENDING
from ftkernel.views import fields
from ftkernel.views.shape import Sample

_MOST_BYTES = 64_000
_MOST_FILES = 5
_LONGEST = 600


def read_samples(chat: Path, most: int = 3) -> tuple[Sample, ...]:
    """The latest pairs of answers, oldest first; a later pair for the same prompt replaces it.

    Args:
        chat: the folder of transcripts; it need not exist.
        most: how many pairs.
    """
    found: dict[str, Sample] = {}
    transcripts = [path for path in chat.glob("*.jsonl") if not path.name.endswith(ENDING)]
    for path in sorted(transcripts)[-_MOST_FILES:]:
        prompt, answers = "", dict[str, str]()
        for line in _lines(path):
            content = fields.text(line, "content")
            if line.get("role") == "user":
                prompt, answers = content, {}
            elif line.get("role") == "assistant":
                answers[fields.text(line, "side")] = content
                if {"base", "tuned"} <= answers.keys():
                    found.pop(prompt, None)
                    found[prompt] = Sample(
                        _short(prompt), _short(answers["base"]), _short(answers["tuned"])
                    )
    return tuple(found.values())[-most:]


def _lines(path: Path) -> list[dict[str, Any]]:
    """The whole lines at the end of a file that hold a JSON object."""
    try:
        with open(path, "rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _MOST_BYTES))
            content = file.read()
    except OSError:
        return []
    out: list[dict[str, Any]] = []
    for line in content.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            out.append(cast("dict[str, Any]", value))
    return out


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
