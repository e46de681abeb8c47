"""Who may do what: nobody without a token, nobody across sites, a reader reads alone."""

import json
from http.cookies import SimpleCookie

import pytest
from jupyter_server.auth.authorizer import Authorizer
from tornado.httpclient import HTTPClientError
from traitlets.config import Config

from ftkernel.lab.handlers.routes import ROUTES
from tests.lab.runs import commands_of, id_of

ID = "000000000001"
READS = ("runs", f"runs/{ID}", f"runs/{ID}/events", f"runs/{ID}/log", f"runs/{ID}/said", f"runs/{ID}/chat", "keys", "doctor")  # fmt: skip
CHANGES = (
    ("POST", f"runs/{ID}/commands", {"command": "stop"}),
    ("POST", f"runs/{ID}/resume", {}),
    ("PATCH", f"runs/{ID}", {"note": "changed"}),
    ("DELETE", f"runs/{ID}", None),
    ("POST", "validate", {"text": "model: x"}),
    ("POST", "complete", {"cell": "%%finetune\n", "position": 11}),
    ("POST", "language", {}),
)
EVERY = [("GET", path, None) for path in READS] + list(CHANGES)


class Reader(Authorizer):
    """Lets everybody read runs, and do nothing else."""

    def is_authorized(self, handler, user, action, resource):
        del handler, user
        return (action, resource) == ("read", "ftkernel")


class Writer(Authorizer):
    """Lets everybody do all but start processes."""

    def is_authorized(self, handler, user, action, resource):
        del handler, user
        return resource == "ftkernel" and action in {"read", "write"}


def untouched(folder):
    return folder.exists() and not commands_of(folder) and not (folder.path / "meta.json").exists()


def test_every_verb_of_every_route_is_tried_here():
    implemented = {
        (verb, handler)
        for _, handler in ROUTES
        for verb in ("get", "post", "patch", "delete", "put", "head")
        if verb in vars(handler)
    }
    assert len(EVERY) == len(implemented)
    assert all(handler.auth_resource == "ftkernel" for _, handler in ROUTES)


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": ""}, {"Authorization": "token wrong"}],
    ids=["no token", "a wrong token"],
)
async def test_nothing_is_said_or_done_without_a_token(runs, ask, headers):
    folder = runs.live()
    for method, path, body in EVERY:
        status, fault = await ask(path, method, body, headers=dict(headers))
        assert (status, fault["code"]) == (403, "lab.forbidden"), (method, path)
        assert "first" not in str(fault)
    assert untouched(folder)


async def test_an_address_that_is_nobody_s_is_said_in_our_form_to_who_may_ask(runs, ask):
    runs.make()
    elsewhere = ("nothing", "kernels/list", f"runs/{ID}/nothing", "keys/x", "static/x.js")
    for path in elsewhere:
        for method, body in (("GET", None), ("POST", {}), ("PATCH", {}), ("PUT", {}), ("DELETE", None)):  # fmt: skip
            status, fault = await ask(path, method, body)
            assert (status, fault["code"]) == (404, "lab.not_found"), (method, path)
            status, fault = await ask(path, method, body, headers={"Authorization": ""})
            assert (status, fault["code"]) == (403, "lab.forbidden"), (method, path)
    status, fault = await ask("keys", "PUT", {})
    assert (status, fault["code"]) == (405, "lab.method")


class TestAReader:
    @pytest.fixture
    def jp_server_config(self, jp_server_config):
        return Config(jp_server_config, ServerApp={"authorizer_class": Reader, **jp_server_config["ServerApp"]})  # fmt: skip

    async def test_reads_and_changes_nothing(self, runs, ask):
        folder = runs.live()
        for path in READS:
            status, found = await ask(path, params={"wait": "0"})
            assert (status, found is not None) == (200, True), path
        for method, path, body in CHANGES:
            status, fault = await ask(path, method, body)
            assert (status, fault["code"]) == (403, "lab.forbidden"), (method, path)
        assert untouched(folder)


class TestAWriter:
    @pytest.fixture
    def jp_server_config(self, jp_server_config):
        return Config(jp_server_config, ServerApp={"authorizer_class": Writer, **jp_server_config["ServerApp"]})  # fmt: skip

    async def test_starts_no_process(self, runs, ask):
        folder = runs.make()
        status, fault = await ask(f"runs/{id_of(folder)}/resume", "POST", {})
        assert (status, fault["code"]) == (403, "lab.forbidden")
        status, _ = await ask(f"runs/{id_of(folder)}", "PATCH", {"note": "changed"})
        assert status == 200


async def log_in(jp_fetch, jp_serverapp):
    """The cookies of a page that has logged in with the token in its address."""
    token = jp_serverapp.identity_provider.token
    jar = SimpleCookie()
    for path, params in (("api/me", {"token": token}), ("login", {})):
        found = await jp_fetch(
            *path.split("/"), params=params, headers={"Authorization": ""}, follow_redirects=False
        )
        for line in found.headers.get_list("Set-Cookie"):
            jar.load(line)
    return {name: one.value for name, one in jar.items()}


def headers_of(cookies, **more):
    said = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {"Authorization": "", "Cookie": said, **more}


async def test_a_page_changes_nothing_without_its_own_mark(runs, ask, jp_fetch, jp_serverapp):
    cookies = await log_in(jp_fetch, jp_serverapp)
    folder = runs.live()
    xsrf = {"_xsrf": "2|aaaaaaaa|bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb|1"}
    for marks in ({}, {"X-XSRFToken": "wrong"}, {"X-XSRFToken": xsrf["_xsrf"]}):
        for method, path, body in CHANGES:
            status, fault = await ask(path, method, body, headers=headers_of(cookies, **marks))
            assert (status, fault["code"]) == (403, "lab.forbidden"), (method, path, marks)
    assert untouched(folder)
    mark = cookies["_xsrf"]
    status, _ = await ask(
        f"runs/{ID}", "PATCH", {"note": "x"}, headers=headers_of(cookies, **{"X-XSRFToken": mark})
    )
    assert status == 200


async def test_a_page_of_another_site_gets_nothing(runs, jp_fetch, jp_serverapp):
    cookies = await log_in(jp_fetch, jp_serverapp)
    folder = runs.live()
    for method, path, body in EVERY:
        mark = {"X-XSRFToken": cookies["_xsrf"], "Origin": "https://elsewhere.example"}
        content = None if body is None and method != "POST" else json.dumps(body)
        with pytest.raises(HTTPClientError) as caught:
            await jp_fetch(
                "ftkernel", *path.split("/"), method=method, body=content,
                headers=headers_of(cookies, **mark),
            )  # fmt: skip
        assert caught.value.code in {403, 404}, (method, path)
        assert caught.value.response is not None
        assert b"smollm2" not in caught.value.response.body
    assert untouched(folder)


async def test_answers_are_nobody_s_page(runs, jp_fetch):
    runs.make()
    found = await jp_fetch("ftkernel", "runs")
    assert found.headers["Content-Type"].startswith("application/json")
    assert found.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in found.headers["Content-Security-Policy"]
    assert found.headers["Cache-Control"] == "no-store"
