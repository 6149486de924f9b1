"""A real stack for a test: weir-worker, weir-scheduler and nginx in one home."""

from __future__ import annotations

import http.client
import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
from typing import Any

from tests.lib.openapi import Api
from tests.lib.weirtest import (
    BUILD,
    TMP,
    TOP,
    Answer,
    Process,
    equal,
    free_port,
    wait_for,
)

PASSWORD = "correct horse"
SOCKET_MAX = 80  # what a home may have for sun_path to hold its sockets


class Stack:
    """Settings are those of weir.conf."""

    def __init__(self, name: str, api: Api | None = None, **settings: object) -> None:
        self.name = name
        self.home = TMP / name
        if len(str(self.home)) > SOCKET_MAX:
            self.home = pathlib.Path(tempfile.mkdtemp(prefix="weir-"))
        for folder in ("run", "log", "secret"):
            (self.home / folder).mkdir(parents=True)
        self.api = api
        self.settings = {"threads": 12, "body_max": 1 << 20, **settings}
        self.edge_body_max = self.settings["body_max"]  # what nginx lets through
        self.edge: dict[str, str] = {}  # more for nginx-conf/render.sh
        self.slots = int(str(settings.get("slots", 1)))
        self.port = free_port()
        self.write_settings()
        self.key = secrets.token_hex(32)
        key = self.home / "secret/jwt.key"
        key.write_text(self.key)
        key.chmod(0o600)
        (self.home / "secret").chmod(0o700)
        self.worker: Process | None = None
        self.scheduler: Process | None = None
        self.nginx: Process | None = None

    def write_settings(self, **more: object) -> None:
        self.settings.update(more)
        lines = [f"{k} = {v}\n" for k, v in self.settings.items()]
        (self.home / "weir.conf").write_text("".join(lines))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Stack:
        self.start_worker()
        self.start_scheduler()
        self.start_nginx()
        return self

    def program(self, name: str, *args: str, **env: str) -> Process:
        return Process(
            [str(BUILD / f"weir-{name}"), "--home", str(self.home), *args],
            f"{self.name}-{name}",
            **env,
        )

    def start_worker(self) -> None:
        self.worker = self.program("worker", WEIR_ADMIN_PASSWORD=PASSWORD)
        wait_for(lambda: all(s.exists() for s in self.sockets()), "slot sockets")

    def start_scheduler(self) -> None:
        self.scheduler = self.program("scheduler")

    def sockets(self) -> list[pathlib.Path]:
        return [self.home / f"run/slot-{n}.sock" for n in range(self.slots)]

    def slot_pids(self) -> list[int]:
        """The processes that serve, children of the master."""
        assert self.worker
        pid = self.worker.popen.pid
        path = pathlib.Path(f"/proc/{pid}/task/{pid}/children")
        return [int(n) for n in path.read_text().split()]

    def wait_new_slots(self, old: list[int]) -> None:
        """Until all slots run and none of them is an old one."""

        def replaced() -> bool:
            now = self.slot_pids()
            return len(now) == self.slots and not set(now) & set(old)

        wait_for(replaced, "new slots")

    def render_nginx(self) -> None:
        conf = self.home / "run/nginx"
        (self.home / "console").mkdir(exist_ok=True)
        values = {
            "HOME": str(self.home),
            "MODULE": os.environ.get("WEIR_EDGE_MODULE")
            or str(BUILD / ".libs/ngx_http_weir_module.so"),
            "CONSOLE": str(self.home / "console"),
            "LISTEN": "127.0.0.1",
            "PORT": str(self.port),
            "SLOTS": str(self.slots),
            "THREADS": str(self.settings["threads"]),
            "BODY_MAX": str(self.edge_body_max),
            "NGINX_WORKERS": "1",
            **self.edge,
        }
        subprocess.run(
            [TOP / "nginx-conf/render.sh", conf]
            + [f"{k}={v}" for k, v in values.items()],
            check=True,
        )

    def start_nginx(self) -> None:
        self.render_nginx()
        conf = self.home / "run/nginx"
        as_root = " user root;" if os.getuid() == 0 else ""
        self.nginx = Process(
            [
                shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
                or "nginx",
                *("-p", str(self.home), "-c", str(conf / "nginx.conf")),
                *("-g", "daemon off;" + as_root),
            ],
            f"{self.name}-nginx",
            LD_PRELOAD=os.environ.get("WEIR_EDGE_PRELOAD", ""),
        )
        self.wait_ready()

    def wait_ready(self) -> None:
        anyone = Client(self, None)
        wait_for(lambda: anyone.get("/health/ready").status == 200, "ready")

    def login(self, user: str = "admin", password: str = PASSWORD) -> Client:
        c = Client(self, None)
        a = c.post("/api/v1/auth/login", {"username": user, "password": password})
        equal(a.status, 200, f"login: {a.body!r}")
        c.token = a.json["accessToken"]
        return c

    def weir(
        self, *args: str, input: str = "", **env: str
    ) -> subprocess.CompletedProcess[str]:
        """The command line against this stack, its session in the home."""
        return subprocess.run(
            [str(BUILD / "weir"), *args],
            input=input,
            text=True,
            capture_output=True,
            timeout=60,
            env={
                **os.environ,
                "WEIR_URL": self.url,
                "XDG_CONFIG_HOME": str(self.home / "config"),
                **env,
            },
        )

    def end(self) -> None:
        if self.nginx:
            self.nginx.end(signal.SIGQUIT)
        for p in (self.scheduler, self.worker):
            if p:
                p.end()


