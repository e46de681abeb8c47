"""The widget of a preview, and the output of the cell that shows one.

The widget's own state is a name and a language; all else are custom messages
(:mod:`ftkernel.notebook.preview_panel.panel`), so no row gets into a saved notebook but the first
few, as JSON, as HTML and as text.
"""

from typing import TYPE_CHECKING

import traitlets

from ftkernel.api import config
from ftkernel.notebook import assets
from ftkernel.notebook.live.widget import WIDGET_MIME, HeardWidget, identity
from ftkernel.notebook.preview_panel.kept import kept
from ftkernel.notebook.preview_panel.panel import Panel
from ftkernel.views.preview import MIME

if TYPE_CHECKING:
    from ftkernel.api.preview import Preview


class PreviewWidget(HeardWidget):
    """A panel as the page's widget manager knows it."""

    key = traitlets.Unicode().tag(sync=True)
    language = traitlets.Unicode("auto").tag(sync=True)

    def __init__(self, preview: "Preview") -> None:
        self._esm = assets.module("preview")
        self._css = assets.styles()
        super().__init__(language=str(config.get("language")), **identity())
        self.panel = Panel(preview, self.send)
        self.on_msg(self._heard)

    def _heard(self, _widget: object, content: object, _buffers: object) -> None:
        if isinstance(content, dict):
            self.panel.take(content)

    def close(self) -> None:
        """Answer no more, and close the widget."""
        self.panel.close()
        super().close()


def bundle(preview: "Preview") -> dict[str, object]:
    """The output that shows a new panel, and the first rows where there are no widgets."""
    widget = PreviewWidget(preview)
    return {
        WIDGET_MIME: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id},
        MIME: kept(preview),
        **preview.bundle(),
    }
