"""Texts of the live view of a run: its buttons, its chart, its quiet remarks.

The front end has them too: ``labextension/export_texts.py`` writes them where it imports them.
"""

from ftkernel.messages._text import Text

TEXTS = {
    "live.label": Text("Fine-tuning run {name}", "微调运行 {name}"),
}
