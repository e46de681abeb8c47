"""The one list of subcommands: dispatch, help, the shell, completion and the docs read it.

A subcommand is a module of this package named after it, with a constant ``COMMAND``. Its texts
stand in the message table under ``subcommands.<name>.about``. A module is imported when it is first
needed.
"""

import argparse
import difflib
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import HelpWanted, Parser

NAMES = (
    "train", "runs", "show", "wait", "stop", "save", "evaluate", "sample", "set", "resume",
    "attach", "log", "rm", "chat", "merge", "preview", "data", "estimate", "keys", "cell",
    "download", "login",
    "config", "clean", "doctor",
)  # fmt: skip
"""Every subcommand, in the order in which help shows them."""

Place = Literal["notebook", "shell"]


@dataclass(frozen=True)
class Subcommand:
    """One subcommand: its arguments and what it does."""

    name: str
    arguments: Callable[[Parser], None]
    run: Callable[[argparse.Namespace, Host], None]
    places: tuple[Place, ...] = ("notebook", "shell")

    @property
    def about(self) -> str:
        """What it does, in a sentence."""
        return messages.text(f"subcommands.{self.name}.about")

    def parser(self, prefix: str) -> Parser:
        """The parser of its line; ``prefix`` is how it is called here (``%ft`` or ``ftkernel``)."""
        parser = Parser(f"{prefix} {self.name}", self.about, messages.text("subcommands.help_help"))
        self.arguments(parser)
        return parser


def load(name: str) -> Subcommand:
    """The subcommand of a name in :data:`NAMES`."""
    return importlib.import_module(f"ftkernel.subcommands.{name}").COMMAND


def find(name: str, place: Place) -> Subcommand:
    """The subcommand that a person means.

    Raises:
        FtError: if there is none of that name here; names the nearest.
    """
    if name in NAMES:
        command = load(name)
        if place in command.places:
            return command
        raise FtError(f"subcommands.{name}.elsewhere")
    here = [command.name for command in all_subcommands(place)]
    near = difflib.get_close_matches(name, here, n=2, cutoff=0.5)
    code = "subcommands.unknown_near" if near else "subcommands.unknown"
    raise FtError(code, name=name, near=" / ".join(near), names=", ".join(here))


def all_subcommands(place: Place) -> list[Subcommand]:
    """The subcommands that a place offers, in the order of help."""
    return [command for name in NAMES if place in (command := load(name)).places]


def overview(prefix: str, place: Place) -> str:
    """One line a subcommand, for ``--help`` without a name."""
    commands = all_subcommands(place)
    width = max(len(command.name) for command in commands)
    lines = [messages.text("subcommands.overview", {"prefix": prefix})]
    lines += [f"  {prefix} {command.name:<{width}}  {command.about}" for command in commands]
    return "\n".join(lines)


def dispatch(words: Sequence[str], host: Host, place: Place) -> None:
    """Do what a line says: the first word names the subcommand.

    Raises:
        FtError: if the line is not understood, or what the subcommand raises.
    """
    if not words or words[0] in {"-h", "--help", "help"}:
        host.line(overview(host.prefix, place))
        return
    command = find(words[0], place)
    try:
        arguments = command.parser(host.prefix).parse(words[1:])
    except HelpWanted as wanted:
        host.line(wanted.text.rstrip())
        return
    command.run(arguments, host)


def reference() -> str:
    """Every subcommand with its help, as markdown for the docs."""
    parts = []
    for name in NAMES:
        command = load(name)
        prefix = "%ft" if "notebook" in command.places else "ftkernel"
        parts.append(
            f"### {name}\n\n```text\n{command.parser(prefix).format_help().rstrip()}\n```\n"
        )
    return "\n".join(parts)
