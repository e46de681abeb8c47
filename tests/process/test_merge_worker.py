"""A real merge worker: a proven folder or nothing, whatever ends it in between."""

import json
import os
import signal

import pytest
from transformers import AutoModelForCausalLM

from ftkernel.errors import from_json
from tests.process.talking import seconds_until_gone, start_job, unstarted_run
from tests.unit.inference.making import make_adapter
from tests.waiting import wait_until

pytestmark = pytest.mark.process


@pytest.fixture(scope="module")
def adapter(tiny_model_folder, tmp_path_factory):
    return make_adapter(tiny_model_folder, tmp_path_factory.mktemp("adapter") / "a", scale=0.2)


@pytest.fixture
def start(tmp_path, tiny_model_folder, adapter, tmp_path_factory):
    started = []
    cache = tmp_path_factory.mktemp("cache")

    def start(env=None, **fields):
        job = {
            "job": "merge",
            "model": {"base": str(tiny_model_folder), "adapter": str(adapter)},
            "to": str(tmp_path / "out" / "merged"),
            **fields,
        }
        talk = start_job(tmp_path, job, {"FTKERNEL_CACHE_DIR": str(cache), **(env or {})})
        started.append(talk)
        return talk

    yield start
    for talk in started:
        talk.worker.kill_tree()


def entries(folder):
    return sorted(os.listdir(folder)) if folder.exists() else []


def test_a_merge_is_proven_kept_in_the_run_and_loads_by_itself(start, tmp_path, tiny_model_folder):
    run = unstarted_run(tmp_path / "runs", tiny_model_folder)
    talk = start(run=str(run.path), dtype="bfloat16")
    result = talk.next("result", "error")
    assert result["kind"] == "result", result
    assert talk.worker.wait(20) == 0
    target = tmp_path / "out" / "merged"
    assert entries(tmp_path / "out") == ["merged"]
    assert 0 < result["kl"] <= result["kl_bound"]
    assert (result["dtype"], result["path"]) == ("bfloat16", str(target))
    phases = {line["phase"] for line in talk.said if line["kind"] == "phase"}
    assert phases >= {"loading_model", "merging", "verifying"}
    [record] = (run.path / "merges").glob("*.json")
    kept = json.loads(record.read_text())
    assert kept.pop("t") > 0
    fields = (
        "path", "dtype", "kl", "kl_bound", "largest_logit_difference", "token_agreement", "prompts",
        "tokens",
    )  # fmt: skip
    assert kept == {name: result[name] for name in fields}
    card = (target / "README.md").read_text()
    assert f"| mean KL divergence \\(nats a token\\) | {result['kl']:.3g} |" in card
    assert "data: demo" in card or "dataset: demo" in card
    assert str(AutoModelForCausalLM.from_pretrained(target).dtype) == "torch.bfloat16"


@pytest.mark.parametrize("place", ["merge.middle", "merge.before_rename"])
def test_killed_half_way_it_leaves_nothing_that_looks_finished(start, tmp_path, place):
    talk = start(env={"FTKERNEL_FAILPOINT": place})
    assert [line["kind"] for line in talk.rest() if line["kind"] != "phase"] == []
    assert talk.worker.wait(10) == -signal.SIGKILL
    [left] = entries(tmp_path / "out")
    assert left.startswith(".merged.ftkernel-")
    assert left.endswith(".partial")


def test_killed_right_after_the_rename_the_target_is_whole(start, tmp_path):
    talk = start(env={"FTKERNEL_FAILPOINT": "merge.after_rename"})
    talk.rest()
    assert talk.worker.wait(10) == -signal.SIGKILL
    assert entries(tmp_path / "out") == ["merged"]
    assert (tmp_path / "out" / "merged" / "README.md").is_file()
    assert AutoModelForCausalLM.from_pretrained(tmp_path / "out" / "merged") is not None


def test_a_full_disk_is_said_and_leaves_nothing(start, tmp_path):
    env = {"FTKERNEL_FAILPOINT": "merge.middle", "FTKERNEL_FAILPOINT_ACTION": "raise:ENOSPC"}
    error = from_json(start(env=env).next("result", "error")["error"])
    [first, hint] = error.lines("en")
    target = tmp_path / "out" / "merged"
    assert first.startswith(f"The disk became full while {target} was written (")
    assert first.endswith(" free now). Nothing is left there.")
    assert hint == "  Free some space, or name a folder on another disk."
    assert entries(tmp_path / "out") == []


def test_what_cannot_be_is_refused_before_any_model_is_loaded(start, tmp_path, tiny_model_folder):
    (tmp_path / "file").write_text("mine")
    for fields, code in (
        ({"to": str(tmp_path / "file")}, "export.target_is_file"),
        ({"to": "merged"}, "export.no_target"),
        ({"export_size": 0}, "export.bad_size"),
        ({"model": {"base": str(tiny_model_folder)}}, "export.nothing_to_merge"),
    ):
        talk = start(**fields)
        assert from_json(talk.next("result", "error")["error"]).code == code
        talk.rest()
    log = (tmp_path / "worker.log").read_text()
    assert "is a file; a merged model needs a folder. Nothing was written." in log
    assert "Traceback" not in log
    assert (tmp_path / "file").read_text() == "mine"


def test_nobody_waiting_any_more_ends_it_without_a_trace(start, tmp_path):
    talk = start()
    talk.next("phase")
    wait_until(lambda: entries(tmp_path / "out"), 60)
    talk.worker.close_lifeline()
    assert seconds_until_gone(talk, 30) < 20
    assert entries(tmp_path / "out") in ([], ["merged"])
