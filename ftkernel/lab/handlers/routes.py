"""Which address is whose. An id is checked by whoever looks it up, and is refused in words."""

from typing import Any

from ftkernel.lab.handlers.changing import CommandsHandler, ResumeHandler
from ftkernel.lab.handlers.events import EventsHandler
from ftkernel.lab.handlers.nowhere import NowhereHandler
from ftkernel.lab.handlers.reading import (
    ChatHandler,
    DoctorHandler,
    KeysHandler,
    LogHandler,
    RunHandler,
    RunsHandler,
    SaidHandler,
)  # fmt: skip
from ftkernel.lab.handlers.writing import CompleteHandler, LanguageHandler, ValidateHandler

PREFIX = "ftkernel"
_ID = r"runs/([^/]+)"

ROUTES: tuple[tuple[str, type[Any]], ...] = (
    (r"runs", RunsHandler),
    (_ID, RunHandler),
    (rf"{_ID}/events", EventsHandler),
    (rf"{_ID}/log", LogHandler),
    (rf"{_ID}/said", SaidHandler),
    (rf"{_ID}/chat", ChatHandler),
    (rf"{_ID}/commands", CommandsHandler),
    (rf"{_ID}/resume", ResumeHandler),
    (r"keys", KeysHandler),
    (r"validate", ValidateHandler),
    (r"complete", CompleteHandler),
    (r"language", LanguageHandler),
    (r"doctor", DoctorHandler),
)
"""Every route below ``ftkernel/``."""

NOWHERE = (r".*", NowhereHandler)
"""For what is no route, after them all."""
