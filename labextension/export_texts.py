"""Write the texts of the front end, from the message tables, to where the front end imports them.

Run it after a change of a table: ``.venv/bin/python labextension/export_texts.py``.
"""

import json
from pathlib import Path

from ftkernel import messages

HERE = Path(__file__).resolve().parent

PLACES = {
    "live.": HERE / "src" / "core" / "texts.json",
    "chat_panel.": HERE / "src" / "chat" / "texts.json",
}
"""The beginning of a code, and the file that holds those codes as ``{code: [en, zh]}``."""


def exported(prefix: str) -> str:
    """The content of the file of the codes that begin so."""
    texts = messages.all_texts()
    shown = {
        code: [texts[code].en, texts[code].zh] for code in sorted(texts) if code.startswith(prefix)
    }
    return json.dumps(shown, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for prefix, path in PLACES.items():
        if path.parent.is_dir():
            path.write_text(exported(prefix), encoding="utf-8")
            print(f"{path.relative_to(HERE)}  {len(path.read_bytes())} bytes")
