"""Help while typing in a real JupyterLab: Tab shows our offers, Shift+Tab the key, a cell appears."""

from contextlib import suppress

import pytest
from playwright.sync_api import TimeoutError as NotShown

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def press_until_shown(keys, key: str, what) -> None:
    """Press a key, again if need be: on a machine that is busy JupyterLab gives up after a second."""
    for _ in range(8):
        keys.press(key)
        with suppress(NotShown):
            what.first.wait_for(timeout=4000)
            return
    raise AssertionError(f"{key} shows nothing")


def test_tab_offers_keys_shift_tab_explains_one_and_a_cell_is_written_below(open_book, shoot):
    book = open_book("%load_ext ftkernel", "%%finetune\n", "%ft cell recipe.yaml")
    recipe = book.lab.folder / book.path
    (recipe.parent / "recipe.yaml").write_text("model: smollm2-135m  # small\ndata: demo\n")
    keys = book.page.keyboard
    book.run_cell(0)

    book.cell(1).locator(".cm-content").click()
    keys.press("Control+End")
    keys.type("lr_")
    offers = book.page.locator(".jp-Completer-item")
    press_until_shown(keys, "Tab", offers)
    shown = [" ".join(offer.inner_text().split()) for offer in offers.all()]
    assert shown == [
        "k lr_scheduler_kwargs: key · mapping",
        "k lr_scheduler_type: key · linear, cosine, cosine_with…",
    ]
    shoot(book.page, "offers")
    keys.press("ArrowDown")
    keys.press("Enter")
    tip = book.page.locator(".jp-Tooltip")
    press_until_shown(keys, "Shift+Tab", tip)
    assert tip.inner_text().startswith("lr_scheduler_type")
    shoot(book.page, "explained")
    keys.type("constant\n")
    assert "lr_scheduler_type: constant" in book.cell(1).inner_text()

    book.run_cell(2)
    book.cell(3).wait_for()
    assert "model: smollm2-135m  # small" in book.cell(3).inner_text()
