"""The doctor's report for pages: this server's machine, the packages of a kernel, the folders."""

import sys
from collections.abc import Mapping
from pathlib import Path

from ftkernel import messages
from ftkernel._version import __version__
from ftkernel.api import config, doctor
from ftkernel.lab.bodies import CheckBody, DoctorBody, GpuBody, MachineBody, RootBody
from ftkernel.lab.redaction import clean
from ftkernel.machine import read_machine
from ftkernel.views.escape import plain


def report(python: str | None, roots: Mapping[str, int], root: Path) -> DoctorBody:
    """What is here, and what is missing for what.

    Args:
        python: the interpreter of the kernel that is asked about; ``None`` for the server's.
        roots: how many runs each folder has.
        root: the folder that the server serves.

    Raises:
        FtError: if ``python`` is no program.
    """
    machine = read_machine()
    return DoctorBody(
        version=__version__,
        python=python or sys.executable,
        machine=MachineBody(
            cpus=machine.cpus,
            memory_total=machine.memory_total,
            memory_available=machine.memory_available,
            disk_free=machine.disk_free(root),
            gpus=[
                GpuBody(
                    index=gpu.index,
                    name=gpu.name,
                    memory_total=gpu.memory_total,
                    memory_free=gpu.memory_free,
                )
                for gpu in machine.gpus
            ],
        ),
        checks=[
            CheckBody(
                name=one.name,
                found=one.found,
                purpose=messages.text(f"api.for_{one.purpose}"),
                needed=one.needed,
                remedy=one.remedy,
            )
            for one in doctor.check_packages(python)
        ],
        roots=[RootBody(path=plain(path), runs=count) for path, count in roots.items()],
        problems=[clean(str(one)) for one in config.problems()],
    )
