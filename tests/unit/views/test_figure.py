"""A Plotly figure of each metric, at full resolution."""

import sys

import pytest

from ftkernel.errors import FtError
from ftkernel.views.figure import METRICS, figure
from tests.unit.views.support import stories


def _finished():
    story, state = stories()["finished"]
    return story.summary(state)


def test_the_loss_has_its_steps_its_smoothing_and_the_held_out_rows():
    picture = figure(_finished())
    assert [trace.name for trace in picture.data] == [
        "each step",
        "smoothed (EMA, 7 steps)",
        "evaluation loss",
    ]
    assert len(picture.data[0].x) == 200
    assert picture.data[2].mode == "lines+markers"
    assert picture.layout.xaxis.title.text == "step"


@pytest.mark.parametrize("metric", [*METRICS, "eval_loss"])
def test_every_metric_has_a_figure(metric):
    picture = figure(_finished(), metric)
    assert len(picture.data[0].y) == (8 if metric == "eval_loss" else 200)


def test_an_unknown_metric_is_refused_with_those_there_are():
    with pytest.raises(FtError) as caught:
        figure(_finished(), "speed")
    assert caught.value.lines() == [
        "A run has no metric 'speed'.",
        "  There are: loss, learning_rate, grad_norm, tokens_per_second, memory_bytes, tokens, "
        "eval_loss.",
    ]


def test_a_missing_plotly_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "plotly.graph_objects", None)
    with pytest.raises(FtError, match="Plotly is not installed"):
        figure(_finished())
