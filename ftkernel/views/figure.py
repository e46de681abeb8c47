"""A run's metric as a plain Plotly figure, to look at closely or to change.

Plotly is imported when a figure is asked for. Only what both 5.24 and 7 know is used.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from ftkernel import messages
from ftkernel.errors import FtError
from ftkernel.views import charts
from ftkernel.views.escape import escape
from ftkernel.views.shape import Point, RunSummary

METRICS: Mapping[str, Callable[[Point], float | None]] = {
    "loss": lambda point: point.loss,
    "learning_rate": lambda point: point.learning_rate,
    "grad_norm": lambda point: point.grad_norm,
    "tokens_per_second": lambda point: point.tokens_per_second,
    "memory_bytes": lambda point: point.memory_bytes,
    "tokens": lambda point: point.tokens,
}
"""What is recorded at each step; ``eval_loss`` comes beside them."""


def figure(summary: RunSummary, metric: str = "loss") -> Any:  # noqa: ANN401 - Plotly has no types
    """A ``plotly.graph_objects.Figure`` of a metric over the steps, at full resolution.

    Raises:
        FtError: if there is no such metric, or Plotly is not installed.
    """
    names = [*METRICS, "eval_loss"]
    if metric not in names:
        raise FtError("views.unknown_metric", metric=str(metric), names=", ".join(names))
    try:
        plotly: Any = importlib.import_module("plotly.graph_objects")
    except ImportError as exc:
        raise FtError("views.plotly_missing") from exc
    picture: Any = plotly.Figure()
    for trace in _traces(summary, metric):
        picture.add_trace(plotly.Scatter(**trace))
    picture.update_layout(
        title={"text": escape(summary.name)},
        xaxis={"title": {"text": messages.text("views.axis.step")}},
        yaxis={"title": {"text": messages.text(f"views.{metric}")}},
        hovermode="x unified",
        margin={"l": 60, "r": 20, "t": 50, "b": 50},
    )
    return picture


def _traces(summary: RunSummary, metric: str) -> list[dict[str, object]]:
    if metric == "eval_loss":
        return [_eval_trace(summary)]
    points = charts.series(summary, METRICS[metric])
    if metric != "loss":
        return [_trace(messages.text(f"views.{metric}"), points, {"color": charts.BLUE})]
    span = {"span": summary.smoothing_span}
    out = [
        _trace(
            messages.text("views.chart.each_step"),
            points,
            {"color": charts.BLUE, "width": 1},
            opacity=0.45,
        ),
        _trace(
            messages.text("views.chart.smoothed", span),
            charts.smoothed(summary),
            {"color": charts.BLUE, "width": 2.5},
        ),
    ]
    return [*out, _eval_trace(summary)] if summary.evaluations else out


def _eval_trace(summary: RunSummary) -> dict[str, object]:
    line = {"color": charts.ORANGE, "width": 2, "dash": "dash"}
    points = charts.evaluations(summary)
    return _trace(messages.text("views.eval_loss"), points, line, mode="lines+markers")


def _trace(
    name: str, points: list[tuple[float, float]], line: Mapping[str, object], **more: object
) -> dict[str, object]:
    steps, values = [step for step, _ in points], [value for _, value in points]
    return {"name": name, "x": steps, "y": values, "line": dict(line), "mode": "lines", **more}
