"""``runs``: every run this user has, in every folder of runs, newest first."""

import argparse

from ftkernel import messages
from ftkernel.api.listing import runs as list_runs
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.views import table


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "folder", nargs="?", metavar="FOLDER", help=messages.text("subcommands.runs.folder")
    )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    summaries = [run.summary() for run in list_runs(arguments.folder)]
    host.show(table.mime_bundle(summaries))


COMMAND = Subcommand("runs", _arguments, _run)
