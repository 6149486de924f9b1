"""One WEIR_HOME of a test, and ./dev as a person runs it there."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from typing import Any

from tests.lib.weirtest import BUILD, TMP, TOP, equal, free_port, request, true


class Home:
    """`top` may be another checkout; its build is then its own."""

    def __init__(
        self, name: str, top: pathlib.Path = TOP, user: int = 0, **env: str
    ) -> None:
        self.path = TMP / name
        self.top = top
        self.user = user
        self.port = free_port()
        self.env = env
        if top == TOP:
            self.env.setdefault("WEIR_BUILD_DIR", str(BUILD))

    def argv(self, *args: str) -> list[str]:
        become = []
        if self.user and os.getuid() == 0:
            id = str(self.user)
            become = ["setpriv", "--reuid", id, "--regid", id, "--clear-groups"]
        return [*become, str(self.top / "dev"), *args]

    def environment(self, **more: str) -> dict[str, str]:
        env = {
            **os.environ,
            "WEIR_HOME": str(self.path),
            "WEIR_PORT": str(self.port),
            **self.env,
            **more,
        }
        return {k: v for k, v in env.items() if v}

    def dev(
        self, *args: str, input: str = "", **env: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.argv(*args),
            env=self.environment(**env),
            input=input,
            capture_output=True,
            text=True,
        )

    def up(self, **env: str) -> str:
        got = self.dev("up", **env)
        true(got.returncode == 0, got.stdout + got.stderr)
        return got.stdout

    def down(self) -> None:
        got = self.dev("down")
        true(got.returncode == 0, got.stdout + got.stderr)

    def refused(self, *args: str, says: str, **env: str) -> str:
        got = self.dev(*args, **env)
        true(got.returncode != 0, f"accepted: {got.stdout}")
        true(says in got.stderr + got.stdout, got.stdout + got.stderr)
        return got.stdout + got.stderr

    def password(self) -> str:
        return self.dev("password").stdout.strip()

    def login(self, password: str) -> Any:
        return request(
            self.port,
            "POST",
            "/api/v1/auth/login",
            json.dumps({"username": "admin", "password": password}),
            {"Content-Type": "application/json"},
        )

    def get(self, path: str) -> Any:
        a = self.login(self.password())
        equal(a.status, 200, "login")
        head = {"Authorization": "Bearer " + a.json["accessToken"]}
        a = request(self.port, "GET", path, headers=head)
        equal(a.status, 200, path)
        return a.json

    def instances(self) -> list[tuple[str, str, int]]:
        items = self.get("/api/v1/instances?limit=1000")["items"]
        return sorted((i["id"], i["state"], i["rev"]) for i in items)

    def pids(self) -> list[int]:
        """Programs that run from this home: its path is in their command."""
        found = []
        for proc in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                line = (proc / "cmdline").read_bytes().decode(errors="replace")
            except OSError:
                continue
            if str(self.path) + "/" in line:
                found.append(int(proc.name))
        return found
