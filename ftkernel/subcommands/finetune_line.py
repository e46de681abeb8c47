"""The line of ``%%finetune``: the magic reads it, and completion offers what it can hold."""

from ftkernel import messages
from ftkernel.subcommands.parser import Parser


def parser() -> Parser:
    """The parser of the magic's line."""
    out = Parser(
        "%%finetune",
        messages.text("notebook.finetune_about"),
        messages.text("subcommands.help_help"),
    )
    out.add_argument("name", nargs="?", metavar="NAME", help=messages.text("notebook.help_name"))
    out.add_argument("--wait", action="store_true", help=messages.text("notebook.help_wait"))
    out.add_argument("--detach", action="store_true", help=messages.text("notebook.help_detach"))
    out.add_argument("--dry-run", action="store_true", help=messages.text("notebook.help_dry_run"))
    out.add_argument("--preview", action="store_true", help=messages.text("notebook.help_preview"))
    out.add_argument("-o", dest="variable", metavar="VAR", help=messages.text("notebook.help_o"))
    return out
