"""A hub on this machine that speaks as much of the Hugging Face protocol as a download needs."""

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlparse

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"

    def log_message(self, *args) -> None:
        """Say nothing."""

    def do_HEAD(self) -> None:
        self._answer(body=False)

    def do_GET(self) -> None:
        self._answer(body=True)

    def _answer(self, body: bool) -> None:
        path = urlparse(self.path).path
        self.server.asked.append((path, self.headers.get("Authorization")))
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"] and "revision" in parts:
            at = parts.index("revision")
            self._describe("/".join(parts[2:at]), parts[at + 1], body)
        elif "resolve" in parts:
            at = parts.index("resolve")
            file = self.server.models["/".join(parts[:at])] / "/".join(parts[at + 2 :])
            self._send(200, file.read_bytes(), body, "application/octet-stream")
        else:
            self._refuse(404, "EntryNotFound", body)

    def _describe(self, name: str, revision: str, body: bool) -> None:
        if name == "closed/model":
            return self._refuse(403, "GatedRepo", body)
        if name not in self.server.models:
            return self._refuse(404, "RepoNotFound", body)
        if revision not in ("main", COMMIT):
            return self._refuse(404, "RevisionNotFound", body)
        folder = self.server.models[name]
        siblings = [
            {"rfilename": str(path.relative_to(folder)), "size": path.stat().st_size}
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        ]
        text = json.dumps({"id": name, "sha": COMMIT, "siblings": siblings, "tags": []})
        return self._send(200, text.encode(), body, "application/json")

    def _refuse(self, status: int, code: str, body: bool) -> None:
        self._send(status, b"{}", body, "application/json", {"X-Error-Code": code})

    def _send(self, status, data, body, kind, more=None) -> None:
        self.send_response(status)
        headers = {
            "Content-Type": kind,
            "Content-Length": str(len(data)),
            "ETag": f'"{hashlib.sha256(data).hexdigest()[:40]}"',
            "X-Repo-Commit": COMMIT,
            **(more or {}),
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if body:
            self.wfile.write(data)


class _Server(ThreadingHTTPServer):
    def __init__(self, models: dict[str, Path]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.models = models
        self.asked: list[tuple[str, str | None]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def serving(models: dict[str, Path]):
    """A running hub with these models, by id."""
    server = _Server(models)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
