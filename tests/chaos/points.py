"""C1 to C25: where each is, and what a sweep does there (docs/testing.md)."""

from __future__ import annotations

import os
import pathlib
import signal
from collections.abc import Callable

from tests.chaos.cluster import Cluster
from tests.lib.weirtest import TOP, wait_for

# Names of WEIR_CRASH(), of programs under load.
UNDER_LOAD = {
    "C1": ("request-read",),
    "C2": ("commit-before",),
    "C3": ("commit-sent",),
    "C4": ("commit-after",),
    "C5": ("answer-before", "answer-after"),
    "C6": ("announce-before",),
    "C7": ("announce-sent", "queue-published"),
    "C8": ("queue-taken",),
    "C9": ("job-claimed",),
    "C10": ("script-run",),
    "C12": ("queue-posted", "queue-acked"),
    "C14": ("timer-popped", "due-run", "due-ran"),
    "C15": ("due-run",),
    "C16": ("message-kept", "waiting-kept"),
}
# Those that have a case of their own.
ALONE = {
    "C13": ("commit-before.stop",),
    "C17": ("commit-sent",),
    "C18": ("deploy-read", "deploy-half"),
    "C19": ("commit-before", "commit-sent", "commit-after"),
    "C20": ("archive-written", "archive-pending", "purge-commit", "archive-purged"),
}
# In the programs of others: the worker of a test, a server, a disk.  C25 is that
# of tests/crash/disk.c, which 45-crash has under SQLite.
OUTSIDE = ("C11", "C21", "C22", "C23", "C24")
HIT_SECONDS = 60.0


class Sweep:
    """Counts which C was really reached."""

    def __init__(self) -> None:
        self.hits: dict[str, set[str]] = {}

    def note(self, number: str, place: str) -> None:
        self.hits.setdefault(number, set()).add(place)

    def hit(
        self,
        cluster: Cluster,
        number: str,
        name: str,
        drive: Callable[[], object] | None = None,
    ) -> None:
        """Armed until somebody was killed (or stopped) there."""
        file = cluster.points / name
        file.touch()
        try:
            if drive:
                drive()
            wait_for(lambda: not file.exists(), f"{number} {name}", HIT_SECONDS)
        finally:
            file.unlink(missing_ok=True)
        self.note(number, name)
        cluster.revive()

    def missing(self) -> list[str]:
        """What was never reached."""
        want = {**UNDER_LOAD, **ALONE}
        found = [
            f"{c} {name}"
            for c, names in want.items()
            for name in names
            if name not in self.hits.get(c, set())
        ]
        return found + [c for c in OUTSIDE if c not in self.hits]


def in_sources() -> set[str]:
    """Names of all crash points that are compiled in."""
    found = set()
    for folder in ("engine", "fcgi_workers", "scheduler"):
        for path in sorted((TOP / folder).rglob("*.c")):
            for piece in path.read_text().split('WEIR_CRASH("')[1:]:
                found.add(piece.partition('"')[0])
    return found


def stopped(pids: list[int]) -> list[int]:
    """Those that stand still."""
    found = []
    for pid in pids:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
        if text.rpartition(")")[2].split()[0] == "T":
            found.append(pid)
    return found


def go_on(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGCONT)
