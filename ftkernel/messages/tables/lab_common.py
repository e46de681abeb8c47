"""Texts that all parts of the JupyterLab extension say."""

from ftkernel.messages._text import Text

TEXTS = {
    "lab_common.category": Text("Fine-tuning", "微调"),
    "lab_common.cancel": Text("Cancel", "取消"),
}
