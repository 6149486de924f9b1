#!/usr/bin/python3
"""How late timers fire, by a real stack; prints one JSON line.

    bench/timers.py [--rate 1000] [--seconds 10] [--postgresql]

Timers of 100 instances are spread evenly over the seconds, as many a second as
`rate` says; the lateness is the workers' own histogram.  Beside it: what a firing
costs of the processor, by program, and how many posts and commits there were, which
a machine that has other things to do does not change much.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import re
import sys
import tempfile
import time
from typing import Any

TOP = pathlib.Path(__file__).resolve().parent.parent
os.environ.setdefault("WEIR_TOP", str(TOP))
os.environ.setdefault("WEIR_BUILD", str(TOP / "build"))
os.environ.setdefault("WEIR_TMP", tempfile.mkdtemp(prefix="weir-bench-"))
sys.path.insert(0, str(TOP))

from tests.lib import bpmn  # noqa: E402
from tests.lib.bpmn import node  # noqa: E402
from tests.lib.pg import Postgres  # noqa: E402
from tests.lib.stack import Client, Stack  # noqa: E402
from tests.lib.weirtest import wait_for  # noqa: E402

INSTANCES = 100

MODEL = bpmn.process(
    "late",
    bpmn.start(),
    node(
        "subProcess",
        "many",
        "<multiInstanceLoopCharacteristics><loopCardinality>=n</loopCardinality>"
        "</multiInstanceLoopCharacteristics>"
        + bpmn.start("s")
        + bpmn.catch(
            "tick",
            bpmn.timer(
                at="=date and time(first)"
                ' + duration("PT" + string(loopCounter * apart) + "S")'
            ),
        )
        + bpmn.end("e")
        + bpmn.flows("s -> tick -> e"),
    ),
    bpmn.end(),
    bpmn.flows("start -> many -> end"),
)


def buckets(stack: Stack) -> dict[float, int]:
    text = Client(stack, None).get("/metrics").body.decode()
    found: dict[float, int] = {}
    for le, n in re.findall(
        r'^weir_timer_lateness_seconds_bucket\{slot="\d+",le="([^"]+)"\} (\d+)$',
        text,
        re.M,
    ):
        found[float(le)] = found.get(float(le), 0) + int(n)
    return found


def family(pid: int) -> list[int]:
    """A process and those below it."""
    try:
        text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return []
    return [pid] + [p for n in text.split() for p in family(int(n))]


def cpu(pid: int) -> float:
    """Seconds of the processor, of a process and those below it."""
    ticks = 0
    for each in family(pid):
        try:
            text = pathlib.Path(f"/proc/{each}/stat").read_text()
        except OSError:
            continue
        ticks += sum(int(n) for n in text.rpartition(") ")[2].split()[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def total(stack: Stack, name: str) -> int:
    text = Client(stack, None).get("/metrics").body.decode()
    return sum(
        int(n) for n in re.findall(rf"^weir_{name}(?:\{{.*\}})? (\d+)$", text, re.M)
    )


def spent(stack: Stack, pg: Postgres | None) -> dict[str, float]:
    assert stack.scheduler and stack.worker
    found = {
        "cpu_scheduler": cpu(stack.scheduler.popen.pid),
        "cpu_workers": cpu(stack.worker.popen.pid),
        "posts": total(stack, "queue_posts_total"),
        "batches": total(stack, "batches_total"),
    }
    if pg:
        file = pg.folder / "data/postmaster.pid"
        found["cpu_postgresql"] = cpu(int(file.read_text().split()[0]))
    return found


def quantile(found: dict[float, int], part: float) -> float:
    """The bound of the bucket that has it."""
    return next(le for le in sorted(found) if found[le] >= part * max(found.values()))


def measure(
    stack: Stack, pg: Postgres | None, rate: int, seconds: int
) -> dict[str, Any]:
    admin = stack.login()
    admin.deploy(MODEL)
    each = rate * seconds // INSTANCES
    first = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=20)
    for i in range(INSTANCES):
        at = first + datetime.timedelta(seconds=i / rate)
        given = {"n": each, "apart": INSTANCES / rate, "first": at.isoformat()}
        admin.begin("late", given)
    left = (first - datetime.datetime.now(datetime.UTC)).total_seconds()
    all = each * INSTANCES
    while datetime.datetime.now(datetime.UTC) < first:
        time.sleep(0.05)
    before = spent(stack, pg)
    # Asking for metrics is work, too.
    time.sleep(seconds + 1)

    def all_fired() -> bool:
        time.sleep(0.5)
        return max(buckets(stack).values(), default=0) >= all

    wait_for(all_fired, "all to fire", seconds=120 + 2 * seconds)
    time.sleep(1.5)  # the scheduler tells its numbers once a second
    after = spent(stack, pg)
    found = buckets(stack)
    by = {name: after[name] - before[name] for name in after}
    cost = {
        f"{name}_us": round(1e6 * s / all)
        for name, s in by.items()
        if name.startswith("cpu")
    }
    return {
        "bench": "timers",
        "timers": all,
        "per_second": rate,
        "begun_before_s": round(left, 1),
        "p50_s": quantile(found, 0.5),
        "p99_s": quantile(found, 0.99),
        "within_50ms": round(found[0.05] / max(found.values()), 4),
        "posts_per_1000": round(1000 * by["posts"] / all),
        "batches_per_1000": round(1000 * by["batches"] / all),
        **cost,
        "load": round(os.getloadavg()[0], 1),
    }


def main() -> None:
    ask = argparse.ArgumentParser()
    ask.add_argument("--rate", type=int, default=1000)
    ask.add_argument("--seconds", type=int, default=10)
    ask.add_argument("--postgresql", action="store_true")
    o = ask.parse_args()
    pg = Postgres() if o.postgresql else None
    settings: dict[str, Any] = {"database_url": pg.url, "slots": 2} if pg else {}
    stack = Stack("bench-timers", **settings)
    try:
        stack.start()
        answer = measure(stack, pg, o.rate, o.seconds)
    finally:
        stack.end()
        if pg:
            pg.end()
    print(json.dumps(answer | {"store": "postgresql" if pg else "sqlite"}))


main()
