"""``config``: the settings with where they come from; one set for good, or given back."""

import argparse

from ftkernel import messages
from ftkernel.api import config, config_file, setting
from ftkernel.errors import FtError, Where
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.views import settings as view


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument("name", nargs="?", metavar="SETTING", help=text("subcommands.config.name"))
    parser.add_argument("value", nargs="?", metavar="VALUE", help=text("subcommands.config.value"))
    parser.add_argument("--reset", action="store_true", help=text("subcommands.config.reset"))


def _run(arguments: argparse.Namespace, host: Host) -> None:
    name, value = arguments.name, arguments.value
    if arguments.reset and value is not None:
        raise FtError("config.value_and_reset", name=name, prefix=host.prefix)
    if name is None:
        if arguments.reset:
            _reset_all(host)
        host.show(view.mime_bundle(_lines(), _remarks()))
        return
    if "=" in name and value is None:  # NAME=VALUE, as one writes it elsewhere
        name, _, value = name.partition("=")
    name = config.find(name).name
    if arguments.reset:
        _reset(name, host)
    elif value is not None:
        _keep(name, value, host)
    host.show(view.mime_bundle([_line(name)], _remarks()))


def _keep(name: str, value: str, host: Host) -> None:
    path = config_file.save(name, setting.read(config.find(name), value, Where(key=name)))
    config.clear_session(name)
    host.line(messages.text("config.saved", {"name": name, "path": str(path)}))
    found = config.look_up(name)
    if found.source == "environment":
        params = {"variable": found.variable, "value": setting.shown(found.value)}
        host.line(messages.text("config.environment_wins", params))


def _reset(name: str, host: Host) -> None:
    had = config_file.forget(name)
    had = config.clear_session(name) or had
    host.line(messages.text("config.was_reset" if had else "config.was_not_set", {"name": name}))


def _reset_all(host: Host) -> None:
    kept = config_file.set_aside()
    for name in setting.SETTINGS:
        config.clear_session(name)
    if kept is None:
        host.line(messages.text("config.nothing_to_reset"))
    else:
        host.line(messages.text("config.all_reset", {"path": str(kept)}))


def _lines() -> list[view.Line]:
    return [_line(name) for name in setting.SETTINGS]


def _line(name: str) -> view.Line:
    found = config.look_up(name)
    source = messages.text(f"config.source.{found.source}", {"variable": found.variable})
    one = found.setting
    return view.Line(name, setting.shown(found.value), source, one.about, one.choices)


def _remarks() -> list[str]:
    """What is wrong with the settings, and where the file is."""
    wrong = [line for problem in config.problems() for line in problem.lines()]
    return [*wrong, messages.text("config.file", {"path": str(config_file.file_path())})]


COMMAND = Subcommand("config", _arguments, _run)
