"""Write the texts of the front end, from the message tables, to where the front end imports them.

Run it after a change of a table: ``.venv/bin/python labextension/export_texts.py``.
"""

import json
from pathlib import Path

from ftkernel import messages

HERE = Path(__file__).resolve().parent

SHARED = (
    "views.state.", "views.time.", "views.section.", "views.chart.", "views.step", "views.epoch",
    "views.left", "views.loss", "views.progress", "views.more", "views.checkpoint",
)  # fmt: skip
"""Texts of the static views that the live one shows as well."""

PLACES: dict[Path, tuple[str, ...]] = {
    HERE / "src" / "core" / "texts.json": ("live.", *SHARED),
    HERE / "src" / "chat" / "texts.json": ("chat_panel.",),
    HERE / "src" / "lab" / "texts.json": ("lab_", "views.phase", "views.unit.", "views.keys."),
    HERE / "src" / "preview" / "texts.json": ("preview_panel.", "views.preview.title"),
}
"""A file, and the beginnings of the codes that it holds as ``{code: [en, zh]}``."""


def exported(prefixes: tuple[str, ...]) -> str:
    """The content of the file of the codes that begin so."""
    texts = messages.all_texts()
    shown = {
        code: [texts[code].en, texts[code].zh]
        for code in sorted(texts)
        if code.startswith(prefixes)
    }
    return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for path, prefixes in PLACES.items():
        if path.parent.is_dir():
            path.write_text(exported(prefixes), encoding="utf-8")
            print(f"{path.relative_to(HERE)}  {len(path.read_bytes())} bytes")
