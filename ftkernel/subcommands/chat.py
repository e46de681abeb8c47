"""``chat``: a panel to chat with a run's model, or with any; with a text, one turn of it.

One turn is shown as text that appears while it is written, in a notebook as in a terminal.
"""

import argparse
from collections.abc import Mapping
from typing import Any

from ftkernel import messages
from ftkernel.api.chat import Answer, chat
from ftkernel.api.chat_sampling import check_sampling
from ftkernel.api.chat_sides import sides_of, subject_of
from ftkernel.api.chat_target import target_of
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
    parser.add_argument(
        "--stop", action="append", metavar="TEXT", help=text("subcommands.chat.stop_at")
    )
    for key, type_ in _SAMPLING:
        flags = [f"--{key}"] + ([f"--{key.replace('_', '-')}"] if "_" in key else [])
        parser.add_argument(
            *flags, type=type_, help=text("subcommands.chat.sampling", {"key": key})
        )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    said = " ".join(arguments.text)
    if not said.strip():
        _open_panel(arguments, host)
        return
    sides = ("tuned", "base") if arguments.ab else ("base",) if arguments.base else ("tuned",)
    sampling = _sampling(arguments)
    answer = _ask(arguments, said, sides, sampling, host)
    if answer.stopped:
        host.line(messages.text("subcommands.chat.stopped"))
    for note in answer.notes():
        host.line(note)


def _open_panel(arguments: argparse.Namespace, host: Host) -> None:
    """Show a panel; its sides and settings begin as the options say."""
    subject, side = subject_of(arguments.target, arguments.adapter)
    if arguments.checkpoint is not None:
        side = f"step-{arguments.checkpoint}"
    named = () if side is None else (side,)
    sides = (side or "tuned", "base") if arguments.ab else ("base",) if arguments.base else named
    settings = {key: value for key, value in _sampling(arguments).items() if value is not None}
    check_sampling(subject.recipe, settings)
    if side is not None and side not in sides_of(subject):
        target_of(arguments.target, checkpoint=arguments.checkpoint)  # raises: no such step
    if not host.chat(subject, sides, settings):
        raise FtError("chat_panel.not_here", prefix=host.prefix, name=arguments.target)


def _sampling(arguments: argparse.Namespace) -> dict[str, Any]:
    names = ("system", "seed", "stop", *(key for key, _ in _SAMPLING))
    return {name: getattr(arguments, name) for name in names}


def _ask(
    arguments: argparse.Namespace,
    said: str,
    sides: tuple[str, ...],
    sampling: Mapping[str, Any],
    host: Host,
) -> Answer:
    with host.status() as status, host.answer(sides) as box:
        waits = False

        def wait(line: Mapping[str, Any]) -> None:
            nonlocal waits
            waits = True
            tell(line, status, host)

        def add(side: str, piece: str) -> None:
            nonlocal waits
            if waits:  # in a terminal the answer stands on that very line
                status.update("")
            waits = False
            box.add(side, piece)

        return chat(
            arguments.target,
            said,
            base=arguments.base,
            ab=arguments.ab,
            checkpoint=arguments.checkpoint,
            adapter=arguments.adapter,
            on_text=add,
            on_line=wait,
            **sampling,
        )


COMMAND = Subcommand("chat", _arguments, _run)
