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
