"""Showing things in a cell: a mime bundle, and replacing it in place. No thread, no state."""

import uuid
from collections.abc import Mapping
from typing import Any


def shell() -> Any:  # noqa: ANN401 - IPython's shell in whichever version
    """The shell of this kernel."""
    from IPython.core.getipython import get_ipython

    return get_ipython()


def publish(
    bundle: Mapping[str, object], display_id: str | None = None, *, update: bool = False
) -> None:
    """Show a mime bundle in the executing cell, or replace the display of that id. Main thread."""
    shell().display_pub.publish(
        data=dict(bundle),
        metadata={},
        transient={"display_id": display_id} if display_id else {},
        update=update,
    )


def new_display_id() -> str:
    """An id that no other display has."""
    return f"ftkernel-{uuid.uuid4().hex}"


def sends_updates(publisher: Any) -> bool:  # noqa: ANN401
    """Whether a display can be replaced: a kernel's can, a terminal's cannot."""
    return all(hasattr(publisher, name) for name in ("session", "pub_socket", "topic"))


def send_update(
    bundle: Mapping[str, object],
    display_id: str,
    publisher: Any,  # noqa: ANN401
    parent: Mapping[str, object],
) -> None:
    """Replace a display from any thread, under the header of the request that made it.

    What is published from another thread would else land in whichever cell ran last.
    """
    content = {"data": dict(bundle), "metadata": {}, "transient": {"display_id": display_id}}
    publisher.session.send(
        publisher.pub_socket,
        "update_display_data",
        content,
        parent=dict(parent),
        ident=publisher.topic,
    )
