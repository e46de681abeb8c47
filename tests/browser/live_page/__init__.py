"""The live view without a notebook around it: the committed bundle in a page that tests feed."""

import base64
import json
import math
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import ftkernel

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
PACKAGE = Path(ftkernel.__file__).parent
STATIC = PACKAGE / "notebook" / "static"
AXE = ROOT / "labextension" / "node_modules" / "axe-core" / "axe.min.js"

FILES = {
    "/": (HERE / "page.html", "text/html"),
    "/page.js": (HERE / "page.js", "text/javascript"),
    "/run.js": (STATIC / "run.js", "text/javascript"),
    "/ftkernel.css": (PACKAGE / "views" / "static" / "ftkernel.css", "text/css"),
    "/plotly.js": (STATIC / "plotly-basic.min.js", "text/javascript"),
}

LIGHT = {
    "--jp-content-font-color1": "rgba(0,0,0,.87)",
    "--jp-layout-color0": "#ffffff",
    "--jp-brand-color1": "#1976d2",
}
DARK = {
    "--jp-content-font-color1": "rgba(255,255,255,.87)",
    "--jp-layout-color0": "#111111",
    "--jp-brand-color1": "#2196f3",
}

Message = tuple[dict[str, Any], list[str]]


def open_page(
    browser: Any,
    *,
    width: int = 940,
    theme: Mapping[str, str] | None = None,
    dark: bool = False,
    language: str = "auto",
    plotly: bool = True,
    first: object = None,
    motion: str = "no-preference",
) -> Any:
    """A page with a view in it, that has said hello.

    Args:
        browser: of Playwright.
        width: of the window, in pixels.
        theme: variables as JupyterLab sets them; none outside Jupyter.
        dark: what the system prefers.
        language: as configured.
        plotly: whether the page gets it.
        first: the run's saved JSON.
        motion: what the system prefers: "reduce" or "no-preference".
    """
    context = browser.new_context(
        viewport={"width": width, "height": 760},
        color_scheme="dark" if dark else "light",
        reduced_motion=motion,
    )
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))

    def serve(route: Any) -> None:
        path = "/" + route.request.url.split("/", 3)[3]
        file, kind = FILES[path]
        route.fulfill(body=file.read_bytes(), content_type=f"{kind}; charset=utf-8")

    page.route("http://live.test/**", serve)
    page.goto("http://live.test/")
    page.wait_for_function("window.ready")
    for name, value in (theme or {}).items():
        page.evaluate("([n, v]) => document.body.style.setProperty(n, v)", [name, value])
    if theme is not None:
        light = "true" if theme is LIGHT else "false"
        page.evaluate(
            "light => { document.body.dataset.jpThemeLight = light;"
            "document.body.style.background = 'var(--jp-layout-color0)'; }",
            light,
        )
    page.evaluate("given => live.start(given)", {"language": language, "first": first})
    if plotly:
        give_plotly(page)
    return page


def give_plotly(page: Any) -> None:
    """What the kernel does when it is asked for Plotly."""
    table = json.loads((STATIC / "assets.json").read_text(encoding="utf-8"))
    page.evaluate("sha => live.fetchAsset('plotly', '/plotly.js', sha)", table["plotly"]["sha256"])
    page.wait_for_function("live.sent.length > 0")


def feed(page: Any, *messages: Message) -> None:
    """Give messages of the kernel to the page, and wait until they are drawn."""
    page.evaluate("messages => live.feed(messages)", [list(one) for one in messages])


TRAIN = (
    "step", "epoch", "tokens", "elapsed", "loss", "smoothed", "learning_rate", "grad_norm",
    "tokens_per_second", "memory_bytes",
)  # fmt: skip
EVALUATIONS = ("step", "epoch", "tokens", "elapsed", "loss")


def packed(rows: Sequence[Mapping[str, float]], fields: Sequence[str]) -> str:
    """Rows as the buffer of a table: a column after the other, little endian, in base 64."""
    values = [row.get(field, math.nan) for field in fields for row in rows]
    return base64.b64encode(struct.pack(f"<{len(values)}d", *values)).decode()


def frame(
    base: int,
    seq: int,
    train: Sequence[Mapping[str, float]] = (),
    evaluations: Sequence[Mapping[str, float]] = (),
    *,
    view: Mapping[str, object] | None = None,
    marks: Sequence[Mapping[str, object]] | None = None,
    marks_from: int = 0,
) -> Message:
    """A frame as the kernel sends it."""
    tables, buffers = [], []
    for name, rows, fields in (
        ("train", train, TRAIN),
        ("evaluations", evaluations, EVALUATIONS),
    ):
        if rows:
            tables.append({"name": name, "from": 0, "count": len(rows), "fields": list(fields)})
            buffers.append(packed(rows, fields))
    content: dict[str, Any] = {
        "kind": "frame", "v": 1, "run": "harness", "base": base, "seq": seq, "tables": tables,
    }  # fmt: skip
    if view is not None:
        content["view"] = dict(view)
    if marks is not None:
        content["marks"] = {"from": marks_from, "items": list(marks)}
    return content, buffers


def steps(first: int, last: int, total: int) -> list[dict[str, float]]:
    """Rows of a training that learns: falling, noisy, with a spike now and then."""
    out = []
    for step in range(first, last + 1):
        wave = math.sin(step * 12.9898) * 43758.5453
        noise = wave - math.floor(wave) - 0.5
        smooth = 0.45 + 2.3 * math.exp(-3.2 * step / total)
        warm = min(1.0, step / (0.05 * total))
        out.append(
            {
                "step": step,
                "epoch": 3 * step / total,
                "tokens": 1300 * step,
                "elapsed": 0.62 * step,
                "loss": smooth + 0.35 * noise * smooth + (0.8 if step % 97 == 0 else 0),
                "smoothed": smooth * (1 + 0.02 * noise),
                "learning_rate": 2e-4 * warm * (1 - step / (total + 1)),
                "grad_norm": 1.2 + noise + 2 * math.exp(-step / 20),
                "tokens_per_second": 1600 + 90 * noise,
                "memory_bytes": 9.8e8 + 1e6 * noise,
            }
        )
    return out


def evaluations(last: int, total: int, every: int) -> list[dict[str, float]]:
    """Rows of the evaluations up to a step."""
    return [
        {
            "step": row["step"],
            "epoch": row["epoch"],
            "tokens": row["tokens"],
            "elapsed": row["elapsed"],
            "loss": row["smoothed"] + 0.12,
        }
        for row in steps(1, last, total)
        if row["step"] % every == 0
    ]
