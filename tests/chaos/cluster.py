"""The stack that is killed: programs with crash points, servers of its own."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import threading
from typing import Any

from tests.lib.pg import Postgres
from tests.lib.rabbit import Rabbit
from tests.lib.redis import Redis
from tests.lib.stack import Stack
from tests.lib.weirtest import BUILD, TMP, Process

SETTINGS: dict[str, Any] = {
    "retry_delay_max": "300ms",
    "amqp_wait": "1s",
    "redis_wait": "300ms",
    "lease_ttl": "2s",
    "lock_ttl": "1s",
    "timer_scan": "100ms",
    "dispatch_lease": "1s",
    "connect_attempts": 200,
    "access_ttl": "1d",
    "threads": 16,
}


class Chaotic(Stack):
    """Its worker and scheduler have the crash points in."""

    more: dict[str, str]

    def program(self, name: str, *args: str, **env: str) -> Process:
        file = BUILD / "tests/chaos" / f"weir-{name}"
        return Process(
            [str(file), "--home", str(self.home), *args],
            f"{self.name}-{name}",
            **self.more,
            **env,
        )


class Cluster:
    """`full`: on PostgreSQL, Redis and RabbitMQ; else on SQLite alone.  `rule` is
    the one that is left out, or ""."""

    def __init__(
        self, name: str, full: bool, rule: str = "", slots: int = 4, **settings: Any
    ) -> None:
        self.full = full
        self.points = TMP / f"{name}-points"
        self.points.mkdir()
        self.points.chmod(0o777)
        self.armed: list[str] = []
        self.schedulers = 2 if full else 1
        self.second: Process | None = None
        self.lock = threading.Lock()  # of who starts a scheduler
        self.pg: Postgres | None = None
        self.redis: Redis | None = None
        self.rabbit: Rabbit | None = None
        more = {**SETTINGS, **settings}
        if full:
            more["slots"] = slots
            more.update(self.start_servers(name))
        self.stack = Chaotic(name, **more)
        self.stack.more = {"WEIR_CRASH_DIR": str(self.points)}
        if rule:
            self.stack.more["WEIR_SABOTAGE"] = rule

    def start_servers(self, name: str) -> dict[str, str]:
        """Their settings."""
        try:
            self.pg = Postgres()
            self.redis = Redis(f"{name}-redis")
            self.rabbit = Rabbit(f"{name}-rabbit")
        except BaseException:
            self.end_servers()
            raise
        return {
            "database_url": self.pg.url,
            "redis_url": self.redis.url,
            "amqp_url": self.rabbit.url,
        }

    def start(self) -> None:
        self.stack.start()
        if self.full:
            self.second = self.stack.program("scheduler")

    # ---- crash points ----

    def arm(self, name: str) -> None:
        self.armed.append(name)
        (self.points / name).touch()

    def disarm(self) -> None:
        for name in self.armed:
            (self.points / name).unlink(missing_ok=True)
        self.armed = []

    # ---- schedulers ----

    def process(self, n: int) -> Process:
        p = self.second if n else self.stack.scheduler
        assert p
        return p

    def scheduler_pid(self, n: int) -> int:
        return self.process(n).popen.pid

    def restart_scheduler(self, n: int) -> None:
        with self.lock:
            self.replace(n)

    def replace(self, n: int) -> None:
        self.process(n).end(signal.SIGKILL)
        if n:
            self.second = self.stack.program("scheduler")
        else:
            self.stack.start_scheduler()

    def revive(self) -> None:
        """A crash point may have ended a scheduler, which nobody starts again."""
        with self.lock:
            for n in range(self.schedulers):
                if self.process(n).popen.poll() is not None:
                    self.replace(n)

    # ---- the store ----

    @property
    def url(self) -> str:
        return self.pg.url if self.pg else f"sqlite:{self.stack.home}/weir.db"

    def rows(self, table: str, where: str = "true") -> int:
        sql = f"SELECT count(*) FROM {table} WHERE {where}"
        if not self.pg:
            db = sqlite3.connect(f"file:{self.stack.home}/weir.db?mode=ro", uri=True)
            with db:
                return int(db.execute(sql).fetchone()[0])
        got = subprocess.run(
            ["psql", "-XAtq", self.url, "-c", sql], capture_output=True, text=True
        )
        return int(got.stdout) if got.returncode == 0 else -1

    def stop(self) -> None:
        """The programs; the servers stay, to be looked at."""
        if self.second:
            self.second.end()
        self.stack.end()

    def end(self) -> None:
        self.stop()
        self.end_servers()

    def end_servers(self) -> None:
        for server in (self.redis, self.rabbit, self.pg):
            if server:
                server.end()