class Client:
    """One connection, kept open; made again when the server closed it."""

    def __init__(self, stack: Stack, token: str | None) -> None:
        self.stack = stack
        self.token = token
        self.local = threading.local()

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """A dict or list goes as JSON, bytes and text as they are."""
        given = dict(headers or {})
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            given.setdefault("Content-Type", "application/json")
        elif isinstance(body, str):
            body = body.encode()
        if self.token and "Authorization" not in given:
            given["Authorization"] = f"Bearer {self.token}"
        answer = self.exchange(method, path, body, given)
        if self.stack.api:
            self.stack.api.check(method, path, given, body, answer)
        return answer

    def exchange(
        self, method: str, path: str, body: bytes | str | None, headers: dict[str, str]
    ) -> Answer:
        conn = http.client.HTTPConnection("127.0.0.1", self.stack.port, timeout=60)
        try:
            conn.request(method, path, body=body, headers=headers)
            res = conn.getresponse()
            return Answer(res.status, res.getheaders(), res.read())
        finally:
            conn.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, None, names(headers))

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return self.send("POST", path, body, names(headers))

    def ok(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """The decoded answer of a call that must succeed."""
        a = self.send(method, path, body, names(headers))
        if not 200 <= a.status < 300:
            raise AssertionError(f"{method} {path}: {a.status} {a.body[:600]!r}")
        return a.json if a.body else None

    def deploy(self, xml: str | bytes, name: str = "test.bpmn") -> Any:
        return self.ok(
            "POST",
            f"/api/v1/deployments?name={name}",
            xml,
            Content_Type="application/xml",
        )

    def begin(self, definition: str, variables: Any = None, **more: Any) -> Any:
        body: dict[str, Any] = {"definition": definition, **more}
        if variables is not None:
            body["variables"] = variables
        return self.ok("POST", "/api/v1/instances", body)

    def instance(self, id: str) -> Any:
        return self.ok("GET", f"/api/v1/instances/{id}")

    def items(self, path: str) -> list[Any]:
        found: list[Any] = self.ok("GET", path)["items"]
        return found

    def tokens(self, id: str) -> list[Any]:
        return self.items(f"/api/v1/instances/{id}/tokens")

    def at(self, id: str) -> list[str]:
        return sorted(t["element"] for t in self.tokens(id))

    def variables(self, id: str, query: str = "") -> Any:
        return self.ok("GET", f"/api/v1/instances/{id}/variables{query}")

    def tasks(self, id: str) -> list[Any]:
        return self.items(f"/api/v1/tasks?instance={id}")

    def task(self, id: str) -> Any:
        found = self.tasks(id)
        equal(len(found), 1, "open tasks")
        return found[0]

    def complete(self, id: str, variables: Any = None) -> Any:
        """The only open task of an instance."""
        body = {} if variables is None else {"variables": variables}
        return self.ok("POST", f"/api/v1/tasks/{self.task(id)['id']}/complete", body)

    def activate(self, type: str, max: int = 1, lease: int = 60, **more: Any) -> Any:
        body = {"type": type, "worker": "test", "maxJobs": max, "leaseSeconds": lease}
        return self.ok("POST", "/api/v1/jobs/activate", {**body, **more})["items"]

    def history(self, id: str) -> list[Any]:
        """All of it; seq without a gap."""
        events: list[Any] = []
        after = "0"
        while True:
            page = self.ok("GET", f"/api/v1/instances/{id}/history?after={after}")
            events += page["items"]
            if not page.get("next"):
                break
            after = page["next"]
        equal([e["seq"] for e in events], list(range(1, len(events) + 1)), "seq")
        return events

    def wait_state(self, id: str, state: str, seconds: float = 20) -> Any:
        return wait_for(
            lambda: (i := self.instance(id))["state"] == state and i,
            f"{id} {state}",
            seconds,
        )


def names(headers: dict[str, str]) -> dict[str, str]:
    return {k.replace("_", "-"): v for k, v in headers.items()}


def problem(a: Answer, status: int, code: str) -> Any:
    """The answer is a problem document with this status and code."""
    equal(a.status, status, f"status ({a.body[:300]!r})")
    equal(a.headers.get("content-type"), "application/problem+json", "type")
    doc = a.json
    equal(doc["code"], code, f"code ({doc.get('detail')})")
    equal(doc["status"], status, "status member")
    equal(doc["traceId"], a.headers.get("x-request-id"), "traceId")
    equal(doc["type"], f"urn:weir:problem:{code}", "type member")
    for name in ("title", "detail"):
        if not doc[name]:
            raise AssertionError(f"no {name}")
    return doc
