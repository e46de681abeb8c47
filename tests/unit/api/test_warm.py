"""When a spare worker is kept, what it may hold, and what a person is told of it."""

import pytest

from ftkernel.api import config, config_file, warm
from ftkernel.runs import spares
from tests.waiting import wait_until

GB = 1 << 30
LOADED = {"path": "/m", "dtype": "float32", "attention": None, "files": [], "bytes": GB}


@pytest.fixture
def ordered(monkeypatch):
    """Instead of starting processes: what would be ordered."""
    orders = []

    def launch_spare(order, **options):
        orders.append((order, options))
        raise OSError("no process in this test")

    monkeypatch.setattr(warm, "launch_spare", launch_spare)
    monkeypatch.setattr(warm, "read_memory", lambda: (16 * GB, 12 * GB))
    monkeypatch.delenv("FTKERNEL_WARM", raising=False)
    for name in warm._SHARED:
        monkeypatch.delenv(name, raising=False)
    yield orders
    warm.end()


def test_a_machine_with_room_gets_one_and_it_leaves_before_memory_is_short(ordered):
    warm.begin()
    (order, options) = ordered[0]
    assert order["idle_seconds"] == 600
    assert order["least_memory"] >= 512 << 20
    assert not any("TOKEN" in name and "PARALLEL" not in name for name in options["env"])
    assert warm.state()["code"] == "warm.failed"


@pytest.mark.parametrize("name", warm._SHARED)
def test_a_shared_server_gets_none_unless_it_is_asked_for(ordered, monkeypatch, name):
    monkeypatch.setenv(name, "yes")
    warm.begin()
    assert ordered == []
    assert warm.state() == {"code": "warm.shared", "params": {}}
    monkeypatch.setenv("FTKERNEL_WARM", "on")
    warm.begin()
    assert len(ordered) == 1


def test_a_small_or_full_machine_gets_none(ordered, monkeypatch):
    for total, free in ((2 * GB, 2 * GB), (16 * GB, GB)):
        monkeypatch.setattr(warm, "read_memory", lambda total=total, free=free: (total, free))
        warm.begin()
        assert warm.state()["code"] == "warm.no_memory"
    monkeypatch.setenv("FTKERNEL_WARM", "on")
    monkeypatch.setattr(warm, "read_memory", lambda: (16 * GB, GB // 2))
    warm.begin()
    assert warm.state()["code"] == "warm.no_memory"
    assert ordered == []


def test_off_and_a_budget_that_is_too_small_mean_none(ordered, monkeypatch):
    monkeypatch.setenv("FTKERNEL_WARM", "off")
    warm.begin()
    assert warm.state()["code"] == "warm.off"
    monkeypatch.setenv("FTKERNEL_WARM", "auto")
    monkeypatch.setenv("FTKERNEL_WARM_MEMORY", "100MB")
    warm.begin()
    assert warm.state()["code"] == "warm.no_memory"
    assert ordered == []


def test_a_spare_is_let_go_with_the_setting_and_comes_again_with_it(ordered, monkeypatch):
    monkeypatch.setattr(warm, "_PAUSE", 0.0)
    let_go = []
    monkeypatch.setattr(spares, "close", lambda: let_go.append(True))
    warm.begin()
    config.apply()
    assert (len(ordered), let_go) == (1, [])  # nothing has changed
    config_file.save("warm", "off")
    config.apply()
    assert let_go == [True]
    assert warm.state()["code"] == "warm.off"
    config_file.forget("warm")
    config.apply()
    wait_until(lambda: len(ordered) == 2)


def test_none_is_started_while_a_run_goes_on_and_one_follows_its_end(ordered, monkeypatch):
    monkeypatch.setattr(warm, "_PAUSE", 0.0)
    monkeypatch.setattr(spares, "_shelf", spares._Shelf())
    spares.run_begins(None, ["cpu"])
    warm.begin()
    assert ordered == []
    spares.run_ended(None)
    wait_until(lambda: ordered)
    assert ordered[0][1]["env"]["CUDA_VISIBLE_DEVICES"] == ""  # as the last run had it


def test_the_last_model_is_kept_where_it_fits_with_room_to_train(monkeypatch):
    def kept(free, budget):
        return warm.model_to_keep(LOADED, free, budget) is not None

    monkeypatch.delenv("FTKERNEL_KEEP_MODEL", raising=False)
    assert kept(12 * GB, 3 * GB)
    assert not kept(4 * GB, 3 * GB)
    assert not kept(12 * GB, GB)
    assert warm.model_to_keep(None, 12 * GB, 3 * GB) is None
    monkeypatch.setenv("FTKERNEL_KEEP_MODEL", "on")
    assert kept(4 * GB, 3 * GB)
    assert not kept(2 * GB, 3 * GB)
    monkeypatch.setenv("FTKERNEL_KEEP_MODEL", "off")
    assert not kept(12 * GB, 3 * GB)
