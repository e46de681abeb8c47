"""``runs``: every run this user has, in every folder of runs, newest first."""

import argparse
from pathlib import Path

from ftkernel import messages
from ftkernel.api.listing import runs as list_runs
from ftkernel.errors import FtError
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.views import table
from ftkernel.views.shape import RunSummary


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "folder", nargs="?", metavar="FOLDER", help=messages.text("subcommands.runs.folder")
    )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    summaries: list[RunSummary] = []
    damaged: list[str] = []
    places: list[Path] = []
    places_of_damaged: list[Path] = []
    for run in list_runs(arguments.folder):
        try:
            summaries.append(run.summary())
            places.append(run.files.path.parent)
        except FtError as error:
            if error.code != "run.folder_lost":  # removed while we look: no run any more
                damaged.append(run.name)
                places_of_damaged.append(run.files.path.parent)
    places += places_of_damaged
    folders = [str(place) for place in places] if len(set(places)) > 1 else []
    host.show(table.mime_bundle(summaries, damaged, folders))


COMMAND = Subcommand("runs", _arguments, _run)
