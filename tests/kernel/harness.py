"""A real Jupyter kernel as a test drives it: cells in, everything that the kernel publishes out."""

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty

from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
COLAB = ROOT / os.environ.get("COLAB_VENV", ".venv-colab") / "bin" / "python"

KERNELS = {"current": sys.executable, "colab": str(COLAB)}
"""The Python of each set of kernel packages; that of Colab is made by `make setup-test`."""


@dataclass
class Reply:
    """What came of one cell."""

    id: str
    status: str = ""
    error: list[str] = field(default_factory=list)
    """The lines of the traceback, as a notebook shows them."""
    stdout: str = ""
    displays: list[dict] = field(default_factory=list)
    """Contents of ``display_data`` and ``execute_result``."""
    seconds: float = 0.0
    payload: list[dict] = field(default_factory=list)
    """What the front end is asked to do, such as to write a cell."""

    @property
    def text(self) -> str:
        """Everything a person sees of it, as text."""
        shown = [display["data"].get("text/plain", "") for display in self.displays]
        return "\n".join([self.stdout, *shown, *self.error])


class Kernel:
    """A running kernel in a folder of its own."""

    def __init__(self, python: str, folder: Path, **env: str) -> None:
        self.folder = folder
        self.messages: list[dict] = []
        """Every message of the kernel's public channel, in order."""
        self._manager = KernelManager()
        self._manager._kernel_spec = KernelSpec(
            argv=[python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
            display_name="of tests",
            language="python",
        )
        self._env = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "IPYTHONDIR": str(folder / ".ipython"),
            "FTKERNEL_LANG": "en",
            "OMP_NUM_THREADS": "1",
            **env,
        }
        self._manager.start_kernel(cwd=str(folder), env=self._env)
        self._connect()

    def _connect(self) -> None:
        self._client = self._manager.client()
        self._client.start_channels()
        self._client.wait_for_ready(timeout=60)

    @property
    def pid(self) -> int:
        """The kernel's process."""
        return self._manager.provisioner.process.pid

    def start(self, code: str, cell: str = "") -> Reply:
        """Send a cell and return at once; :meth:`finish` waits for its end.

        ``cell``: its id, which front ends with cells send along.
        """
        if not cell:
            return Reply(self._client.execute(code, allow_stdin=False, stop_on_error=False))
        content = {
            "code": code, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": False, "stop_on_error": False,
        }  # fmt: skip
        message = self._client.session.msg("execute_request", content, metadata={"cellId": cell})
        self._client.shell_channel.send(message)
        return Reply(message["header"]["msg_id"])

    def run(self, code: str, timeout: float = 60, cell: str = "") -> Reply:
        """Execute a cell to its end."""
        return self.finish(self.start(code, cell), timeout)

    def finish(self, reply: Reply, timeout: float = 60) -> Reply:
        """Wait for the end of a cell that was started."""
        begun = time.monotonic()
        while not self._listen(reply, begun + timeout - time.monotonic()):
            assert time.monotonic() - begun < timeout, f"the cell goes on: {reply.text}"
        answer = self._client.get_shell_msg(timeout=10)
        while answer["parent_header"].get("msg_id") != reply.id:
            answer = self._client.get_shell_msg(timeout=10)
        reply.status = answer["content"]["status"]
        reply.payload = answer["content"].get("payload", [])
        reply.seconds = time.monotonic() - begun
        return reply

    def until(self, reply: Reply, said: str, timeout: float = 30) -> None:
        """Wait until a cell that goes on has printed a text."""
        end = time.monotonic() + timeout
        while said not in reply.text:
            assert time.monotonic() < end, f"never said {said!r}: {reply.text}"
            self._listen(reply, 1)

    def hear(self, condition: Callable[[], object], timeout: float = 30) -> None:
        """Take in what the kernel publishes until a condition holds, whatever cell is at work."""
        wait_until(lambda: condition() or self._listen(Reply(""), 0.2), timeout)

    def _listen(self, reply: Reply, timeout: float) -> bool:
        """Take in one message; whether it was the end of the reply's cell."""
        try:
            message = self._client.get_iopub_msg(timeout=max(0.01, min(timeout, 1)))
        except Empty:
            return False
        self.messages.append(message)
        if message["parent_header"].get("msg_id") != reply.id:
            return False
        kind, content = message["msg_type"], message["content"]
        if kind == "stream" and content["name"] == "stdout":
            reply.stdout += content["text"]
        elif kind in {"display_data", "execute_result"}:
            reply.displays.append(content)
        elif kind == "error":
            reply.error = content["traceback"]
        return kind == "status" and content["execution_state"] == "idle"

    def updates(self, display_id: str) -> list[dict]:
        """The messages that replaced a display."""
        return [
            message
            for message in self.messages
            if message["msg_type"] == "update_display_data"
            and message["content"]["transient"]["display_id"] == display_id
        ]

    def complete(self, code: str, position: int | None = None) -> dict:
        """What Tab gets."""
        where = len(code) if position is None else position
        return self._client.complete(code, where, reply=True, timeout=30)["content"]

    def inspect(self, code: str, position: int) -> dict:
        """What Shift+Tab gets."""
        return self._client.inspect(code, position, reply=True, timeout=30)["content"]

    def send(self, kind: str, content: dict, subshell: str | None = None) -> None:
        """Send a message on the channel of requests, as a page does beside cells."""
        message = self._client.session.msg(kind, content)
        if subshell is not None:
            message["header"]["subshell_id"] = subshell
        self._client.shell_channel.send(message)

    def ask(self, kind: str, content: dict) -> dict:
        """Ask beside whatever runs, and give what is answered."""
        self._client.control_channel.send(self._client.session.msg(kind, content))
        return self._client.get_control_msg(timeout=20)["content"]

    def interrupt(self) -> None:
        """What the button Interrupt does."""
        self._manager.interrupt_kernel()

    def restart(self) -> None:
        """What the button Restart does."""
        self._client.stop_channels()
        self._manager.restart_kernel()
        self._connect()

    def kill(self) -> None:
        """The kernel dies without a word."""
        os.kill(self.pid, 9)

    def close(self) -> None:
        """End the kernel."""
        self._client.stop_channels()
        self._manager.shutdown_kernel(now=True)
