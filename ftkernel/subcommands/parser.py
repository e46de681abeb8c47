"""An ``argparse`` parser that speaks in our errors: it never exits a process and never prints."""

import argparse
import re
import sys
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

from ftkernel import messages
from ftkernel.errors import FtError

_OPTION = re.compile(r"-(?!\d)\S+$")
"""A word that is an option; words with a space in them and numbers below zero are none."""


_LONGEST_USAGE = 190

_PROBLEMS = {
    "required": re.compile(r"the following arguments are required: (?P<names>.*)", re.DOTALL),
    "unrecognized": re.compile(r"unrecognized arguments: (?P<words>.*)", re.DOTALL),
    "argument": re.compile(r"argument (?P<name>[^:]+): (?P<inner>.*)", re.DOTALL),
    "invalid": re.compile(r"invalid (?P<type>\w+) value: '?(?P<value>.*?)'?", re.DOTALL),
    "invalid_choice": re.compile(
        r"invalid choice: '?(?P<value>.*?)'? \(choose from (?P<choices>.*)\)", re.DOTALL
    ),
    "expected_one": re.compile(r"expected one argument"),
    "expected_some": re.compile(r"expected at least one argument"),
    "not_with": re.compile(r"not allowed with argument (?P<other>.*)"),
    "takes_no_value": re.compile(r"ignored explicit argument '?(?P<value>.*?)'?", re.DOTALL),
}
"""What ``argparse`` says, by the last part of the code of our text for it."""


_TYPES = frozenset({"int", "float"})
"""The types of arguments that have a name of ours."""


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
        self._positionals.title = messages.text("subcommands.parser.positionals")
        self._optionals.title = messages.text("subcommands.parser.options")

    def add_argument(self, *names: str, **options: Any) -> argparse.Action:  # noqa: ANN401
        """As of ``argparse``; a list of words before which nothing is required is optional."""
        if options.get("nargs") == "*" and not names[0].startswith("-"):
            options.setdefault("default", [])
        return super().add_argument(*names, **options)

    def format_help(self) -> str:
        """As of ``argparse``, with the headings' colon as the language writes it."""
        shown = super().format_help()
        for group in (self._positionals, self._optionals):
            heading = messages.text("subcommands.parser.heading", {"title": group.title})
            shown = shown.replace(f"\n{group.title}:\n", f"\n{heading}\n")
        return shown

    def error(self, message: str) -> NoReturn:
        """Raise what ``argparse`` would print before it exits."""
        formatter = _Formatter(self.prog)
        formatter.add_usage(None, self._actions, self._mutually_exclusive_groups, prefix="")
        usage = " ".join(formatter.format_help().split())
        if len(usage) > _LONGEST_USAGE:  # too long to be read in an error: what must be given
            usage = _short_usage(self)
        raise FtError("subcommands.usage", problem=_problem(message), usage=usage)

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


def _short_usage(parser: Parser) -> str:
    """The usage without its single options."""
    words = [parser.prog, messages.text("subcommands.parser.some_options")]
    for action in parser._actions:
        if not action.option_strings:
            name = str(action.metavar or action.dest)
            words.append({"*": f"[{name} ...]", "?": f"[{name}]"}.get(str(action.nargs), name))
        elif action.required:
            words.append(f"{action.option_strings[0]} {action.metavar or action.dest.upper()}")
    return " ".join(words)


def _problem(message: str) -> dict[str, object] | str:
    """What ``argparse`` says in English, as a text of ours; what is not known stays as it is."""
    for code, pattern in _PROBLEMS.items():
        if found := pattern.fullmatch(message):
            params: dict[str, object] = dict(found.groupdict())
            if params.get("type") in _TYPES:
                params["type"] = {"code": f"subcommands.parser.{params['type']}", "params": {}}
            if "choices" in params:
                params["choices"] = str(params["choices"]).replace("'", "")
            if inner := params.pop("inner", None):
                params["inner"] = _problem(str(inner))
            return {"code": f"subcommands.parser.{code}", "params": params}
    return message


class _Formatter(argparse.HelpFormatter):
    """Wide enough for a cell, the same in every terminal."""

    def __init__(self, prog: str, *_: object, **__: object) -> None:
        super().__init__(prog, max_help_position=30, width=100)

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        """The usage under our own word for it."""
        if prefix is None:
            word = messages.text("subcommands.parser.usage")
            prefix = word if word.endswith("：") else f"{word} "  # which is as wide as two
        super().add_usage(usage, actions, groups, prefix)
