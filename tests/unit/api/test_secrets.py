"""Tokens are found in order, kept only where asked, and never shown."""

import sys
import types

import pytest

from ftkernel.api import secrets
from ftkernel.errors import FtError

HUB = secrets.SERVICES["huggingface"]


class Keyring(types.ModuleType):
    """A keyring in memory, as the module is used."""

    def __init__(self):
        super().__init__("keyring")
        self.kept = {}

    def get_password(self, service, name):
        return self.kept.get((service, name))

    def set_password(self, service, name, value):
        self.kept[service, name] = value

    def delete_password(self, service, name):
        del self.kept[service, name]


@pytest.fixture(autouse=True)
def keyring(monkeypatch):
    ring = Keyring()
    monkeypatch.setattr(secrets, "_keyring", lambda: ring)
    monkeypatch.setattr(secrets, "_told", {})
    for service in secrets.SERVICES.values():
        for name in (service.variable, *service.other_variables):
            monkeypatch.delenv(name, raising=False)
    return ring


def test_nothing_is_found_where_nothing_is():
    assert secrets.find(HUB) is None


def test_the_places_are_looked_at_in_order(monkeypatch, keyring):
    colab = types.ModuleType("google.colab")
    colab.userdata = types.SimpleNamespace(
        get=lambda name: f"colab-{name}",
        SecretNotFoundError=KeyError,
        NotebookAccessError=PermissionError,
    )
    monkeypatch.setitem(sys.modules, "google.colab", colab)
    assert secrets.find(HUB) == secrets.Found("colab-HF_TOKEN", "colab")
    secrets.remember(HUB, "ring", in_keyring=True)
    assert secrets.find(HUB) == secrets.Found("ring", "keyring")
    monkeypatch.setenv("HF_TOKEN", "env")
    assert secrets.find(HUB) == secrets.Found("env", "environment")
    secrets.remember(HUB, " told\n", in_keyring=False)
    assert secrets.find(HUB) == secrets.Found("told", "memory")
    secrets.forget(HUB)
    assert secrets.find(HUB).place == "environment"
    assert keyring.kept == {}


def test_a_token_is_not_in_its_text_form():
    assert "secret" not in repr(secrets.Found("secret", "memory"))


def test_an_empty_token_is_refused():
    with pytest.raises(FtError) as caught:
        secrets.remember(HUB, "  ", in_keyring=False)
    assert caught.value.lines() == [
        "No token was entered for huggingface.",
        "  Paste it when asked.",
    ]


def test_without_a_keyring_nothing_is_kept(monkeypatch):
    monkeypatch.setattr(secrets, "_keyring", lambda: None)
    with pytest.raises(FtError) as caught:
        secrets.remember(HUB, "x", in_keyring=True)
    assert caught.value.code == "api.no_keyring"


def test_an_unknown_service_is_named():
    with pytest.raises(FtError) as caught:
        secrets.service_named("hugginface")
    assert caught.value.lines() == [
        "There is no service 'hugginface'.",
        "  There are: huggingface, modelscope.",
    ]
