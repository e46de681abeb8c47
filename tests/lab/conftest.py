"""A real Jupyter server in the process of the test, with the extension, and folders of runs."""

import json

import pytest
from pytest_jupyter.jupyter_server import *  # noqa: F403 - its fixtures, and its way to run coroutines
from tornado.httpclient import HTTPClientError, HTTPResponse
from traitlets.config import Config

from tests.lab.runs import Runs


@pytest.fixture
def runs(jp_root_dir):
    """The folder of runs that the server shows."""
    folder = jp_root_dir / "ft-runs"
    folder.mkdir()
    return Runs(folder)


@pytest.fixture
def jp_server_config(runs):
    """The extension as its configuration file names it, with one folder of runs."""
    del runs
    return Config(
        {
            "ServerApp": {"jpserver_extensions": {"ftkernel.lab": True}},
            "FtLab": {"runs_dirs": ["ft-runs"], "use_index": False},
        }
    )


@pytest.fixture
def ask(jp_fetch):
    """Ask the server below ``ftkernel/``; the status and the body, whatever it answers."""

    async def ask(path, method="GET", body=None, **options):
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body is None and method in {"POST", "PATCH"}:
            body = b"{}"
        options.setdefault("params", {}).setdefault("lang", "en")
        try:
            found: HTTPResponse = await jp_fetch(
                "ftkernel", *path.split("/"), method=method, body=body, **options
            )
        except HTTPClientError as error:
            if error.response is None:
                raise
            found = error.response
        content = found.body
        return found.code, json.loads(content) if content else None

    return ask


@pytest.fixture
def listed(ask):
    """The list, asked for until it is complete."""

    async def listed():
        for _ in range(100):
            status, found = await ask("runs")
            assert status == 200
            if found["complete"]:
                return found
        raise AssertionError("the list is never complete")

    return listed
