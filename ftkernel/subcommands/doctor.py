"""``doctor``: versions, memory, what is missing for what, and the command that mends it."""

import argparse
import platform
import sys
from dataclasses import asdict
from pathlib import Path

from ftkernel import messages
from ftkernel.api import doctor, warm
from ftkernel.api.merge import clear_leftovers
from ftkernel.machine import read_machine
from ftkernel.subcommands.host import Host
from ftkernel.subcommands.parser import Parser
from ftkernel.subcommands.registry import Subcommand
from ftkernel.views import doctor as view
from ftkernel.views.amounts import data_size


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "--worker-python", metavar="PATH", help=messages.text("subcommands.doctor.worker_python")
    )


def _run(arguments: argparse.Namespace, host: Host) -> None:
    lines = [f"Python {platform.python_version()} ({sys.executable})"]
    if arguments.worker_python:
        lines.append(
            messages.text("subcommands.doctor.worker", {"python": arguments.worker_python})
        )
    checks = [
        {**asdict(check), "purpose": messages.text(f"api.for_{check.purpose}")}
        for check in doctor.check_packages(arguments.worker_python)
    ]
    host.show(view.mime_bundle([*lines, *_machine_lines()], checks))


def _machine_lines() -> list[str]:
    machine = read_machine()
    params = {
        "cpus": f"{machine.cpus:g}",
        "memory": data_size(machine.memory_total),
        "available": data_size(machine.memory_available),
        "disk": data_size(machine.disk_free(Path.cwd())),
    }
    lines = [messages.text("subcommands.doctor.machine", params)]
    for gpu in machine.gpus:
        params = {
            "index": gpu.index,
            "name": gpu.name,
            "memory": data_size(gpu.memory_total),
            "free": data_size(gpu.memory_free),
        }
        lines.append(messages.text("subcommands.doctor.gpu", params))
    if not machine.gpus:
        lines.append(messages.text("subcommands.doctor.no_gpu"))
    lines.append(_warm_line())
    lines += [
        messages.text("subcommands.doctor.cleared", {"path": str(one)}) for one in clear_leftovers()
    ]
    return lines


def _warm_line() -> str:
    state = warm.state()
    params = dict(state["params"])
    sizes = {"memory": params.pop("bytes", 0), "free": params.get("free", 0)}
    return messages.text(state["code"], {**params, **{k: data_size(v) for k, v in sizes.items()}})


COMMAND = Subcommand("doctor", _arguments, _run)
