"""What this machine has: processors, memory, disk and GPUs, read without torch.

A container's limits count, not the host's figures: a cgroup (version 1 or 2) may grant half a
processor and two gigabytes of a large machine, and whoever believes ``os.cpu_count()`` there is
slow or killed. GPUs are read through ``nvidia-smi``, since a kernel never imports torch. Reading
never raises: what cannot be read counts as absent.
"""

import math
import os
import platform
import shutil
import socket
import subprocess
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

import psutil

_CGROUP_ROOT = Path("/sys/fs/cgroup")
_UNLIMITED = 1 << 60
"""Version 1 writes a huge number where version 2 writes ``max``."""
_NVIDIA_SMI_SECONDS = 10


@dataclass(frozen=True)
class Gpu:
    """One NVIDIA GPU; memory in bytes. ``index`` is the one that ``devices:`` takes."""

    index: int
    name: str
    memory_total: int
    memory_free: int


@dataclass(frozen=True)
class Machine:
    """What a job may use here; memory in bytes, ``cpus`` may be a fraction (a cgroup's quota)."""

    cpus: float
    memory_total: int
    memory_available: int
    gpus: tuple[Gpu, ...]
    host: str
    boot_id: str

    def threads(self) -> int:
        """How many threads keep these processors busy without waiting for each other."""
        return max(1, math.floor(self.cpus))

    def disk_free(self, path: Path | str) -> int:
        """Free bytes where ``path`` lies or will lie, 0 when that cannot be read."""
        folder = Path(path).expanduser().absolute()
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        try:
            return shutil.disk_usage(folder).free
        except OSError:
            return 0


def read_machine() -> Machine:
    """Read this machine as it is now; memory and GPUs change, so nothing of them is remembered."""
    total, available = read_memory()
    return Machine(
        cpus=_cpus(),
        memory_total=total,
        memory_available=available,
        gpus=read_gpus(),
        host=socket.gethostname(),
        boot_id=boot_id(),
    )


def read_memory() -> tuple[int, int]:
    """The memory that there is and what of it is free, in bytes; quick, without the GPUs."""
    memory = psutil.virtual_memory()
    total, available = memory.total, memory.available
    limit, used = _cgroup_memory(_CGROUP_ROOT, _own_cgroups())
    if limit is not None and limit < total:
        total = limit
        available = min(available, max(0, limit - used))
    return total, available


def read_gpus() -> tuple[Gpu, ...]:
    """The NVIDIA GPUs, through ``nvidia-smi``; empty without the tool or without a driver."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return ()
    query = "--query-gpu=index,name,memory.total,memory.free"
    try:
        answer = subprocess.run(
            [tool, query, "--format=csv,noheader,nounits"],
            capture_output=True,
            text=True,
            timeout=_NVIDIA_SMI_SECONDS,
            check=True,
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    return parse_gpus(answer)


def parse_gpus(answer: str) -> tuple[Gpu, ...]:
    """The GPUs in a CSV answer of ``nvidia-smi`` (MiB); other lines are left out."""
    gpus: list[Gpu] = []
    for line in answer.splitlines():
        parts = [part.strip() for part in line.split(",")]
        try:
            index, total, free = int(parts[0]), int(parts[-2]), int(parts[-1])
        except (ValueError, IndexError):
            continue
        gpus.append(Gpu(index, ", ".join(parts[1:-2]), total << 20, free << 20))
    return tuple(gpus)


@lru_cache(maxsize=1)
def boot_id() -> str:
    """A text that changes with every start of the machine: process ids before it mean nothing."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return f"{platform.node()}-{int(psutil.boot_time())}"


def _cpus() -> float:
    """Processors this process may use: its affinity, capped by the cgroup's quota."""
    try:
        cpus: float = len(os.sched_getaffinity(0))
    except AttributeError:  # not on macOS and Windows
        cpus = os.cpu_count() or 1
    quota = _cgroup_cpus(_CGROUP_ROOT, _own_cgroups())
    return min(cpus, quota) if quota is not None else cpus


def _own_cgroups() -> dict[str, str]:
    """The path of this process by controller; the key ``""`` is version 2's one tree."""
    try:
        lines = Path("/proc/self/cgroup").read_text().splitlines()
    except OSError:
        return {}
    out: dict[str, str] = {}
    for line in lines:
        parts = line.split(":", 2)
        if len(parts) == 3:
            for controller in parts[1].split(","):
                out[controller] = parts[2]
    return out


def _folders(root: Path, path: str | None) -> list[Path]:
    """The cgroup's own folder and its parents up to the root: a limit anywhere above holds too."""
    inside = PurePosixPath((path or "/").lstrip("/"))
    return [root / part for part in (inside, *inside.parents)]


def _number(file: Path) -> int | None:
    try:
        text = file.read_text().split()
    except OSError:
        return None
    return int(text[0]) if text and text[0].lstrip("-").isdigit() else None


def _cgroup_memory(root: Path, own: dict[str, str]) -> tuple[int | None, int]:
    """The tightest memory limit and what is in use below it, without the page cache that can go."""
    best: int | None = None
    used = 0
    layouts = [
        (root, own.get(""), "memory.max", "memory.current", "inactive_file"),
        (
            root / "memory",
            own.get("memory"),
            "memory.limit_in_bytes",
            "memory.usage_in_bytes",
            "total_inactive_file",
        ),
    ]
    for base, path, limit_name, used_name, cache_name in layouts:
        for folder in _folders(base, path):
            limit = _number(folder / limit_name)
            if limit is None or limit >= _UNLIMITED or (best is not None and limit >= best):
                continue
            best = limit
            used = max(0, (_number(folder / used_name) or 0) - _reclaimable(folder, cache_name))
    return best, used


def _reclaimable(folder: Path, name: str) -> int:
    """The bytes of file cache that the system drops first, from ``memory.stat``."""
    try:
        lines = (folder / "memory.stat").read_text().splitlines()
    except OSError:
        return 0
    for line in lines:
        key, _, value = line.partition(" ")
        if key == name and value.strip().isdigit():
            return int(value)
    return 0


def _cgroup_cpus(root: Path, own: dict[str, str]) -> float | None:
    """The tightest processor quota, in processors."""
    quotas: list[float] = []
    for folder in _folders(root, own.get("")):
        try:
            quota, period = (folder / "cpu.max").read_text().split()
        except (OSError, ValueError):
            continue
        if quota.isdigit() and period.isdigit() and int(period) > 0:
            quotas.append(int(quota) / int(period))
    for folder in _folders(root / "cpu", own.get("cpu")):
        quota_v1 = _number(folder / "cpu.cfs_quota_us")
        period_v1 = _number(folder / "cpu.cfs_period_us")
        if quota_v1 is not None and quota_v1 > 0 and period_v1:
            quotas.append(quota_v1 / period_v1)
    return min(quotas) if quotas else None
