"""``keys``: the recipe's keys with type, default and help; one key in full."""

import argparse
import html

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.recipe import registry
from ftkernel.recipe.key import Key
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand


def _arguments(parser: Parser) -> None:
    text = messages.text
    parser.add_argument("key", nargs="?", metavar="KEY", help=text("subcommands.keys.key"))
    parser.add_argument("--all", action="store_true", help=text("subcommands.keys.all"))


def _run(arguments: argparse.Namespace, host: Host) -> None:
    if arguments.key:
        host.line("\n".join(_in_full(_find(arguments.key))))
        return
    keys = [key for key in registry.KEYS.values() if arguments.all or key.status == "implemented"]
    groups: dict[str, list[Key]] = {}
    for key in keys:
        groups.setdefault(key.group, []).append(key)
    host.show({"text/plain": _plain(groups), "text/html": _table(groups)})


def _find(name: str) -> Key:
    key = registry.find(name)
    if key is not None:
        return key
    near = registry.nearest(name)
    code = "subcommands.keys.unknown_near" if near else "subcommands.keys.unknown"
    raise FtError(code, name=name, near=" / ".join(near))


def _help(key: Key) -> str:
    return key.zh if messages.language() == "zh" else key.en


def _default(key: Key) -> str:
    if key.default is not None:
        return str(key.default)
    return (key.auto_zh if messages.language() == "zh" else key.auto_en) or "–"


def _kind(key: Key) -> str:
    if key.choices:
        return " | ".join(str(choice) for choice in key.choices)
    bounds = [
        f"{sign} {bound:g}"
        for sign, bound in ((">=", key.ge), (">", key.gt), ("<=", key.le), ("<", key.lt))
        if bound is not None
    ]
    return f"{key.kind} {', '.join(bounds)}".strip()


def _in_full(key: Key) -> list[str]:
    """One key, a line for each thing that is known about it."""
    label = messages.text
    reason = key.reason_zh if messages.language() == "zh" else key.reason_en
    facts = [
        ("subcommands.keys.type", _kind(key)),
        ("subcommands.keys.default", _default(key)),
        ("subcommands.keys.aliases", ", ".join(key.aliases)),
        ("subcommands.keys.stages", ", ".join(key.stages)),
        ("subcommands.keys.methods", ", ".join(key.methods)),
        ("subcommands.keys.becomes", key.becomes or ""),
        ("subcommands.keys.reason", reason),
    ]
    lines = [f"{key.name}: {_help(key)}"]
    if key.status != "implemented":
        lines.append(f"  {label(f'subcommands.keys.status_{key.status}')}")
    lines += [f"  {label(code)}: {value}" for code, value in facts if value]
    return lines


def _plain(groups: dict[str, list[Key]]) -> str:
    width = max(len(key.name) for keys in groups.values() for key in keys)
    lines: list[str] = []
    for group, keys in groups.items():
        lines.append(f"{group}:")
        lines += [f"  {key.name:<{width}}  {_default(key):<12}  {_help(key)}" for key in keys]
    return "\n".join(lines)


def _table(groups: dict[str, list[Key]]) -> str:
    parts = []
    for group, keys in groups.items():
        rows = "".join(
            "<tr>"
            + "".join(
                f'<td style="text-align:left">{html.escape(cell)}</td>'
                for cell in (key.name, _kind(key), _default(key), _help(key))
            )
            + "</tr>"
            for key in keys
        )
        parts.append(
            f"<details><summary>{html.escape(group)} ({len(keys)})</summary>"
            f"<table>{rows}</table></details>"
        )
    return "".join(parts)


COMMAND = Subcommand("keys", _arguments, _run)
