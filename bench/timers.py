#!/usr/bin/python3
"""How late timers fire, by a real stack; prints one JSON line.

    bench/timers.py [--rate 1000] [--seconds 10] [--postgresql]

Timers of 100 instances are spread evenly over the seconds, as many a second as
`rate` says; the lateness is the workers' own histogram.
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


def quantile(found: dict[float, int], part: float) -> float:
    """The bound of the bucket that has it."""
    return next(le for le in sorted(found) if found[le] >= part * max(found.values()))


def measure(stack: Stack, rate: int, seconds: int) -> dict[str, Any]:
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
    wait_for(
        lambda: max(buckets(stack).values(), default=0) >= all,
        "all to fire",
        seconds=120 + 2 * seconds,
    )
    found = buckets(stack)
    return {
        "bench": "timers",
        "timers": all,
        "per_second": rate,
        "begun_before_s": round(left, 1),
        "p50_s": quantile(found, 0.5),
        "p99_s": quantile(found, 0.99),
        "within_50ms": round(found[0.05] / max(found.values()), 4),
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
        answer = measure(stack, o.rate, o.seconds)
    finally:
        stack.end()
        if pg:
            pg.end()
    print(json.dumps(answer | {"store": "postgresql" if pg else "sqlite"}))


main()
