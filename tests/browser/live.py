"""What a person sees and presses in the live view of a run."""

from playwright.sync_api import Locator

from tests.waiting import wait_until

SECONDS = 60
"""More than a worker takes to its first step on a busy machine."""

_CURVE = """view => {
  const plot = view.querySelector('.js-plotly-plot');
  return plot ? Array.from(plot.data[0].x, (x, i) => [x, plot.data[0].y[i]]) : [];
}"""


def curve(view: Locator) -> list[tuple[float, float]]:
    """The points of the first line that Plotly draws: step and loss."""
    return [(x, y) for x, y in view.evaluate(_CURVE)]


def waits_for_loss(view: Locator) -> None:
    """Wait until the first loss is drawn, by Plotly; what nobody sees is not drawn."""
    line = view.locator(".js-plotly-plot .scatterlayer .trace path.js-line").first

    def drawn() -> bool:
        view.scroll_into_view_if_needed()  # again and again: cells above it grow meanwhile
        return line.count() > 0

    wait_until(drawn, SECONDS, "no loss is drawn by Plotly")


def grows(view: Locator, by: int = 3) -> None:
    """Wait until more points are drawn."""
    view.scroll_into_view_if_needed()
    before = len(curve(view))
    view.page.wait_for_function(
        """([view, wanted]) => view.querySelector('.js-plotly-plot').data[0].x.length >= wanted""",
        arg=[view.element_handle(), before + by],
        timeout=SECONDS * 1000,
    )


def press(where: Locator, name: str) -> None:
    """Press a button."""
    where.get_by_role("button", name=name, exact=False).first.click()


def reply(view: Locator, name: str, sign: str) -> bool:
    """Wait for the line that tells what became of a command; ``sign`` is ✓ or ✕."""
    line = view.locator(".ft-reply", has_text=f"{sign} {name}:").last
    line.wait_for(timeout=SECONDS * 1000)
    return True
