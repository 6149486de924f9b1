"""Clients and workers of a stack under chaos; what they were told is written down."""

from __future__ import annotations

import collections
import http.client
import random
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.chaos.models import MESSAGE, SIGNAL, STARTED, WORK
from tests.lib.stack import Client
from tests.lib.weirtest import Answer

PATIENCE = 90  # seconds until a client gives up: something hangs
RETRY = {429, 502, 503, 504}


class Load:
    """Starts instances until stop_starting(), does their work until end()."""

    def __init__(self, admin: Client, seed: int, starters: int = 3) -> None:
        self.admin = admin
        self.seed = seed
        self.over = threading.Event()
        self.full = threading.Event()  # nothing is started any more
        self.lock = threading.Lock()
        self.failures: list[str] = []
        self.started: dict[str, str] = {}  # business key: id
        self.written: dict[str, dict[str, Any]] = collections.defaultdict(dict)
        self.said: set[str] = set()  # keys of messages
        self.effects: collections.Counter[str] = collections.Counter()  # by job
        self.attempts: dict[str, int] = {}  # of a job, the newest that was heard
        self.stale: list[str] = []  # accepted, though another one had the job
        self.late = 0  # completions that came after their lease
        self.resolved = 0  # incidents
        self.dropped = 0  # workers that died after their effect
        self.retries = 0
        self.number = 0
        work: list[Callable[[int], None]] = [self.start] * starters
        work += [self.complete] * 2 + [self.serve] * 3 + [self.signal, self.operate]
        self.threads = [
            threading.Thread(target=self.loop, args=(fn, n))
            for n, fn in enumerate(work)
        ]

    def begin(self) -> None:
        for t in self.threads:
            t.start()

    def stop_starting(self) -> None:
        self.full.set()

    def end(self) -> None:
        self.full.set()
        self.over.set()
        for t in self.threads:
            t.join()

    def loop(self, fn: Callable[[int], None], n: int) -> None:
        try:
            fn(n)
        except Exception as why:
            self.failures.append(f"{fn.__name__}: {why!r}")

    # ---- requests ----

    def call(self, method: str, path: str, body: Any, key: str = "") -> Answer:
        """Until there is a definite answer, always with the same key."""
        headers = {"Idempotency-Key": key} if key else {}
        end = time.monotonic() + PATIENCE
        last = ""
        while time.monotonic() < end:
            try:
                a = self.admin.send(method, path, body, headers)
                last = f"{a.status} {a.body[:200]!r}"
                busy = a.status == 409 and a.json["code"] == "idempotency-in-flight"
                if a.status not in RETRY and not busy:
                    return a
            except (OSError, http.client.HTTPException) as why:
                last = repr(why)
            with self.lock:
                self.retries += 1
            self.over.wait(0.05)
        raise AssertionError(f"{method} {path}: no answer in {PATIENCE} s ({last})")

    def must(self, method: str, path: str, body: Any = None, key: str = "") -> Any:
        a = self.call(method, path, body, key)
        if a.status >= 300:
            raise AssertionError(f"{method} {path}: {a.status} {a.body[:300]!r}")
        return a.json

    # ---- those who start ----

    def start(self, thread: int) -> None:
        dice = random.Random(f"{self.seed}-{thread}")
        while not self.full.is_set():
            with self.lock:
                self.number += 1
                n = self.number
            self.start_one(dice, n)
            self.full.wait(0.02)

    def start_one(self, dice: random.Random, n: int) -> None:
        model = dice.choice(STARTED)
        key = f"{model}-{n}"
        before = dice.random() < 0.5
        if model == "talk" and before:
            self.publish(key)
        body = {
            "definition": model,
            "businessKey": key,
            "variables": {"n": n, "k": key},
        }
        made = self.must("POST", "/api/v1/instances", body, f"start-{key}")
        with self.lock:
            self.started[key] = made["id"]
        if model == "talk" and not before:
            self.publish(key)

    def publish(self, key: str) -> None:
        body = {
            "name": MESSAGE,
            "correlationKey": key,
            "mode": "publish",
            "messageId": key,
            "ttl": 3600,
            "variables": {"said": key},
        }
        self.must("POST", "/api/v1/messages", body, f"news-{key}")
        with self.lock:
            self.said.add(key)

    def signal(self, thread: int) -> None:
        n = 0
        while not self.over.is_set():
            n += 1
            body = {"name": SIGNAL}
            self.must("POST", "/api/v1/signals", body, f"go-{thread}-{n}")
            self.over.wait(0.7)

    # ---- people ----

    def complete(self, thread: int) -> None:
        dice = random.Random(f"{self.seed}-{thread}")
        while not self.over.is_set():
            found = self.must("GET", "/api/v1/tasks?limit=50")["items"]
            dice.shuffle(found)
            for task in found[:10]:
                self.complete_one(task)
            if not found:
                self.over.wait(0.05)

    def complete_one(self, task: Any) -> None:
        """Of two who do it one is too late; so is who comes after the timer."""
        id, element = task["id"], task["element"]
        body = {"variables": {element: id}}
        a = self.call("POST", f"/api/v1/tasks/{id}/complete", body, f"done-{id}")
        if a.status == 200:
            with self.lock:
                self.written[task["instance"]][element] = id
        elif a.status not in (404, 409):
            raise AssertionError(f"complete: {a.status} {a.body[:300]!r}")

    def operate(self, thread: int) -> None:
        """Work during which its slot was killed three times in a row is given up,
        as if it had killed it: somebody has to look at it and resolve that."""
        while not self.over.wait(0.5):
            for n in self.must("GET", "/api/v1/incidents?limit=20")["items"]:
                path = f"/api/v1/incidents/{n['id']}/resolve"
                a = self.call("POST", path, {}, f"resolve-{thread}-{n['id']}")
                if a.status == 200:
                    self.resolved += 1
                elif a.status not in (404, 409):
                    raise AssertionError(f"{path}: {a.status} {a.body[:300]!r}")

    # ---- workers ----

    def serve(self, thread: int) -> None:
        """Some die after their effect, some are stopped past their lease."""
        dice = random.Random(f"{self.seed}-{thread}")
        ask = {"type": WORK, "worker": f"w{thread}", "maxJobs": 4, "leaseSeconds": 1}
        while not self.over.is_set():
            jobs = self.must("POST", "/api/v1/jobs/activate", ask)["items"]
            with self.lock:
                for job in jobs:
                    known = self.attempts.get(job["id"], 0)
                    self.attempts[job["id"]] = max(known, job["attempt"])
            zombie = dice.random() < 0.04
            if zombie and jobs:
                self.over.wait(1.5)
            for job in jobs:
                with self.lock:
                    self.effects[job["id"]] += 1
                if dice.random() >= 0.04:
                    self.finish(job, zombie)
                else:  # C11
                    self.dropped += 1
            if not jobs:
                self.over.wait(0.05)

    def finish(self, job: Any, zombie: bool) -> None:
        with self.lock:
            newest = self.attempts[job["id"]]
        body = {"lease": job["lease"], "variables": {job["element"]: job["id"]}}
        path = f"/api/v1/jobs/{job['id']}/complete"
        a = self.call("POST", path, body, job["lease"])
        if a.status not in (200, 404, 409):
            raise AssertionError(f"{path}: {a.status} {a.body[:300]!r}")
        with self.lock:
            self.late += zombie
            if a.status != 200:
                return
            # Several of a loop write the same name: the last one stays.
            if job["element"] != "many":
                self.written[job["instance"]][job["element"]] = job["id"]
            if job["attempt"] < newest:
                self.stale.append(job["id"])
