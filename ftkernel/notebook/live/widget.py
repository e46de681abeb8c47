"""The widget of a run, as the page's widget manager knows it.

Its state is a run's id, a language and a first picture of a few kilobytes; everything else are
custom messages, so that nothing of it grows and nothing of it gets into a saved notebook.
"""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import anywidget
import traitlets

from ftkernel.api import page_language
from ftkernel.notebook import assets

WIDGET_MIME = "application/vnd.jupyter.widget-view+json"

Hear = Callable[[Mapping[str, Any]], None]


def identity(again: str = "") -> dict[str, Any]:
    """What a widget is made with so that a page can tell which it stands for.

    Args:
        again: the id of the widget that it takes the place of; empty for a new one.
    """
    id_ = again or uuid.uuid4().hex
    return {"model_id": id_, "key": id_}


class HeardWidget(anywidget.AnyWidget):
    """A widget that hears every page that shows it, whichever of them it spoke to last.

    What a page says of its language is heard here; the texts of this kernel follow it.

    From 7.4 on, ipykernel leads what pages say to a widget to the subshell that its last message
    answered, and refuses it once that is gone: with the page that was closed or loaded anew.
    """

    def _handle_custom_msg(self, content: Any, buffers: Any) -> None:  # noqa: ANN401 - ipywidgets'
        if isinstance(content, dict) and content.get("kind") == "hello":
            page_language.hear(content.get("locale"))
        super()._handle_custom_msg(content, buffers)

    def _send(self, msg: Any, buffers: Any = None) -> None:  # noqa: ANN401 - ipywidgets'
        super()._send(msg, buffers)
        told = vars(self.comm) if self.comm is not None else {}
        told.pop("_reply_subshell_id", None)
        known = told.get("_reply_subshell_ids")
        if isinstance(known, dict):
            known.clear()


class RunWidget(HeardWidget):
    """A panel that shows a run.

    Args:
        run: the run's id.
        language: ``en``, ``zh``, or ``auto`` for that of the page.
        first: the picture until the first frame comes (:func:`ftkernel.views.mime.run_json`).
        hear: is given what a page says; on the thread that the kernel hears it on.
        again: the id of a widget that an earlier kernel had, and that this one stands for.
    """

    key = traitlets.Unicode().tag(sync=True)
    run = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode("auto").tag(sync=True)
    first = traitlets.Dict().tag(sync=True)

    def __init__(
        self, run: str, language: str, first: Mapping[str, Any], hear: Hear, again: str = ""
    ) -> None:
        self._esm = assets.module("run")
        self._css = assets.styles()
        first = dict(first)
        super().__init__(run=run, language=language, first=first, **identity(again))
        self._hear = hear
        self.on_msg(self._heard)

    def _heard(self, _widget: object, content: object, _buffers: object) -> None:
        if isinstance(content, dict):
            self._hear(content)

    def dismiss(self) -> None:
        """Close it, and the layout that came with it."""
        layout: Any = self.layout
        self.close()
        layout.close()

    def view(self) -> dict[str, object]:
        """What a mime bundle says of it."""
        return {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
