"""Tokens for hubs: where they are found, and the only two places where we put one.

Looked at in this order: what ``login`` was told in this process, the environment, the keyring (when
the extra ``keyring`` is installed), Colab's user data. A token is kept in this process's memory or
in the keyring; it is never printed, logged, or written to a file, and reaches a worker only inside
its job.
"""

import os
import sys
from dataclasses import dataclass, field

from ftkernel.errors import FtError

_KEYRING_SERVICE = "ftkernel"


@dataclass(frozen=True)
class Service:
    """A hub that wants a token."""

    name: str
    key: str
    """The recipe's key for it, under which it travels in a job."""
    variable: str
    """What the token is called in an environment, in the keyring and in Colab's user data."""
    other_variables: tuple[str, ...] = ()


SERVICES = {
    service.name: service
    for service in (
        Service("huggingface", "hf_hub_token", "HF_TOKEN", ("HUGGING_FACE_HUB_TOKEN",)),
        Service("modelscope", "ms_hub_token", "MODELSCOPE_API_TOKEN"),
    )
}


@dataclass(frozen=True)
class Found:
    """A token and where it was; its text form never shows it."""

    value: str = field(repr=False)
    place: str
    """``memory``, ``environment``, ``keyring`` or ``colab``."""


_told: dict[str, str] = {}


def find(service: Service) -> Found | None:
    """The token of a service, from the first place that has one."""
    if told := _told.get(service.name):
        return Found(told, "memory")
    for variable in (service.variable, *service.other_variables):
        if value := os.environ.get(variable, "").strip():
            return Found(value, "environment")
    if value := _from_keyring(service):
        return Found(value, "keyring")
    if value := _from_colab(service):
        return Found(value, "colab")
    return None


def service_named(name: str) -> Service:
    """The service of that name.

    Raises:
        FtError: if we know none.
    """
    if name not in SERVICES:
        raise FtError("api.unknown_service", name=name, names=", ".join(SERVICES))
    return SERVICES[name]


def remember(service: Service, value: str, *, in_keyring: bool) -> None:
    """Keep a token: in the keyring, or for as long as this process lives.

    Raises:
        FtError: if it is empty, or the keyring is missing or refuses it.
    """
    value = value.strip()
    if not value:
        raise FtError("api.empty_token", service=service.name)
    if in_keyring:
        keyring = _keyring()
        if keyring is None:
            raise FtError("api.no_keyring")
        from keyring.errors import KeyringError

        try:
            keyring.set_password(_KEYRING_SERVICE, service.variable, value)
        except KeyringError as exc:
            raise FtError("api.keyring_refused", reason=type(exc).__name__) from None
    else:
        _told[service.name] = value


def forget(service: Service) -> None:
    """Remove a token from this process and the keyring; the environment is not ours to change."""
    _told.pop(service.name, None)
    if (keyring := _keyring()) is not None and _from_keyring(service):
        keyring.delete_password(_KEYRING_SERVICE, service.variable)


def _keyring():  # noqa: ANN202 - a module or None
    try:
        import keyring
    except ImportError:
        return None
    return keyring


def _from_keyring(service: Service) -> str | None:
    if (keyring := _keyring()) is None:
        return None
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(_KEYRING_SERVICE, service.variable)
    except KeyringError:
        # No usable keyring on this machine is the normal case on a server.
        return None


def _from_colab(service: Service) -> str | None:
    if "google.colab" not in sys.modules:
        return None
    from google.colab import userdata  # pyright: ignore[reportMissingImports]

    try:
        return userdata.get(service.variable)
    except (userdata.SecretNotFoundError, userdata.NotebookAccessError):
        return None
