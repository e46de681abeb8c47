"""Kernels for tests: those of today, and those of Colab where `make setup-test` has made them."""

import pytest

from tests.kernel.harness import KERNELS, Kernel


@pytest.fixture(scope="module", params=list(KERNELS))
def python(request) -> str:
    """The Python of a set of kernel packages."""
    from pathlib import Path

    path = KERNELS[request.param]
    if not Path(path).exists():
        pytest.skip("the environment with Colab's packages is not there: make setup-test")
    return path


@pytest.fixture
def make_kernel(tmp_path, tmp_path_factory, monkeypatch):
    """Start kernels that share a folder; all are gone at the end of the test."""
    kernels = []
    state = str(tmp_path_factory.mktemp("kernel-state"))
    monkeypatch.setenv("FTKERNEL_STATE_DIR", state)

    def make(python, **env) -> Kernel:
        kernel = Kernel(python, tmp_path, FTKERNEL_STATE_DIR=state, **env)
        kernels.append(kernel)
        return kernel

    yield make
    for kernel in kernels:
        kernel.close()
