"""After `%load_ext` a spare worker waits by itself; a run takes it, another follows, and none outlives the kernel."""

import json
import sys

import psutil
import pytest

from ftkernel.runs.folder import RunFolder, read_json
from tests.process.training import write_rows
from tests.waiting import wait_until

pytestmark = pytest.mark.kernel

SPARE = (
    "from ftkernel.runs import spares as _s; _x = _s.current();"
    " print(0 if _x is None else _x.worker.pid)"
)


def spare_of(kernel) -> int:
    return wait_until(lambda: int(kernel.run(SPARE).stdout or 0), 60)


def test_a_spare_comes_is_taken_comes_again_and_dies_with_the_kernel(
    make_kernel, tiny_model_folder, tmp_path
):
    kernel = make_kernel(sys.executable, FTKERNEL_WARM="on")
    loaded = kernel.run("%load_ext ftkernel")
    assert loaded.seconds < 2
    first = spare_of(kernel)
    assert f"process {first}," in kernel.run("%ft doctor").text.replace("\n", " ")

    rows = write_rows(tmp_path / "rows.jsonl", 8)
    kernel.run(
        f"%%finetune one\nmodel: {json.dumps(str(tiny_model_folder))}\n"
        f"data: {json.dumps(str(rows))}\nsteps: 1\nuse_cpu: true"
    )
    folder = RunFolder(tmp_path / "ft-runs" / "one")
    launched = wait_until(lambda: read_json(folder.launch_file))
    assert launched["pid"] == first
    assert (
        kernel.run("import ftkernel; print(ftkernel.Run('one').wait(120))", 150).stdout.strip()
        == "finished"
    )

    second = spare_of(kernel)
    assert second != first
    assert kernel.run("%unload_ext ftkernel").text.strip() == ""
    wait_until(lambda: not psutil.pid_exists(second), 10)
    kernel.run("%load_ext ftkernel")
    third = spare_of(kernel)
    assert kernel.run("%config FtConfig.warm = 'off'").status == "ok"
    wait_until(lambda: not psutil.pid_exists(third), 10)
    assert int(kernel.run(SPARE).stdout) == 0
    assert kernel.run("%config FtConfig.warm = 'on'").status == "ok"
    fourth = spare_of(kernel)
    kernel.kill()
    wait_until(lambda: not psutil.pid_exists(fourth), 10)
    assert not [
        line
        for line in kernel.messages
        if line["msg_type"] == "stream" and line["content"]["name"] == "stderr"
    ]
