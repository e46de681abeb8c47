"""``login``: where tokens for hubs were found; enter one, keep it in the keyring, or forget it."""

import argparse
import getpass

from ftkernel import messages
from ftkernel.api import secrets
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument(
        "service", nargs="?", metavar="SERVICE", help=text("subcommands.login.service")
    )
    parser.add_argument("--ask", action="store_true", help=text("subcommands.login.ask"))
    parser.add_argument("--keyring", action="store_true", help=text("subcommands.login.keyring"))
    parser.add_argument("--forget", action="store_true", help=text("subcommands.login.forget"))


def _run(arguments: argparse.Namespace, host: Host) -> None:
    if not (arguments.ask or arguments.keyring or arguments.forget):
        chosen = [secrets.service_named(arguments.service)] if arguments.service else None
        for service in chosen or secrets.SERVICES.values():
            _report(service, host)
        return
    service = secrets.service_named(arguments.service or "huggingface")
    if arguments.forget:
        secrets.forget(service)
    else:
        question = messages.text("subcommands.login.question", {"service": service.name})
        secrets.remember(service, getpass.getpass(question), in_keyring=arguments.keyring)
    _report(service, host)


def _report(service: secrets.Service, host: Host) -> None:
    found = secrets.find(service)
    code = f"subcommands.login.in_{found.place}" if found else "subcommands.login.none"
    params = {"service": service.name, "variable": service.variable, "prefix": host.prefix}
    host.line(messages.text(code, params))


COMMAND = Subcommand("login", _arguments, _run)
