"""Readers see one history, whatever the attempts said twice."""

import time

from ftkernel.runs.history import effective, metrics


def event(kind, attempt=1, **values):
    return {"kind": kind, "attempt": attempt, **values}


def steps(attempt, *numbers, loss=1.0):
    return [event("step_logged", attempt, step=number, loss=loss) for number in numbers]


TWICE = [
    event("attempt_started"),
    event("data_prepared", rows=10),
    event("adjusted", code="a", params={"x": 1}),
    *steps(1, 1, 2, 3, loss=1.0),
    event("checkpoint_saved", step=2),
    event("evaluated", step=3, loss=9.0),
    event("checkpoint_saved", step=3),
    event("run_stopped", step=3),
    event("attempt_started", 2),
    event("data_prepared", 2, rows=11),
    event("adjusted", 2, code="a", params={"x": 1}),
    event("adjusted", 2, code="a", params={"x": 2}),
    event("run_resumed", 2, from_step=2),
    *steps(2, 3, 4, loss=2.0),
    event("run_finished", 2, step=4),
]


def test_a_resume_drops_the_steps_that_it_makes_again():
    assert [(row["step"], row["loss"]) for row in metrics(TWICE)] == [
        (1, 1.0),
        (2, 1.0),
        (3, 2.0),
        (4, 2.0),
    ]


def test_a_resume_drops_evaluations_and_checkpoints_beyond_it():
    kept = effective(TWICE)
    assert [one["step"] for one in kept if one["kind"] == "checkpoint_saved"] == [2]
    assert [one for one in kept if one["kind"] == "evaluated"] == []


def test_only_the_last_attempt_has_an_end():
    assert [one["kind"] for one in effective(TWICE) if one["kind"].startswith("run_")] == [
        "run_resumed",
        "run_finished",
    ]


def test_what_was_adjusted_is_said_once_and_the_latest_counts_count():
    kept = effective(TWICE)
    assert [one["params"] for one in kept if one["kind"] == "adjusted"] == [{"x": 1}, {"x": 2}]
    assert [one["rows"] for one in kept if one["kind"] == "data_prepared"] == [11]


def test_a_resume_from_the_beginning_drops_every_step():
    events = [*steps(1, 1, 2), event("run_resumed", 2, from_step=0), *steps(2, 1, loss=3.0)]
    assert [(row["step"], row["loss"]) for row in metrics(events)] == [(1, 3.0)]


def test_evaluations_stand_in_the_row_of_their_step():
    events = [
        event("evaluated", step=0, epoch=0.0, loss=5.0, metrics={"accuracy": 0.5}),
        *steps(1, 1, 2),
        event("evaluated", step=2, epoch=1.0, loss=4.0, metrics={}),
    ]
    rows = metrics(events)
    assert [row["step"] for row in rows] == [0, 1, 2]
    assert [row.get("eval_loss") for row in rows] == [5.0, None, 4.0]
    assert rows[0]["eval_accuracy"] == 0.5
    assert rows[0]["loss"] is None


def test_events_of_unknown_kinds_stay():
    assert effective([event("of_the_future", step=9)]) == [event("of_the_future", step=9)]


def test_nothing_said_is_no_history():
    assert effective([]) == []
    assert metrics([]) == []


def test_twenty_thousand_steps_and_remarks_take_a_moment():
    remarks = [event("warned", code="a", params={"row": row}) for row in range(20_000)]
    begun = time.process_time()
    kept = effective([*steps(1, *range(20_000)), *remarks, *remarks])
    assert len(kept) == 40_000
    assert time.process_time() - begun < 3  # a look at every earlier remark takes minutes
