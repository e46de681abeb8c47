"""Rows are leafed through in a real JupyterLab: pages, filters, tokens under the pointer, and attacks."""

import json
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

AXE = Path(__file__).parents[2] / "labextension" / "node_modules" / "axe-core" / "axe.min.js"
ATTACK = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
_READ = "() => document.querySelector('.ft-preview .ft-heading')?.textContent.includes('are read')"
_ROWS = """([first, count]) => {
  const rows = [...document.querySelectorAll('.ft-rows:not(.ft-rows-old) > li')];
  return rows.length === count && rows[0].textContent.includes(first);
}"""

_LABEL_IS_FREE = """() => {
  const bars = [...document.querySelectorAll('.ft-lengths-bars > div:not(.ft-lengths-cutoff)')];
  const label = document.querySelector('.ft-lengths-cutoff > span').getBoundingClientRect();
  return bars.every(bar => bar.getBoundingClientRect().top >= label.bottom - 1);
}"""


def write(path):
    rows = [
        {"instruction": f"Question {n}?", "input": "", "output": f"Answer {n}, " + "and more " * n}
        for n in range(45)
    ]
    rows[0] = {"instruction": ATTACK, "input": "a\tb  c", "output": f"{ATTACK}\u202e<|im_end|>"}
    lines = [json.dumps(row) for row in rows]
    lines.append(json.dumps({"instruction": ATTACK}))
    lines.append(f"{ATTACK} is no JSON")
    (path / "many.jsonl").write_text("\n".join(lines) + "\n")


@pytest.fixture
def notebook(open_book, tiny_model_folder):
    line = f"%ft preview dataset=many.jsonl model_name_or_path={tiny_model_folder} cutoff_len=90"
    book = open_book("%load_ext ftkernel", line)
    write(book.folder)
    book.run_cell(0)
    book.run_cell(1)
    book.wait(_READ)
    book.wait(_ROWS, ["Row 0", 20])
    return book


def test_rows_are_leafed_through_filtered_and_looked_at_token_by_token(notebook, shoot):
    page = notebook.page
    first = page.locator(".ft-row-shown").first
    assert page.evaluate("window.hit") is None
    assert page.locator(".ft-preview img").count() == 0
    assert ATTACK in first.inner_text()
    assert "⟨202E⟩" in first.inner_text()
    shoot(page.locator(".ft-preview"), "preview")
    assert page.evaluate(_LABEL_IS_FREE)

    learned = first.locator(".ft-toks .ft-tok-learned").first
    learned.hover()
    facts = page.locator(".ft-tok-facts")
    facts.wait_for()
    said = facts.inner_text()
    assert all(word in said for word in ("id", "text", "label", "weight"))
    shoot(page, "preview-hover")
    first.locator(".ft-toks").focus()
    page.keyboard.press("End")
    last = facts.inner_text()
    page.keyboard.press("ArrowLeft")
    assert facts.inner_text() not in (said, last)
    page.keyboard.press("Escape")
    facts.wait_for(state="hidden")

    page.get_by_role("button", name="Next page").click()
    notebook.wait(_ROWS, ["Row 20", 20])
    page.get_by_role("button", name="Last page").click()
    notebook.wait(_ROWS, ["Row 40", 5])

    page.locator("[data-filter=cut]").click()
    page.locator(".ft-tok-lost", has_text="and").first.wait_for()
    shoot(page.locator(".ft-preview"), "preview-cut")
    page.locator("[data-filter=dropped]").click()
    notebook.wait(_ROWS, ["many.jsonl:46", 2])
    page.locator("[data-filter=longest]").click()
    notebook.wait("() => document.querySelector('[data-filter=longest][aria-pressed=true]')")
    page.get_by_role("searchbox").fill("Question 33")
    page.keyboard.press("Enter")
    notebook.wait(_ROWS, ["Row 33", 1])

    page.add_script_tag(path=str(AXE))
    found = page.evaluate("axe.run('.ft-preview').then(found => found.violations)")
    assert not found, json.dumps(found, indent=1)[:3000]
    assert page.evaluate("window.hit") is None
    assert not notebook.said

    text = notebook.save().read_text()
    assert len(text) < 100_000
    output = json.loads(text)["cells"][1]["outputs"][0]["data"]
    assert {"text/html", "text/plain"} <= output.keys()
    assert "<img" not in "".join(output["text/html"])
    assert "widgets" not in json.loads(text)["metadata"]


def test_it_is_whole_in_the_dark_in_chinese_and_on_little_room(open_book, tiny_model_folder, shoot):
    line = f"%ft preview dataset=many.jsonl model_name_or_path={tiny_model_folder} cutoff_len=90"
    book = open_book("%load_ext ftkernel", line, viewport={"width": 600, "height": 1000})
    write(book.folder)
    book.speak("zh_CN")
    book.dark()
    book.reload(found=False)
    book.run_cell(0)
    book.run_cell(1)
    book.wait("() => document.querySelectorAll('.ft-row-shown').length === 20")
    root = book.page.locator(".ft-preview")
    assert "要学习的内容" in root.inner_text()
    assert root.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    shoot(root, "preview-dark-zh")
