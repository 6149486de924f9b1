"""Who is killed, stopped or emptied, and when: of a seed's choice."""

from __future__ import annotations

import collections
import os
import pathlib
import random
import shutil
import signal
import threading
import time
from typing import TYPE_CHECKING

from tests.lib.pg import Postgres, children, is_alive
from tests.lib.weirtest import wait_for

if TYPE_CHECKING:
    from tests.chaos.cluster import Cluster

# How often of a hundred times; `point` arms a named crash point.
FULL = {
    "slot": 30,
    "slot-stopped": 6,
    "master": 6,
    "scheduler": 18,
    "scheduler-stopped": 4,
    "point": 16,
    "redis": 6,
    "redis-emptied": 4,
    "postgres-backend": 5,
    "postgres": 2,
    "rabbitmq": 2,
    "rabbitmq-emptied": 1,
}
EMBEDDED = {"slot": 45, "slot-stopped": 5, "master": 15, "scheduler": 20, "point": 15}
STOPPED_SECONDS = 3.0  # longer than the leases of slots
# Kinds that kill nobody count as trouble, not as kills.
NO_KILL = ("slot-stopped", "scheduler-stopped", "redis-emptied")
SLOT_POINTS = (
    "request-read", "answer-before", "commit-before", "commit-sent", "commit-after",
    "answer-after", "job-claimed", "script-run", "due-run", "due-ran", "message-kept",
    "waiting-kept",
)  # fmt: skip
QUEUE_POINTS = (
    "announce-before", "announce-sent", "timer-popped", "queue-published",
    "queue-taken", "queue-posted", "queue-acked",
)  # fmt: skip


class Killer:
    def __init__(self, cluster: Cluster, seed: int, gap: tuple[float, float]) -> None:
        self.cluster = cluster
        self.random = random.Random(f"kills-{seed}")
        self.gap = gap
        self.done: collections.Counter[str] = collections.Counter()
        self.points: collections.Counter[str] = collections.Counter()
        self.failures: list[str] = []
        self.stopped: list[tuple[float, int]] = []  # when to go on, who
        self.over = threading.Event()
        self.reviver: threading.Thread | None = None
        weights = FULL if cluster.full else EMBEDDED
        self.names = list(weights)
        self.weights = list(weights.values())
        self.thread = threading.Thread(target=self.loop)

    @property
    def kills(self) -> int:
        hit = sum(self.points.values())
        return hit + sum(
            n for k, n in self.done.items() if k not in NO_KILL and k != "point"
        )

    def begin(self) -> None:
        self.thread.start()

    def end(self) -> None:
        self.over.set()
        self.thread.join()

    def loop(self) -> None:
        try:
            self.must_happen()
            while not self.over.wait(self.random.uniform(*self.gap)):
                self.go_on(time.monotonic())
                (what,) = self.random.choices(self.names, self.weights)
                self.one(what)
        except Exception as why:
            self.failures.append(f"killer: {why!r}")
        finally:
            if self.reviver:
                self.reviver.join()
            self.go_on(float("inf"))
            self.cluster.disarm()

    def must_happen(self) -> None:
        """Each server once, however short the run."""
        if self.cluster.full:
            for what in ("rabbitmq-emptied", "postgres", "redis"):
                self.one(what)
                self.over.wait(self.random.uniform(*self.gap))

    def one(self, what: str) -> None:
        if getattr(self, what.replace("-", "_"))():
            self.done[what] += 1

    def go_on(self, now: float) -> None:
        for until, pid in list(self.stopped):
            if until <= now:
                self.stopped.remove((until, pid))
                try:
                    os.kill(pid, signal.SIGCONT)
                except ProcessLookupError:
                    pass

    def stop(self, pid: int) -> bool:
        os.kill(pid, signal.SIGSTOP)
        self.stopped.append((time.monotonic() + STOPPED_SECONDS, pid))
        return True

    # ---- of Weir ----

    def some_slot(self) -> int | None:
        pids = self.cluster.stack.slot_pids()
        return self.random.choice(pids) if pids else None

    def slot(self) -> bool:
        """Not the last one: some work has to be under way that can be lost."""
        pid = self.some_slot()
        if not pid or (self.cluster.full and len(self.cluster.stack.slot_pids()) < 2):
            return False
        os.kill(pid, signal.SIGKILL)
        return True

    def slot_stopped(self) -> bool:
        pid = self.some_slot()
        return bool(pid and not self.stopped and self.stop(pid))

    def master(self) -> bool:
        """Its slots die with it."""
        stack = self.cluster.stack
        assert stack.worker
        slots = stack.slot_pids()
        stack.worker.end(signal.SIGKILL)
        wait_for(lambda: not any(is_alive(p) for p in slots), "the slots' end")
        stack.start_worker()
        return True

    def scheduler(self) -> bool:
        self.cluster.restart_scheduler(self.random.randrange(self.cluster.schedulers))
        return True

    def scheduler_stopped(self) -> bool:
        n = self.random.randrange(self.cluster.schedulers)
        return not self.stopped and self.stop(self.cluster.scheduler_pid(n))

    def point(self) -> bool:
        """The one armed before was reached, or is disarmed."""
        for name in self.cluster.armed:
            if not (self.cluster.points / name).exists():
                self.points[name] += 1
        self.cluster.disarm()
        names = SLOT_POINTS + (QUEUE_POINTS if self.cluster.full else ())
        self.cluster.arm(self.random.choice(names))
        return True

    # ---- servers ----

    def redis(self) -> bool:
        assert self.cluster.redis
        self.cluster.redis.kill()
        self.cluster.redis.start()
        return True

    def redis_emptied(self) -> bool:
        assert self.cluster.redis
        self.cluster.redis.ask("FLUSHALL")
        return True

    def postgres(self) -> bool:
        assert self.cluster.pg
        self.cluster.pg.kill()
        self.cluster.pg.start()
        return True

    def postgres_backend(self) -> bool:
        """The server drops all connections and recovers."""
        assert self.cluster.pg
        found = backends(self.cluster.pg)
        if found:
            os.kill(self.random.choice(found), signal.SIGKILL)
        return bool(found)

    def rabbitmq(self, empty: bool = False) -> bool:
        """It takes long to come back: others are killed meanwhile."""
        rabbit = self.cluster.rabbit
        assert rabbit
        if self.reviver and self.reviver.is_alive():
            return False
        rabbit.kill()
        if empty:
            shutil.rmtree(rabbit.folder / "data")
        self.reviver = threading.Thread(target=self.revive)
        self.reviver.start()
        return True

    def rabbitmq_emptied(self) -> bool:
        return self.rabbitmq(empty=True)

    def revive(self) -> None:
        try:
            assert self.cluster.rabbit
            self.cluster.rabbit.start()
        except Exception as why:
            self.failures.append(f"RabbitMQ: {why!r}")


def backends(pg: Postgres) -> list[int]:
    file = pg.folder / "data/postmaster.pid"
    return [p for p in children(int(file.read_text().split()[0])) if is_backend(p)]


def is_backend(pid: int) -> bool:
    """Of a client, not one of the server's own processes."""
    try:
        line = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return b"[local]" in line
