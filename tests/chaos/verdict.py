"""I1 to I12 of a store that nobody works on any more."""

from __future__ import annotations

import collections
import json
import subprocess
from typing import Any

from tests.chaos.cluster import Cluster
from tests.chaos.load import Load
from tests.chaos.models import EVENTS, STARTED, wrong
from tests.lib.weirtest import BUILD, TMP


class Verdict:
    def __init__(self) -> None:
        self.checked: collections.Counter[str] = collections.Counter()
        self.violations: list[str] = []
        self.instances = 0

    def violated(self, text: str) -> None:
        self.violations.append(text)

    def read_store(self, url: str) -> list[dict[str, Any]]:
        """What the store alone shows (tests/chaos/invariants.c)."""
        dump = TMP / "dump.ndjson"
        got = subprocess.run(
            [BUILD / "tests/chaos/weir-invariants", url, "--ended", "--dump", dump],
            capture_output=True,
            text=True,
        )
        if got.returncode not in (0, 1):
            raise AssertionError(f"weir-invariants: {got.stderr}")
        for line in got.stdout.splitlines():
            word, _, rest = line.partition(" ")
            if word == "violation":
                self.violated(rest)
            elif word == "instances":
                self.instances = int(rest)
            elif word.startswith("I"):
                self.checked[word] += int(rest)
        return [json.loads(x) for x in dump.read_text().splitlines()]

    def compare(self, rows: list[dict[str, Any]], load: Load) -> None:
        """What the clients know: the oracle of I3, I8, I11 and I12."""
        by_id = {r["id"]: r for r in rows}
        keys = collections.Counter(
            r["key"] for r in rows if r["definition"] in STARTED
        )
        for key, id in load.started.items():
            self.checked["I12"] += 1
            if id not in by_id or keys[key] != 1:
                self.violated(f"I12 {id}: {key} is there {keys[key]} times")
        for key in keys - collections.Counter(load.started.keys()):
            self.violated(f"I12 {key} was started, and nobody asked for it")
        for row in rows:
            if row["definition"] not in EVENTS:
                continue
            self.checked["I3"] += 1
            if row["state"] == "completed":
                for text in wrong(row):
                    self.violated(text)
            else:
                self.violated(f"I1 {row['id']} is {row['state']}")
            if row["incidents"]:
                self.violated(f"I1 {row['id']} has {row['incidents']} incidents")
            self.written(row, load)
        done = sum(
            n
            for r in rows
            if r["definition"] in EVENTS
            for name, n in r["events"].items()
            if name.split()[0] == "job-completed" and name.split()[1] != "sum"
        )
        self.checked["I11"] += len(load.effects)
        if len(load.effects) != done:
            self.violated(f"I11 {len(load.effects)} distinct effects of {done} jobs")
        for id in load.stale:
            self.violated(f"I6 job {id} was completed by a lease that was over")

    def written(self, row: dict[str, Any], load: Load) -> None:
        for name, value in load.written[row["id"]].items():
            self.checked["I8"] += 1
            if row["variables"].get(name) != value:
                self.violated(
                    f"I8 {row['id']}: {name} is {row['variables'].get(name)!r}, "
                    f"acknowledged was {value!r}"
                )


def judge(cluster: Cluster, load: Load) -> Verdict:
    v = Verdict()
    rows = v.read_store(cluster.url)
    v.compare(rows, load)
    return v
