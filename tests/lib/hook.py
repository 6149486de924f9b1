"""The receiving end of a webhook."""

from __future__ import annotations

import http.server
import json
import threading
from typing import Any

from tests.lib.weirtest import free_port


class Hook(http.server.ThreadingHTTPServer):
    """Keeps what it is sent; answers the statuses given, then 200."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", free_port()), HookHandler)
        self.got: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.delay = 0.0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"

    def taken(self) -> list[Any]:
        return [json.loads(body) for _, _, body in self.got]


class HookHandler(http.server.BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        n = int(self.headers["Content-Length"])
        body = self.rfile.read(n)
        headers = {k.lower(): v for k, v in self.headers.items()}
        self.server.got.append((self.path, headers, body))
        threading.Event().wait(self.server.delay)  # a slow server
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        pass
