"""Chaos: a stack of its own under load, killed at random, then judged.

    ./dev chaos --seconds 60 [--kills 100] [--seed 1] [--embedded] [--json]
                [--sabotage revision|fence|search]

Who is killed and when, and what is started, is drawn from the seed.  With --kills
it goes on until so many were killed and half as many instances started, --seconds
is then how long that may take.
Exit status 0: every invariant holds; 1: one does not, or not enough was killed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from typing import Any

from tests.chaos.cluster import Cluster
from tests.chaos.kills import Killer
from tests.chaos.load import Load
from tests.chaos.models import FILES
from tests.chaos.verdict import Verdict, judge
from tests.lib.weirtest import wait_for

END_SECONDS = 60  # in which everything ends when nobody is killed any more


@dataclasses.dataclass
class Outcome:
    seed: int
    kills: int
    by_kind: dict[str, int]
    points: dict[str, int]
    instances: int
    started: int
    retries: int
    resolved: int
    seconds: float
    checked: dict[str, int]
    violations: list[str]

    @property
    def ok(self) -> bool:
        return not self.violations

    def lines(self) -> list[str]:
        def words(of: dict[str, int]) -> str:
            return " ".join(f"{k}={n}" for k, n in sorted(of.items()))

        found = [
            f"seed {self.seed}, {self.seconds:.0f} s",
            f"kills {self.kills}: {words(self.by_kind)}",
            f"crash points {words(self.points)}",
            f"instances {self.instances}, {self.started} started, "
            f"{self.retries} requests repeated, {self.resolved} incidents resolved",
            "checked " + " ".join(f"{k}={n}" for k, n in in_order(self.checked)),
        ]
        found += [f"violation {x}" for x in self.violations[:20]]
        if len(self.violations) > 20:
            found.append(f"... and {len(self.violations) - 20} more")
        found.append(f"verdict: {'ok' if self.ok else 'FAILED'}")
        return found


def in_order(checked: dict[str, int]) -> list[tuple[str, int]]:
    return sorted(checked.items(), key=lambda kn: int(kn[0][1:]))


def rest(cluster: Cluster, load: Load, v: list[str]) -> None:
    """Nothing fails any more: everything has to come to its end."""
    cluster.revive()
    try:
        wait_for(
            lambda: cluster.rows("wr_instance", "state < 2") == 0
            and cluster.rows("wr_outbox") == 0,
            "the end of all instances",
            END_SECONDS,
        )
    except AssertionError:
        n = cluster.rows("wr_instance", "state < 2")
        v.append(
            f"I1 {n} instances do not end, {cluster.rows('wr_outbox')} rows are owed"
        )
    load.end()
    v += load.failures


def chaos(
    name: str,
    seconds: float,
    seed: int = 1,
    kills: int = 0,
    full: bool = True,
    sabotage: str = "",
    gap: tuple[float, float] = (0.05, 0.5),
    **settings: Any,
) -> Outcome:
    cluster = Cluster(name, full, sabotage, **settings)
    found: list[str] = []
    began = time.monotonic()
    try:
        cluster.start()
        admin = cluster.stack.login()
        for file in FILES:
            admin.deploy(file)
        load = Load(admin, seed)
        killer = Killer(cluster, seed, gap)
        load.begin()
        killer.begin()
        began = time.monotonic()
        while time.monotonic() < began + seconds and not killer.failures:
            enough = killer.kills >= kills and len(load.started) >= kills // 2
            if load.over.wait(0.1) or (kills and enough):
                break
            cluster.revive()
        load.stop_starting()
        killer.end()
        found += killer.failures
        rest(cluster, load, found)
        cluster.stop()
        v: Verdict = judge(cluster, load)
    finally:
        cluster.end()
    if killer.kills < kills:
        found.append(f"only {killer.kills} kills in {seconds} s")
    return Outcome(
        seed=seed,
        kills=killer.kills,
        by_kind={k: n for k, n in killer.done.items() if k != "point"},
        points=dict(killer.points),
        instances=v.instances,
        started=len(load.started),
        retries=load.retries,
        resolved=load.resolved,
        seconds=time.monotonic() - began,
        checked=dict(v.checked),
        violations=found + v.violations,
    )


def main() -> int:
    p = argparse.ArgumentParser(prog="dev chaos", description=__doc__)
    p.add_argument("--seconds", type=float, default=60)
    p.add_argument("--kills", type=int, default=0)
    p.add_argument("--seed", type=int, default=int(time.time()))
    p.add_argument("--embedded", action="store_true")
    p.add_argument("--sabotage", choices=["revision", "fence", "search"], default="")
    p.add_argument("--json", action="store_true")
    o = p.parse_args()
    got = chaos("chaos", o.seconds, o.seed, o.kills, not o.embedded, o.sabotage)
    if o.json:
        print(json.dumps({**dataclasses.asdict(got), "ok": got.ok}))
    else:
        print("\n".join(got.lines()))
    return 0 if got.ok else 1


if __name__ == "__main__":
    sys.exit(main())
