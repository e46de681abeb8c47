"""What a person sees in a real JupyterLab: a cell that returns, a card that goes on, and its end."""

import pytest

from tests.browser.lab import chromium, jupyter_lab, open_notebook, run_cell, write_notebook

RECIPE = """%%finetune first
model: {model}
data: rows.jsonl
steps: 6
val_size: 2
eval_strategy: steps
eval_steps: 2"""

ROW = '{"instruction": "Say %d", "output": "It is %d, friend."}\n'


@pytest.mark.browser
@pytest.mark.timeout(240)
def test_a_cell_returns_at_once_and_its_card_goes_on_to_the_end(tmp_path, tiny_model_folder):
    (tmp_path / "rows.jsonl").write_text("".join(ROW % (n, n) for n in range(24)))
    write_notebook(
        tmp_path / "book.ipynb",
        "%load_ext ftkernel",
        RECIPE.format(model=tiny_model_folder),
        "%%finetune\nmodle: x",
        "%ft wait first",
    )
    with jupyter_lab(tmp_path) as lab, chromium() as browser:
        page = browser.new_page(viewport={"width": 1100, "height": 1400})
        open_notebook(page, lab, "book.ipynb")
        run_cell(page, 0)
        run_cell(page, 1)
        card = page.locator(".jp-Cell").nth(1).locator(".jp-OutputArea-output").first
        card.wait_for()
        assert "first" in card.inner_text()
        run_cell(page, 2)
        error = page.locator(".jp-Cell").nth(2).locator(".jp-OutputArea").inner_text()
        assert "There is no key 'modle'." in error
        assert "Traceback" not in error
        run_cell(page, 3)
        page.wait_for_function(
            "() => document.querySelectorAll('.jp-Cell')[1].innerText.includes('finished')",
            timeout=30_000,
        )
        # The first cell's own output was updated in place; nothing landed in the failing cell.
        assert "finished" not in page.locator(".jp-Cell").nth(2).inner_text()
        assert card.locator("svg").count() >= 1
        assert page.locator("script:text('ftkernel')").count() == 0
        page.screenshot(path=str(tmp_path / "lab.png"))
