"""What test suites in Python share: cases, processes, HTTP and tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

TOP = pathlib.Path(os.environ["WEIR_TOP"])
BUILD = pathlib.Path(os.environ["WEIR_BUILD"])
TMP = pathlib.Path(os.environ["WEIR_TMP"])


class Skip(Exception):
    """Raised by a case that cannot run here; the text says why."""


class Suite:
    """Runs cases in the order they were declared and prints their lines."""

    def __init__(self) -> None:
        self.cases: list[tuple[str, Callable[[], None]]] = []

    def case(self, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
        def add(fn: Callable[[], None]) -> Callable[[], None]:
            self.cases.append((name, fn))
            return fn

        return add

    def run(self) -> None:
        failed = False
        only = os.environ.get("WEIR_ONLY", "")
        for name, fn in self.cases:
            if only not in name:
                continue
            try:
                fn()
            except Skip as why:
                print(f"skip {name}: {why}", flush=True)
            except Exception as why:  # a case may fail in any way
                failed = True
                traceback.print_exc()
                text = " ".join(str(why).split()) or type(why).__name__
                print(f"not ok {name}: {text[:300]}", flush=True)
            else:
                print(f"ok {name}", flush=True)
        sys.exit(1 if failed else 0)


def equal(got: object, want: object, what: str = "") -> None:
    if got != want:
        raise AssertionError(f"{what + ': ' if what else ''}got {got!r}, want {want!r}")


def true(condition: object, what: str) -> None:
    if not condition:
        raise AssertionError(what)


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 20) -> Any:
    """Poll until the condition holds; errors of the network count as not yet."""
    end = time.monotonic() + seconds
    last: object = None
    pause = __import__("threading").Event()
    while time.monotonic() < end:
        try:
            value = condition()
            if value:
                return value
        except (OSError, http.client.HTTPException) as why:
            last = why
        pause.wait(0.02)
    raise AssertionError(f"{what} did not happen in {seconds} s ({last})")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Process:
    """A program of this test; ended by its own pid."""

    def __init__(self, argv: list[str], log: str, **env: str) -> None:
        self.log = TMP / f"{log}.log"
        with self.log.open("ab") as out:
            self.popen = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                env={**os.environ, **env},
            )

    def end(self, sig: int = signal.SIGTERM, seconds: float = 20) -> int:
        if self.popen.poll() is None:
            self.popen.send_signal(sig)
        try:
            return self.popen.wait(seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            return self.popen.wait()


class Answer:
    def __init__(
        self, status: int, headers: list[tuple[str, str]], body: bytes
    ) -> None:
        self.status = status
        self.raw_headers = headers
        self.headers = {k.lower(): v for k, v in headers}
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def request(
    port: int,
    method: str,
    path: str,
    body: bytes | str | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    conn = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        conn.request(method, path, body=body, headers=dict(headers or {}))
        res = conn.getresponse()
        return Answer(res.status, res.getheaders(), res.read())
    finally:
        conn.close()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def token(
    key_hex: str,
    header: Mapping[str, Any] | None = None,
    **claims: Any,
) -> str:
    """An access token as the worker signs it; a claim of None is left out."""
    now = int(time.time())
    head = {"alg": "HS256", "typ": "at+jwt", "kid": "1", **(header or {})}
    body: dict[str, Any] = {
        "iss": "weir",
        "aud": "weir",
        "sub": "ada",
        "iat": now,
        "nbf": now,
        "exp": now + 600,
        "jti": "t1",
        "sid": "session-1",
        "roles": ["operator", "viewer"],
        "tenant": 0,
    }
    body.update(claims)
    body = {k: v for k, v in body.items() if v is not None}
    head = {k: v for k, v in head.items() if v is not None}
    text = b64(json.dumps(head).encode()) + "." + b64(json.dumps(body).encode())
    mac = hmac.new(bytes.fromhex(key_hex), text.encode(), hashlib.sha256)
    return text + "." + b64(mac.digest())
