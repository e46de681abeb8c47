"""A thread can say everything in one language while the others go on in theirs."""

from threading import Thread

import pytest

from ftkernel import messages


@pytest.fixture
def english():
    messages.set_language("en")
    yield
    messages.set_language(None)


def test_a_thread_speaks_a_language_for_itself_and_for_a_while(english):
    def say():
        elsewhere.append(messages.text("views.state.running"))

    elsewhere = []
    with messages.speaking("zh"):
        assert messages.text("views.state.running") == "运行中"
        thread = Thread(target=say)
        thread.start()
        thread.join()
        with messages.speaking("en"):
            assert messages.text("views.state.running") == "running"
        assert messages.language() == "zh"
    assert messages.language() == "en"
    assert elsewhere == ["running"]
