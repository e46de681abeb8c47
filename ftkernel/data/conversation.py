"""What a row says, whatever form it came in: the one door to :mod:`ftkernel.data.formats`."""

from ftkernel.data.content import Completion, Content, Conversation, Message, Text
from ftkernel.data.formats.cells import is_missing
from ftkernel.data.formats.options import ReadOptions
from ftkernel.data.formats.reading import read_row

__all__ = [
    "Completion",
    "Content",
    "Conversation",
    "Message",
    "ReadOptions",
    "Text",
    "is_missing",
    "read_row",
]
