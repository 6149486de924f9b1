"""Many requests at once that wait, on sockets of their own in one thread."""

from __future__ import annotations

import json
import selectors
import socket
import time
from typing import Any

from tests.lib.stack import Client, Stack
from tests.lib.weirtest import Answer, wait_for


class Poll:
    """One request, sent when it is made; answered by and by."""

    def __init__(
        self, client: Client, path: str, body: Any, wait: float | None
    ) -> None:
        data = json.dumps(body).encode()
        prefer = "" if wait is None else f"Prefer: wait={wait:.0f}\r\n"
        self.sock = socket.create_connection(("127.0.0.1", client.stack.port))
        self.sock.sendall(
            f"POST {path} HTTP/1.1\r\nHost: weir\r\nConnection: close\r\n{prefer}"
            f"Authorization: Bearer {client.token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(data)}\r\n\r\n"
            "".encode()
            + data
        )
        self.data = b""
        self.sent_at = time.monotonic()
        self.answered_at = 0.0

    def read(self) -> bool:
        """Whether that was the end."""
        part = self.sock.recv(65536)
        self.data += part
        if part:
            return False
        self.answered_at = time.monotonic()
        self.sock.close()
        return True

    @property
    def answer(self) -> Answer:
        head, _, body = self.data.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        if len(lines[0].split()) < 2:
            raise AssertionError(f"no answer: {self.data!r}")
        headers = [(k, v.strip()) for k, _, v in (x.partition(":") for x in lines[1:])]
        return Answer(int(lines[0].split()[1]), headers, body)

    @property
    def jobs(self) -> list[Any]:
        a = self.answer
        if a.status != 200:
            raise AssertionError(f"{a.status}: {a.body!r}")
        found: list[Any] = a.json["items"]
        return found


def answers(polls: list[Poll], n: int, seconds: float = 20) -> list[Poll]:
    """The first n that are answered, in that order."""
    done: list[Poll] = []
    end = time.monotonic() + seconds
    with selectors.DefaultSelector() as sel:
        for p in polls:
            if not p.answered_at:
                sel.register(p.sock, selectors.EVENT_READ, p)
        while len(done) < n and time.monotonic() < end:
            for key, _ in sel.select(0.1):
                sock = key.fileobj
                if key.data.read():
                    sel.unregister(sock)
                    done.append(key.data)
    if len(done) < n:
        raise AssertionError(f"{len(done)} of {n} were answered in {seconds} s")
    return done


def activation(
    client: Client, type: str | None, wait: float | None, max: int = 1, **more: Any
) -> Poll:
    body = {"worker": "w", "maxJobs": max, "leaseSeconds": 60, **more}
    if type:
        body["type"] = type
    return Poll(client, "/api/v1/jobs/activate", body, wait)


def metric(stack: Stack, name: str) -> int:
    """Its value, all its samples added up."""
    text = Client(stack, None).get("/metrics").body.decode()
    ends = (name + " ",) if "{" in name else (name + " ", name + "{")
    lines = [x for x in text.splitlines() if x.startswith(ends)]
    return int(sum(float(x.rpartition(" ")[2]) for x in lines))


def parked(stack: Stack, kind: str = "jobs") -> int:
    return metric(stack, f'weir_edge_parked{{for="{kind}"}}')


def wait_parked(stack: Stack, n: int, kind: str = "jobs", seconds: float = 20) -> None:
    wait_for(lambda: parked(stack, kind) == n, f"{n} parked", seconds)
