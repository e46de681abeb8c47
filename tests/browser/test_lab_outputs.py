"""Runs, previews and chats in notebooks with the extension: with their kernel, without it, and hostile."""

import json

import pytest

from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import state
from tests.browser.live import SECONDS, grows, looked_at, press, waits_for_loss
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

RECIPE = """%%finetune first
model: {model}
data: rows.jsonl
per_device_train_batch_size: 1
gradient_accumulation_steps: 4
steps: 100000
use_cpu: true
"""
LOST = ("Loading widget...", "model not found", "Error displaying widget")


def says_nothing_lost(book):
    shown = book.page.locator(".jp-OutputArea").all_inner_texts()
    assert not [one for one in shown if any(words in one for words in LOST)]


def test_a_run_goes_on_in_its_cell_whatever_its_kernel_does(
    open_book, lab_extended, tiny_model_folder, shoot
):
    book = open_book(
        "%load_ext ftkernel",
        RECIPE.format(model=tiny_model_folder),
        "import time; time.sleep(1000)",
        server=lab_extended,
    )
    run = RunFolder(book.folder / "ft-runs" / "first")
    book.run_cell(0)
    book.run_cell(1)
    view = book.view(1)
    waits_for_loss(view)
    grows(view)
    assert book.cell(1).locator(".ft-output").count() == 1
    assert book.page.locator(".jupyter-widgets").count() == 0

    book.start_cell(2)
    grows(view)
    assert not view.get_by_text("A cell is running in this notebook").is_visible()
    press(view, "Save")
    view.locator(".ft-reply", has_text="✓ Save").wait_for()
    book.save()
    book.reload(found=False)
    grows(view)
    says_nothing_lost(book)
    shoot(book.page, "lab-output-busy")

    book.command("notebook:restart-kernel")
    book.page.locator(".jp-Dialog .jp-mod-accept").click()
    wait_until(lambda: state(run) == "stopped", SECONDS)
    view.locator(".ft-badge", has_text="stopped").wait_for()
    book.reload(found=False)
    waits_for_loss(view)
    view.locator(".ft-badge", has_text="stopped").wait_for()
    assert view.count() == 1
    says_nothing_lost(book)
    assert book.said == []
