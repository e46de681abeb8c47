"""``evaluate``: have a run that trains measure its held-out rows now."""

import argparse

from ftkernel import messages
from ftkernel.subcommands.arguments import add_run, add_waiting, run_named
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    add_run(parser)
    add_waiting(parser)


def _run(arguments: argparse.Namespace, host: Host) -> None:
    run = run_named(arguments.run)
    loss = run.evaluate(wait=not arguments.no_wait, timeout=arguments.timeout)
    if loss is None:
        host.line(messages.text("commands.sent", {"name": run.name, "command": "evaluate"}))
    else:
        host.line(messages.text("commands.evaluated", {"name": run.name, "loss": loss}))


COMMAND = Subcommand("evaluate", _arguments, _run)
