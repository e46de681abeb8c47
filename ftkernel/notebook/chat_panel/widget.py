"""The widget of a chat panel, and the output of the cell that opens one.

The widget's own state is a name and a language; all else are custom messages
(:mod:`ftkernel.notebook.chat_panel.feed`), so nothing of a conversation gets into a saved notebook.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import traitlets

from ftkernel import messages
from ftkernel.api import config
from ftkernel.api.chat_sides import subject_of
from ftkernel.notebook import assets
from ftkernel.notebook.chat_panel.panel import Panel
from ftkernel.notebook.display import shell
from ftkernel.notebook.live import remembered
from ftkernel.notebook.live.mode import cell_of
from ftkernel.notebook.live.widget import WIDGET_MIME, HeardWidget, identity
from ftkernel.views import markup
from ftkernel.views.escape import escape
from ftkernel.views.saved import CHAT_MIME, chat_json

if TYPE_CHECKING:
    from ftkernel.api.chat_sides import Subject


class ChatWidget(HeardWidget):
    """A panel as the page's widget manager knows it."""

    key = traitlets.Unicode().tag(sync=True)
    run = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode("auto").tag(sync=True)

    def __init__(
        self,
        subject: "Subject",
        again: str = "",
        **options: Any,  # noqa: ANN401 - of Panel
    ) -> None:
        self._esm = assets.module("chat")
        self._css = assets.styles()
        language = str(config.get("language"))
        super().__init__(run=subject.name, language=language, **identity(again))
        self.panel = Panel(subject, self.send, **options)
        self.on_msg(self._heard)

    def _heard(self, _widget: object, content: object, _buffers: object) -> None:
        if not isinstance(content, dict):
            return
        if content.get("kind") == "asset":
            found = assets.asset(str(content.get("name")))
            if found is not None:
                about, script = found
                self.send({"kind": "asset", **about}, [script])
            return
        self.panel.take(content)

    def close(self) -> None:
        """End what is being answered, and the widget."""
        self.panel.stop()
        super().close()


def bundle(
    subject: "Subject", *, sides: Sequence[str] = (), settings: Mapping[str, object] | None = None
) -> dict[str, object]:
    """The output that shows a new panel; where there are no widgets, what stood there."""
    widget = ChatWidget(subject, sides=sides, settings=settings)
    if subject.folder is not None:
        about = {"sides": list(sides), "settings": dict(settings or {}), "cell": cell_of(shell())}
        remembered.remember(widget.model_id, "chat", subject.folder.path, **about)
    said = messages.text("chat_panel.static", {"name": subject.name})
    id_ = str(subject.folder.meta()["id"]) if subject.folder is not None else ""
    return {
        WIDGET_MIME: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id},
        CHAT_MIME: chat_json(id_, subject.name),
        "text/html": markup.footer(escape(said)),
        "text/plain": said,
    }


def make_again(id_: str, entry: Mapping[str, Any]) -> None:
    """Answer for a panel of an earlier kernel (:mod:`ftkernel.notebook.live.remembered`).

    Raises:
        FtError: if its run cannot be read.
    """
    subject, _ = subject_of(str(entry["folder"]))
    sides, settings = entry.get("sides"), entry.get("settings")
    ChatWidget(
        subject,
        again=id_,
        sides=sides if isinstance(sides, list) else (),
        settings=settings if isinstance(settings, dict) else None,
    )
