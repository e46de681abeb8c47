"""Secrets do not leave the worker: neither by its log nor by an error that quotes one."""

from collections.abc import Iterable
from typing import Any

SHOWN = "[secret]"
_SHORTEST = 4
"""A shorter value would tear holes into every text, and protects nothing."""


class Redactor:
    """Replaces the given values wherever they occur."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._values: list[str] = []
        self.learn(secrets)

    def learn(self, secrets: Iterable[str]) -> None:
        """Replace these values as well, from now on."""
        values = {*self._values, *(value for value in secrets if len(value) >= _SHORTEST)}
        self._values = sorted(values, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for value in self._values:
            if value in text:
                text = text.replace(value, SHOWN)
        return text

    def clean_json(self, value: Any) -> Any:  # noqa: ANN401 - JSON
        """A JSON value without secrets in any of its texts."""
        if isinstance(value, str):
            return self.clean(value)
        if isinstance(value, dict):
            return {key: self.clean_json(entry) for key, entry in value.items()}
        if isinstance(value, list | tuple):
            return [self.clean_json(entry) for entry in value]
        return value
