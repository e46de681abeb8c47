"""``show``: a run as it is now, kept up to date in the cell while it goes on."""

import argparse

from ftkernel.subcommands.arguments import add_run, run_named
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.registry import Subcommand


def _run(arguments: argparse.Namespace, host: Host) -> None:
    host.card(run_named(arguments.run))


COMMAND = Subcommand("show", add_run, _run)
