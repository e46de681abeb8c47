"""What a run says: each phase where it begins, and each choice and warning once."""

import pytest

from ftkernel.runs.event_log import EventWriter, read_events
from ftkernel.training.speak import Speaker
from tests.unit.runs.support import make_run


@pytest.fixture
def run(tmp_path):
    return make_run(tmp_path)


@pytest.fixture
def speaker(run):
    return Speaker(EventWriter(run, 1))


def test_the_same_words_are_said_once_and_other_words_each(run, speaker):
    for _ in range(2):
        speaker.adjusted("a.code", value=1)
        speaker.adjusted("a.code", value=2)
        speaker.warned("w.code")
    said = [(event["kind"], event["params"]) for event in read_events(run.events)]
    assert said == [("adjusted", {"value": 1}), ("adjusted", {"value": 2}), ("warned", {})]


def test_a_phase_is_said_where_it_begins_and_progress_begins_one(run, speaker):
    speaker.phase("training")
    speaker.phase("training")
    speaker.progress("evaluating", 0, 4)
    speaker.phase("training")
    said = [event["phase"] for event in read_events(run.events) if event["kind"] == "phase_started"]
    assert said == ["training", "evaluating", "training"]


def test_progress_is_thinned_out_but_for_its_end(run, speaker):
    for done in range(1001):
        speaker.progress("tokenizing", done, 1000)
    said = [event["done"] for event in read_events(run.events) if "done" in event]
    assert said[0] == 0
    assert said[-1] == 1000
    assert len(said) < 500
