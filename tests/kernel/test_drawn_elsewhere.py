"""A page that draws a run by other means gets no frames, until it wants them, and the card at the end."""

import pytest

from tests.kernel.test_panel import begin

pytestmark = pytest.mark.kernel


@pytest.fixture
def kernel(make_kernel, python):
    kernel = make_kernel(python, FTKERNEL_TEST_BEHAVIOUR="steady", FTKERNEL_DISPLAY="panel")
    assert kernel.run("%load_ext ftkernel").status == "ok"
    return kernel


def test_a_page_that_draws_elsewhere_gets_nothing_before_the_end(kernel):
    here, there = begin(kernel), begin(kernel, "second -o run2")
    for one in (here, there):
        one.hello()
        one.until(lambda one=one: one.page.view.get("state") == "running")
    there.say("elsewhere")
    before = here.page.view["step"]
    here.until(lambda: here.page.view["step"] > before + 60)
    heard = len(there.frames)
    before = here.page.view["step"]
    here.until(lambda: here.page.view["step"] > before + 60)
    assert len(there.frames) == heard
    there.hello()
    there.until(lambda: len(there.frames) > heard + 1)
    there.say("elsewhere")
    kernel.run("%ft stop second")
    there.until(lambda: kernel.updates(there.display_id))
