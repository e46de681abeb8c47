"""``merge``: adapter and base as one model in a folder, compared with the original."""

import argparse

from ftkernel import messages
from ftkernel.api.merge import merge
from ftkernel.subcommands.following import tell
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument("run", metavar="RUN", help=text("subcommands.chat.target"))
    parser.add_argument("--to", required=True, metavar="FOLDER", help=text("subcommands.merge.to"))
    parser.add_argument(
        "--adapter",
        "--adapter_name_or_path",
        metavar="FOLDER",
        help=text("subcommands.chat.adapter"),
    )
    parser.add_argument(
        "--checkpoint", type=int, metavar="STEP", help=text("subcommands.chat.checkpoint")
    )
    parser.add_argument("--dtype", help=text("subcommands.merge.dtype"))
    parser.add_argument(
        "--export-size",
        "--export_size",
        type=int,
        metavar="GB",
        help=text("subcommands.merge.export_size"),
    )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    with host.status() as status:
        merged = merge(
            arguments.run,
            arguments.to,
            checkpoint=arguments.checkpoint,
            adapter=arguments.adapter,
            dtype=arguments.dtype,
            export_size=arguments.export_size,
            on_line=lambda line: tell(line, status, host),
        )
    host.show(merged._repr_mimebundle_())


COMMAND = Subcommand("merge", _arguments, _run)
