"""In Notebook 7 the runs are a page beside the files."""

import pytest

from tests.browser.notebook import Notebook

pytestmark = pytest.mark.browser


def test_the_page_of_files_has_a_tab_with_the_runs(open_book, lab_extended, shoot):
    book: Notebook = open_book(server=lab_extended, front_end="notebook")
    book.page.goto(f"{lab_extended.url}/tree?token={lab_extended.token}")
    tab = book.page.locator(".jp-TreePanel .lm-TabBar-tab", has_text="Runs")
    tab.wait_for()
    assert book.page.locator(".jp-DirListing").first.is_visible()
    tab.click()
    book.page.get_by_text("No runs yet").or_(
        book.page.get_by_placeholder("Filter runs")
    ).first.wait_for()
    shoot(book.page, "lab-tree")
    book.page.locator(".jp-TreePanel .lm-TabBar-tab", has_text="Files").click()
    book.command("ftkernel:show-runs")
    book.page.get_by_text("No runs yet").or_(
        book.page.get_by_placeholder("Filter runs")
    ).first.wait_for()
    assert book.said == []
