"""The extension of JupyterLab is there, and each of its plugins can be switched off."""

import pytest

from tests.browser.notebook import FrontEnd

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("front_end", ["lab", "notebook"])
def test_the_shared_runs_are_there_in_both_front_ends(open_book, lab_extended, front_end: FrontEnd):
    book = open_book(server=lab_extended, front_end=front_end)
    assert book.page.evaluate("() => window.jupyterapp.hasPlugin('ftkernel:runs')")
    book.wait("() => window.jupyterapp.isPluginActivated('ftkernel:runs')")
    assert book.said == []


def test_a_page_loads_little_before_anything_of_ours_is_looked_at(open_book, lab_extended):
    book = open_book(server=lab_extended)
    loaded = []
    hosts = set()

    def take(response):
        hosts.add(response.url.split("/")[2])
        if "/extensions/ftkernel/" in response.url:
            loaded.append(response)

    book.page.on("response", take)
    book.reload(found=False)
    book.wait("() => window.jupyterapp.isPluginActivated('ftkernel:editing-help')")
    assert sum(len(response.body()) for response in loaded) < 150_000
    assert {one for one in hosts if one} == {lab_extended.url.split("/")[2]}
