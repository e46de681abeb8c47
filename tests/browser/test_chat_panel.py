"""A chat in a real JupyterLab, by keyboard: asked, streamed, stopped, edited, regenerated, reloaded."""

import sys
from pathlib import Path

import pytest

from ftkernel.recipe.recipe import Recipe
from ftkernel.runs.folder import RunFolder
from tests.browser.notebook import Notebook
from tests.unit.inference.making import make_adapter

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

AXE = Path(__file__).parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
ATTACK = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'

_READY = """(count) => document.querySelectorAll('.ft-chat-turn').length === count
  && document.querySelector('.ft-chat-composer-row button').textContent === 'Send'
  && document.querySelector('.ft-chat-turn:last-child .ft-chat-facts').textContent !== ''"""

_MARKDOWN = """() => globalThis[Symbol.for('ftkernel.assets')]?.loaded.has('markdown')
  && new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve(1))))"""


class Chat:
    """The panel in the second cell, as a person uses it."""

    def __init__(self, notebook: Notebook) -> None:
        self.notebook = notebook
        self.page = notebook.page
        self.input = self.page.locator(".ft-chat-input")

    def ask(self, text: str) -> None:
        """Type a question into the panel and press Enter."""
        self.input.click()
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Enter")

    def settle(self, turns: int) -> list[str]:
        """Wait for so many turns that are answered, and drawn; what each of them shows."""
        self.notebook.wait(_READY, turns)
        self.notebook.wait(_MARKDOWN)
        return self.texts()

    def texts(self) -> list[str]:
        """Question and answers of each turn, without facts."""
        return self.page.evaluate(
            "[...document.querySelectorAll('.ft-chat-turn')].map(turn => [...turn.querySelectorAll("
            "'.ft-chat-question > .ft-chat-plain, .ft-chat-prose')].map(one => one.textContent)"
            ".join('|'))"
        )

    def press(self, name: str, turn: int = -1) -> None:
        """Press a button of a turn."""
        found = self.page.locator(".ft-chat-turn")
        chosen = found.last if turn < 0 else found.nth(turn)
        chosen.get_by_role("button", name=name, exact=True).click()


_NO_MORE_MEMORY = """import psutil
from ftkernel.api import chat_keeping
[one] = chat_keeping._sessions.values()
worker = psutil.Process(one.worker.pid)
worker.rlimit(psutil.RLIMIT_AS, (worker.memory_info().vms, psutil.RLIM_INFINITY))"""


@pytest.fixture
def notebook(open_book, tmp_path, tiny_model_folder):
    recipe = Recipe.from_mapping({"model": str(tiny_model_folder), "data": "demo"})
    run = RunFolder.create(tmp_path / "ft-runs", "chatty", recipe)
    make_adapter(tiny_model_folder, run.result)
    chat = f"%ft chat {run.path} --max_new_tokens 12"
    return open_book("%load_ext ftkernel", chat, _NO_MORE_MEMORY)


def test_a_conversation_by_keyboard_survives_a_reload_and_a_restart(notebook):
    chat, page = Chat(notebook), notebook.page
    notebook.run_cell(0)
    notebook.run_cell(1)
    notebook.wait("() => document.querySelector('.ft-chat-empty')")

    chat.ask(ATTACK)
    first = chat.settle(1)[0]
    assert first.startswith(f"{ATTACK}|")
    assert len(first) > len(ATTACK) + 1
    assert chat.input.input_value() == ""

    chat.press("Regenerate")
    notebook.wait("() => document.querySelector('.ft-chat-turn').innerText.includes('2 of 2')")
    second = chat.settle(1)[0]
    assert second != first
    chat.press("Earlier version")
    notebook.wait("() => document.querySelector('.ft-chat-turn').innerText.includes('1 of 2')")
    assert chat.texts() == [first]

    page.get_by_role("button", name="Base", exact=True).click()
    chat.ask("And side by side?")
    both = chat.settle(2)[1].split("|")
    assert len(both) == 3
    assert both[1] != both[2]

    chat.press("Edit this question and ask again")
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("Edited?")
    page.keyboard.press("Enter")
    notebook.wait("() => document.body.innerText.includes('Edited?')")
    shown = chat.settle(2)
    assert shown[1].startswith("Edited?|")

    # What a person types into a panel is not for the notebook.
    chat.input.click()
    page.keyboard.type("dd aa xx")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == 3
    chat.input.fill("")
    page.get_by_label("Settings").or_(page.locator(".ft-chat-settings summary")).first.click()
    page.get_by_label("Max tokens").fill("many")
    chat.ask("Refused?")
    page.locator(".ft-chat-composer [role=alert]").wait_for()
    assert "many" in page.locator(".ft-chat-composer [role=alert]").inner_text()
    assert chat.input.input_value() == "Refused?"
    assert chat.texts() == shown
    page.get_by_label("Max tokens").fill("2000")
    page.get_by_label("Repetition penalty").fill("1.3")
    chat.input.click()
    page.keyboard.press("Enter")
    page.locator(".ft-chat-writing").first.wait_for()
    page.keyboard.press("Escape")
    shown = chat.settle(3)
    assert "stopped" in page.locator(".ft-chat-facts").nth(-2).inner_text()

    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run('.ft-chat').then(result => result.violations)")
    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("window.hit") is None
    assert page.locator(".ft-chat :is(img, script)").count() == 0

    saved = notebook.save()
    assert saved.stat().st_size < 10_000
    notebook.reload()
    chat.settle(3)
    assert chat.texts() == shown

    page.evaluate(
        "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.restart()"
    )
    notebook.wait_until_idle()
    notebook.command("notebook:clear-all-cell-outputs")
    notebook.wait("() => !document.querySelector('.ft-chat')")
    notebook.start_cell(0)
    notebook.start_cell(1)
    chat.settle(3)
    assert chat.texts() == shown
    assert notebook.said == []


@pytest.mark.skipif(sys.platform != "linux", reason="a limit that another process sets")
def test_memory_that_runs_out_is_said_in_the_panel_and_asking_again_is_answered(notebook, shoot):
    chat, page = Chat(notebook), notebook.page
    for index in (0, 1):
        notebook.run_cell(index)
    chat.ask("Who are you?")
    [first] = chat.settle(1)
    notebook.run_cell(2)
    chat.ask("word " * 300)
    failed = page.locator(".ft-chat-turn").last
    failed.get_by_text("There is not enough memory to answer").wait_for()
    failed.get_by_text("Stop other runs and chats").wait_for()
    shoot(page, "chat-out-of-memory")
    chat.press("Try again")
    second = chat.settle(2)
    assert second[0] == first
    assert second[1].rpartition("|")[2]
    assert notebook.said == []
