"""An ``argparse`` parser that speaks in our errors: it never exits a process and never prints."""

import argparse
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from ftkernel.errors import FtError

_OPTION = re.compile(r"-(?!\d)\S+$")
"""A word that is an option; words with a space in them and numbers below zero are none."""


class HelpWanted(Exception):
    """``--help`` was given; ``text`` is what to show."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class _HelpAction(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        raise HelpWanted(parser.format_help())


class Parser(argparse.ArgumentParser):
    """A parser for one line of a magic or of the shell.

    Args:
        prog: how the command is written, such as ``%ft show``.
        about: what it does, in a sentence.
        help_text: what ``--help`` says about itself.
    """

    def __init__(self, prog: str, about: str, help_text: str = "") -> None:
        options: dict[str, object] = {"color": False} if sys.version_info >= (3, 14) else {}
        super().__init__(
            prog=prog,
            description=about,
            add_help=False,
            allow_abbrev=False,
            formatter_class=_Formatter,
            **options,  # pyright: ignore[reportArgumentType]
        )
        self.add_argument("-h", "--help", nargs=0, action=_HelpAction, help=help_text)

    def error(self, message: str) -> NoReturn:
        """Raise what ``argparse`` would print before it exits."""
        usage = " ".join(self.format_usage().split()).removeprefix("usage: ")
        raise FtError("subcommands.usage", problem=message, usage=usage)

    def parse(self, words: Sequence[str]) -> argparse.Namespace:
        """The arguments in ``words``.

        Raises:
            FtError: if they are not as they should be.
            HelpWanted: if help was asked for.
        """
        found, left = self.parse_known_args(list(words))
        if left:
            self._take_rest(found, left)
        return found

    def _take_rest(self, found: argparse.Namespace, left: list[str]) -> None:
        """Words after an option belong to a list of words before it; argparse leaves them over."""
        head = left[: left.index("--")] if "--" in left else left
        more = [action for action in self._actions if action.nargs == "*"]
        options = [word for word in head if _OPTION.match(word)]
        if options or not more:
            self.error("unrecognized arguments: " + " ".join(options or left))
        words = [*head, *left[len(head) + 1 :]]
        setattr(found, more[0].dest, [*getattr(found, more[0].dest), *words])


class _Formatter(argparse.HelpFormatter):
    """Wide enough for a cell, the same in every terminal."""

    def __init__(self, prog: str, *_: object, **__: object) -> None:
        super().__init__(prog, max_help_position=30, width=100)
