"""Whatever is raised becomes two to six lines that name the cause and what to change."""

import errno
import os
from pathlib import Path

import pytest

from ftkernel.errors import FtError
from ftkernel.worker import failures
from ftkernel.worker.failures import Circumstances, explain
from ftkernel.worker.redaction import Redactor
from tests.unit.runs.support import make_run


class OutOfMemoryError(RuntimeError):
    """Has the name that torch gives its own."""


CUDA = (
    "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 15.77 GiB of "
    "which 1.25 GiB is free. Process 7 has 14.52 GiB memory in use."
)
CPU = (
    "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you "
    "tried to allocate 536870912 bytes. Error code 12 (Cannot allocate memory)"
)


@pytest.fixture
def folder(tmp_path):
    return make_run(tmp_path)


def raised(error, cause=None):
    """The error as it is after it was raised from another."""
    try:
        try:
            if cause is not None:
                raise cause
        except Exception as inner:
            raise error from inner
        raise error
    except type(error) as out:
        return out


def test_an_error_of_ours_passes_through():
    error = FtError("run.disk_full", path="/x")
    assert explain(error) is error


def test_an_error_of_ours_inside_a_librarys_is_the_one_that_counts():
    error = FtError("run.disk_full", path="/x")
    assert explain(raised(RuntimeError("while saving"), error)) is error


@pytest.mark.parametrize(
    ("recipe", "micro", "place", "advice"),
    [
        ({}, 8, "per_device_train_batch_size", "`per_device_train_batch_size: 4` instead of 8"),
        (
            {"per_device_train_batch_size": 2},
            None,
            "per_device_train_batch_size",
            "`per_device_train_batch_size: 1` instead of 2",
        ),
        (
            {"cutoff_len": 2048},
            1,
            "activation_checkpointing",
            "`activation_checkpointing: true` instead of false",
        ),
        (
            {"cutoff_len": 2048, "activation_checkpointing": True},
            1,
            "cutoff_len",
            "`cutoff_len: 1024` instead of 2048",
        ),
        (
            {"cutoff_len": 128, "activation_checkpointing": True, "model_name_or_path": "big"},
            1,
            "model_name_or_path",
            "`model_name_or_path: a smaller model` instead of big",
        ),
    ],
)
def test_out_of_memory_on_a_gpu_names_what_to_lower(recipe, micro, place, advice):
    error = explain(OutOfMemoryError(CUDA), Circumstances(recipe=recipe, micro_batch=micro))
    assert str(error) == (
        "Out of memory: 2.7 GB more were wanted, 1.3 GB of 16.9 GB are free.\n"
        f"  at {place}\n"
        f"  Write {advice}, then resume."
    )


@pytest.mark.parametrize(
    "error", [RuntimeError(CPU), MemoryError(), OSError(errno.ENOMEM, "Cannot allocate memory")]
)
def test_out_of_memory_on_the_processor_has_the_machines_numbers(error):
    explained = explain(error, Circumstances(recipe={}, micro_batch=2))
    assert explained.code.startswith("worker.out_of_memory")
    first = explained.lines()[0]
    assert first.startswith("Out of memory: ")
    assert first.endswith("GB are free.")


def test_only_a_run_is_told_to_learn_fewer_rows_at_once():
    no_room = RuntimeError("could not create a primitive")
    chat = explain(no_room, Circumstances(recipe={}, micro_batch=8, job="chat"))
    merge = explain(MemoryError(), Circumstances(recipe={}, micro_batch=8, job="merge"))
    assert [chat.code, merge.code] == ["worker.out_of_memory_chat", "worker.out_of_memory_job"]
    assert str(merge).startswith("There is not enough memory for this merge: ")
    unknown = RuntimeError("could not create a primitive descriptor for a linear layer")
    assert explain(unknown).code == "worker.unexpected"


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device", "/elsewhere/file"),
        RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)"),
        raised(RuntimeError("PytorchStreamWriter failed"), OSError(errno.ENOSPC, "No space left")),
    ],
)
def test_a_full_disk_is_recognised_in_every_librarys_words(error, folder):
    assert str(explain(error, Circumstances(folder=folder))) == (
        f"The disk is full: {folder.path}\n"
        "  Make room (`%ft rm NAME` removes a run), then `%ft resume` goes on from the last checkpoint."
    )


def test_whatever_breaks_in_a_folder_that_is_gone_is_the_folders_loss(folder):
    import shutil

    shutil.rmtree(folder.path)
    error = explain(RuntimeError("Parent directory does not exist"), Circumstances(folder=folder))
    assert error.code == "run.folder_lost"


def test_a_file_of_the_run_that_can_not_be_written_is_told_apart_from_others(folder):
    around = Circumstances(folder=folder)
    inside = PermissionError(errno.EACCES, "Permission denied", str(folder.path / "x"))
    assert explain(inside, around).code == "run.read_only"
    outside = PermissionError(errno.EACCES, "Permission denied", "/data/rows.jsonl")
    assert explain(outside, around).code == "worker.unexpected"


def test_a_missing_package_is_named_with_its_command():
    error = ModuleNotFoundError("No module named 'bitsandbytes.nn'", name="bitsandbytes.nn")
    assert str(explain(error)) == (
        "The worker's Python lacks the package bitsandbytes.\n"
        "  Install it there: `pip install bitsandbytes`; `%ft doctor` shows all that is missing."
    )


def test_anything_else_is_told_with_its_type_and_the_log(folder):
    error = explain(KeyError("weights"), Circumstances(log=folder.log))
    assert str(error) == (
        f"The worker failed: KeyError: 'weights'\n  The whole trace is in {folder.log}"
    )
    assert str(explain(AssertionError(), Circumstances(log=folder.log))) == (
        f"The worker failed: AssertionError\n  The whole trace is in {folder.log}"
    )


def test_a_long_message_of_many_lines_stays_within_bounds():
    error = explain(ValueError("a" * 10_000 + "\n" + "b\n" * 500), Circumstances())
    assert len(error.lines()) <= 6
    assert max(len(line) for line in error.lines()) < 400


def test_no_secret_is_left_in_an_error():
    around = Circumstances(redactor=Redactor(["hf_topsecret"]))
    error = explain(RuntimeError("401 for token hf_topsecret"), around)
    assert error.params["message"] == "401 for token [secret]"
    ours = explain(FtError("worker.unexpected", message="hf_topsecret", type="x", log=""), around)
    assert "hf_topsecret" not in str(ours)


def test_no_heavy_library_is_needed_to_explain():
    import ast

    tree = ast.parse(Path(failures.__file__).read_text(encoding="utf-8"))
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert all(
        name.split(".")[0] in {"collections", "dataclasses", "ftkernel", "pathlib", "typing"}
        for name in modules
    )


def test_an_endless_chain_of_causes_ends():
    one, other = RuntimeError("one"), RuntimeError("other")
    one.__cause__, other.__cause__ = other, one
    assert explain(one).code == "worker.unexpected"


def test_each_errno_of_a_full_disk_counts(folder):
    for number in (errno.ENOSPC, errno.EDQUOT):
        error = explain(OSError(number, os.strerror(number)), Circumstances(folder=folder))
        assert error.code == "run.disk_full"
