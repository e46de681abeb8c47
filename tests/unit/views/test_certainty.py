"""The time left is said as exactly as it is sure."""

import random

import pytest

from ftkernel import messages
from ftkernel.views import wording
from ftkernel.views.figures import figures
from tests.unit.views.support import Story


def run_of(steps: int, total: int, seconds: float, *, uneven: float = 0.0, first: int = 1):
    """A run that goes on, whose steps take so long, the first one half more."""
    story = Story().begin()
    if first > 1:
        story.say("run_resumed", from_step=first - 1, checkpoint="checkpoints/step")
    story.prepare(total)
    rough, elapsed = random.Random(3), 0.0
    for done in range(1, steps + 1):
        elapsed += seconds * ((1.5 if done == 1 else 1.0) + rough.uniform(-uneven, uneven))
        step = first + done - 1
        left = (total - step) * elapsed / done
        story.say("step_logged", step=step, epoch=0.1, loss=2.0, elapsed=elapsed, eta_seconds=left)
    return story.summary("running")


@pytest.mark.parametrize(
    ("steps", "total", "seconds", "said"),
    [
        (1, 100, 2.0, ""),
        (2, 100, 2.0, ""),
        (3, 100, 2.0, "about 4 min left"),
        (20, 100, 2.0, "about 2 min 40 s left"),
        (80, 100, 2.0, "about 40 s left"),
        (3, 2000, 20.0, "about 12 h left"),
        (3, 60_000, 20.0, "about 16 days left"),
        (100, 100, 2.0, ""),
    ],
)
def test_the_time_left_is_rounded_to_what_is_sure_of_it(steps, total, seconds, said):
    assert wording.time_left(run_of(steps, total, seconds)) == said


def test_uneven_steps_make_it_less_sure():
    even, uneven = run_of(20, 400, 2.0), run_of(20, 400, 2.0, uneven=0.9)
    assert wording.time_left(even) == "about 13 min left"
    assert wording.time_left(uneven) == "about 14 min left"  # to two minutes
    with messages.speaking("zh"):
        assert wording.time_left(uneven) == "约剩 14 分钟"


def test_a_resumed_run_is_as_unsure_as_its_own_few_steps():
    assert wording.time_left(run_of(2, 100, 2.0, first=51)) == ""
    assert wording.time_left(run_of(3, 100, 2.0, first=51)) == "about 2 min left"


def test_memory_beyond_what_was_expected_is_marked_with_both_figures():
    def remark(peak: int) -> tuple[str, str]:
        story = Story().begin().prepare()
        story.say("step_logged", step=1, loss=2.0, memory_bytes=peak)
        [tile] = [one for one in figures(story.summary("running")) if one[0] == "peak memory"]
        return tile[1:]

    assert remark(1_300_000_000) == ("1.30 GB", "over 1.10 GB expected")
    assert remark(1_100_000_001) == ("1.10 GB", "1.10 GB expected")
    assert remark(900_000_000) == ("900 MB", "1.10 GB expected")
