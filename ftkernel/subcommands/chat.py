"""``chat``: one turn with a run's model, or with any, as text that appears while it is written."""

import argparse
from collections.abc import Mapping
from typing import Any

from ftkernel import messages
from ftkernel.api.chat import Answer, chat
from ftkernel.errors import FtError
from ftkernel.subcommands.following import tell
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand

_SAMPLING = (
    ("temperature", float),
    ("top_p", float),
    ("top_k", int),
    ("max_new_tokens", int),
    ("repetition_penalty", float),
)


def parser(prog: str) -> Parser:
    """The parser of the line, also that of ``%%chat``."""
    out = Parser(
        prog, messages.text("subcommands.chat.about"), messages.text("subcommands.help_help")
    )
    _arguments(out)
    return out


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument("target", metavar="RUN", help=text("subcommands.chat.target"))
    parser.add_argument("text", nargs="*", metavar="TEXT", help=text("subcommands.chat.text"))
    sides = parser.add_mutually_exclusive_group()
    sides.add_argument("--base", action="store_true", help=text("subcommands.chat.base"))
    sides.add_argument("--ab", action="store_true", help=text("subcommands.chat.ab"))
    parser.add_argument(
        "--checkpoint", type=int, metavar="STEP", help=text("subcommands.chat.checkpoint")
    )
    parser.add_argument(
        "--adapter",
        "--adapter_name_or_path",
        metavar="FOLDER",
        help=text("subcommands.chat.adapter"),
    )
    parser.add_argument("--system", metavar="TEXT", help=text("subcommands.chat.system"))
    parser.add_argument("--seed", type=int, help=text("subcommands.chat.seed"))
    for key, type_ in _SAMPLING:
        flags = [f"--{key}"] + ([f"--{key.replace('_', '-')}"] if "_" in key else [])
        parser.add_argument(
            *flags, type=type_, help=text("subcommands.chat.sampling", {"key": key})
        )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    said = " ".join(arguments.text)
    if not said.strip():
        raise FtError("subcommands.chat.no_text")
    sides = ("tuned", "base") if arguments.ab else ("base",) if arguments.base else ("tuned",)
    sampling = {key: getattr(arguments, key) for key, _ in _SAMPLING}
    answer = _ask(arguments, said, sides, sampling, host)
    if answer.stopped:
        host.line(messages.text("subcommands.chat.stopped"))
    for note in answer.notes():
        host.line(note)


def _ask(
    arguments: argparse.Namespace,
    said: str,
    sides: tuple[str, ...],
    sampling: Mapping[str, Any],
    host: Host,
) -> Answer:
    with host.status() as status, host.answer(sides) as box:
        return chat(
            arguments.target,
            said,
            base=arguments.base,
            ab=arguments.ab,
            checkpoint=arguments.checkpoint,
            adapter=arguments.adapter,
            system=arguments.system,
            seed=arguments.seed,
            on_text=box.add,
            on_line=lambda line: tell(line, status, host),
            **sampling,
        )


COMMAND = Subcommand("chat", _arguments, _run)
