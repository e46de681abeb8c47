"""The page's side of a run's panel, played over the protocol of a real kernel."""

from dataclasses import dataclass

from tests.unit.views.live_page import Page

WIDGET = "application/vnd.jupyter.widget-view+json"


@dataclass
class _Received:
    content: dict
    buffers: list


class FrontEnd:
    """A page that shows one panel; :attr:`page` is what it knows."""

    def __init__(self, kernel, shown) -> None:
        """``shown``: the content of the ``display_data`` that holds the widget."""
        self.comm = shown["data"][WIDGET]["model_id"]
        self.display_id = shown["transient"]["display_id"]
        self.page = Page()
        self._kernel = kernel
        self._read = 0
        self.frames = []
        self.said = []
        """Everything but frames, with the buffers."""

    @property
    def opened(self):
        """The message that made the widget."""
        return next(
            message
            for message in self._kernel.messages
            if message["msg_type"] == "comm_open" and message["content"]["comm_id"] == self.comm
        )

    def say(self, kind, subshell=None, **content):
        """Send a custom message, as a widget's model does; in a subshell where it has one."""
        data = {"method": "custom", "content": {"kind": kind, **content}}
        self._kernel.send("comm_msg", {"comm_id": self.comm, "data": data}, subshell)

    def hello(self):
        """What a page says when it shows the panel."""
        self.say("hello", after=self.page.seq, assets=[], locale="en")

    def until(self, condition, timeout=20):
        """Listen until something is known; asks for what is missed as the widget does."""
        self._kernel.hear(lambda: self._read_on() or condition(), timeout)

    def skip(self):
        """Know nothing of what was said so far, as a page that is loaded now."""
        self._read = len(self._kernel.messages)

    def _read_on(self):
        for message in self._kernel.messages[self._read :]:
            self._take(message)
        self._read = len(self._kernel.messages)

    def _take(self, message):
        content = message["content"]
        if message["msg_type"] != "comm_msg" or content["comm_id"] != self.comm:
            return
        if content["data"].get("method") != "custom":
            return
        inner, buffers = content["data"]["content"], [bytes(one) for one in message["buffers"]]
        if inner["kind"] != "frame":
            self.said.append((inner, buffers))
            return
        self.frames.append((inner, sum(map(len, buffers)), len(str(inner))))
        if not self.page.take(_Received(inner, buffers)):
            self.say("missed", after=self.page.seq)

    def told(self, kind):
        """What was said of a kind."""
        return [inner for inner, _ in self.said if inner["kind"] == kind]
