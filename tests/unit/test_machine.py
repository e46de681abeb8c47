"""The machine is read without torch, within the limits of a container, whatever is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

from ftkernel import machine
from ftkernel.machine import Gpu, Machine, parse_gpus, read_machine


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_this_machine_is_read():
    found = read_machine()
    assert found.cpus > 0
    assert found.threads() >= 1
    assert 0 < found.memory_available <= found.memory_total
    assert found.host
    assert found.boot_id == read_machine().boot_id
    assert found.disk_free(".") > 0


@pytest.mark.parametrize(("cpus", "threads"), [(0.5, 1), (1.0, 1), (1.9, 1), (2, 2), (7.5, 7)])
def test_threads_are_whole_and_at_least_one(cpus, threads):
    assert Machine(cpus, 1, 1, (), "h", "b").threads() == threads


def test_disk_is_read_where_a_folder_will_be(tmp_path):
    found = read_machine()
    assert found.disk_free(tmp_path / "not" / "yet") == pytest.approx(
        found.disk_free(tmp_path), rel=0.1
    )


@pytest.mark.parametrize(
    ("files", "own", "expected"),
    [
        ({"memory.max": "2000\n", "memory.current": "500\n"}, {"": "/"}, (2000, 500)),
        ({"memory.max": "max\n"}, {"": "/"}, (None, 0)),
        (
            {
                "pod/memory.max": "2000",
                "pod/memory.current": "900",
                "pod/memory.stat": "anon 1\ninactive_file 300\n",
            },
            {"": "/pod"},
            (2000, 600),
        ),
        (
            {
                "pod/memory.max": "3000",
                "pod/memory.current": "9",
                "memory.max": "1000",
                "memory.current": "400",
            },
            {"": "/pod"},
            (1000, 400),
        ),
        (
            {
                "memory/job/memory.limit_in_bytes": "5000",
                "memory/job/memory.usage_in_bytes": "800",
                "memory/job/memory.stat": "total_inactive_file 100\n",
                "memory/memory.limit_in_bytes": "9223372036854771712",
            },
            {"memory": "/job"},
            (5000, 700),
        ),
        ({"memory/memory.limit_in_bytes": "9223372036854771712"}, {"memory": "/"}, (None, 0)),
        ({"memory.max": "2000"}, {"": "/not/mounted/here"}, (2000, 0)),
        ({}, {}, (None, 0)),
        ({"memory.max": "nonsense"}, {"": "/"}, (None, 0)),
    ],
)
def test_the_memory_limit_of_a_container_is_found(tmp_path, files, own, expected):
    assert machine._cgroup_memory(write(tmp_path, files), own) == expected


@pytest.mark.parametrize(
    ("files", "own", "expected"),
    [
        ({"cpu.max": "150000 100000\n"}, {"": "/"}, 1.5),
        ({"cpu.max": "max 100000\n"}, {"": "/"}, None),
        ({"pod/cpu.max": "400000 100000", "cpu.max": "100000 100000"}, {"": "/pod"}, 1.0),
        (
            {"cpu/job/cpu.cfs_quota_us": "50000", "cpu/job/cpu.cfs_period_us": "100000"},
            {"cpu": "/job"},
            0.5,
        ),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, {"cpu": "/"}, None),
        ({"cpu.max": "broken"}, {"": "/"}, None),
        ({}, {}, None),
    ],
)
def test_the_processor_quota_of_a_container_is_found(tmp_path, files, own, expected):
    assert machine._cgroup_cpus(write(tmp_path, files), own) == expected


def test_gpus_are_read_from_their_tools_answer():
    answer = (
        "0, NVIDIA H200, 143771, 143000\n1, Card, with comma, 1000, 10\nNo devices were found\n\n"
    )
    assert parse_gpus(answer) == (
        Gpu(0, "NVIDIA H200", 143771 << 20, 143000 << 20),
        Gpu(1, "Card, with comma", 1000 << 20, 10 << 20),
    )


def test_a_gpu_tool_that_fails_means_no_gpu(tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho no driver >&2\nexit 9\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert machine.read_gpus() == ()


def test_a_gpu_tool_that_answers_is_believed(tmp_path, monkeypatch):
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho '0, NVIDIA T4, 15360, 15000'\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert machine.read_gpus() == (Gpu(0, "NVIDIA T4", 15360 << 20, 15000 << 20),)


def test_recipe_and_machine_import_nothing_heavy():
    code = (
        "import sys, ftkernel.machine, ftkernel.recipe, ftkernel.recipe.model_files, "
        "ftkernel.recipe.data_files, ftkernel.recipe.estimate, ftkernel.recipe.schema, ftkernel.recipe.docs\n"
        "heavy = {'torch', 'transformers', 'datasets', 'trl', 'peft', 'pandas', 'numpy', 'pydantic', 'IPython'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "[]"
