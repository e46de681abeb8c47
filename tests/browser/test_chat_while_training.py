"""A chat panel that answers from a run while it trains: by its own worker, between two steps."""

import re

import pytest

from ftkernel.runs.event_log import read_events
from ftkernel.runs.folder import RunFolder
from ftkernel.runs.state import state
from tests.browser.live import grows, waits_for_loss

pytestmark = pytest.mark.browser

RECIPE = """%%finetune first
model: {model}
data: rows.jsonl
per_device_train_batch_size: 1
gradient_accumulation_steps: 4
steps: 100000
use_cpu: true
"""


@pytest.mark.timeout(600)
def test_a_panel_answers_while_the_run_trains_and_is_back_after_a_reload(
    open_book, tiny_model_folder, shoot
):
    book = open_book("%load_ext ftkernel", RECIPE.format(model=tiny_model_folder), "%ft chat first")
    run = RunFolder(book.folder / "ft-runs" / "first")
    for index in range(3):
        book.run_cell(index)
    waits_for_loss(book.view(1))
    panel = book.cell(2).locator(".ft-chat")
    asking = panel.locator(".ft-chat-input")
    asking.wait_for()
    book.save()

    asking.fill("Say hello.")
    asking.press("Enter")
    panel.locator(".ft-chat-question", has_text="Say hello.").wait_for()
    book.reload()
    facts = panel.locator(".ft-chat-facts")
    facts.filter(has_text="token").first.wait_for()
    panel.locator(".ft-chat-prose", has_text=re.compile(r"\S")).first.wait_for()
    shoot(book.page, "chat-while-training")
    grows(book.view(1))

    ready = panel.get_by_role("button", name="Send", exact=True)
    ready.wait_for()  # until then, Enter is for nothing
    asking.fill("too long " * 3000)
    asking.press("Enter")
    shown = panel.locator(".ft-chat-log")  # besides, it is read out
    shown.get_by_text("the model takes at most 2,048").first.wait_for()
    shoot(book.page, "chat-too-long")
    ready.wait_for()
    asking.fill("And again?")
    asking.press("Enter")
    facts.filter(has_text="token").nth(1).wait_for()
    grows(book.view(1))
    assert state(run) == "running"
    kinds = {one["kind"] for one in read_events(run.events)}
    assert "sampled" not in kinds
    assert list(run.chat.glob("*.talk.jsonl"))
    assert book.said == []
