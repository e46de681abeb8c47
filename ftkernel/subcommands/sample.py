"""``sample``: have a run that trains answer a prompt, from the weights it has now."""

import argparse

from ftkernel import messages
from ftkernel.api import commanding
from ftkernel.subcommands.arguments import add_run, add_waiting, run_named
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    add_run(parser)
    text = messages.text
    parser.add_argument("text", nargs="*", metavar="TEXT", help=text("subcommands.chat.text"))
    parser.add_argument("--system", metavar="TEXT", help=text("subcommands.chat.system"))
    parser.add_argument("--seed", type=int, help=text("subcommands.chat.seed"))
    parser.add_argument(
        "--max_new_tokens",
        "--max-new-tokens",
        type=int,
        help=text("subcommands.chat.sampling", {"key": "max_new_tokens"}),
    )
    add_waiting(parser)


def _run(arguments: argparse.Namespace, host: Host) -> None:
    run = run_named(arguments.run)
    said = commanding.sample(
        run.files,
        " ".join(arguments.text),
        system=arguments.system,
        wait=not arguments.no_wait,
        timeout=arguments.timeout,
        sampling={"seed": arguments.seed, "max_new_tokens": arguments.max_new_tokens},
    )
    if said is None:
        host.line(messages.text("commands.sent", {"name": run.name, "command": "sample"}))
        return
    with host.answer(("tuned",)) as box:
        box.add("tuned", said["answer"])
    host.line(messages.text("commands.sampled", said))
    for note in said["notes"]:
        host.line(messages.text(note["code"], note["params"]))


COMMAND = Subcommand("sample", _arguments, _run)
