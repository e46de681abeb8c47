"""Addresses of rows (``https://…``, ``s3://…``): told from paths, and shown without what is secret.

A login before the host and everything after ``?`` may be a key to somebody's storage; neither
stands in a text that a person or a file gets to see.
"""

import re

_ADDRESS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+)://(.+)", re.DOTALL)
_LOGIN = re.compile(r"^[^/@]*@")
HIDDEN = "***"
"""Stands for what is not shown."""


def is_address(text: str) -> bool:
    """Whether text is the address of something elsewhere, and no path."""
    return _ADDRESS.fullmatch(text.strip()) is not None


def scheme_of(text: str) -> str:
    """The part before ``://`` in lower case; empty where text is no address."""
    match = _ADDRESS.fullmatch(text.strip())
    return match.group(1).lower() if match else ""


def shown_address(text: str) -> str:
    """An address as it may be shown: without login, and without what follows ``?``."""
    match = _ADDRESS.fullmatch(text.strip())
    if match is None:
        return text
    rest = _LOGIN.sub(f"{HIDDEN}@", match.group(2))
    path, mark, _ = rest.partition("?")
    return f"{match.group(1)}://{path}" + (f"?{HIDDEN}" if mark else "")


def path_of(text: str) -> str:
    """What stands in an address before ``?`` and ``#``: where its ending is."""
    return re.split(r"[?#]", text.strip(), maxsplit=1)[0]


def holds_secret(text: str) -> bool:
    """Whether an address has a part that is not shown."""
    return is_address(text) and shown_address(text) != text.strip()


def without_secrets(text: str, address: str) -> str:
    """What a library said about an address, with nothing of it that is not shown."""
    match = _ADDRESS.fullmatch(address.strip())
    rest = match.group(2) if match else ""
    login, query = _LOGIN.search(rest), rest.partition("?")[2]
    text = text.replace(address.strip(), shown_address(address))
    for secret in (login.group(0) if login else "", query):
        text = text.replace(secret, HIDDEN) if len(secret) > 1 else text
    return text
