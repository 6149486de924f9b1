"""State from history alone: what a fold over the events says must be there."""

from __future__ import annotations

import collections
from typing import Any

from tests.lib.stack import Client
from tests.lib.weirtest import equal

# kind: what opens one and what closes it; an activity that runs several times
# is there itself beside its iterations
KINDS = {
    "element": ("element-started", "element-completed", "element-canceled"),
    "loop": ("loop-started", "loop-completed", "loop-canceled"),
    "task": ("task-created", "task-completed", "task-canceled"),
    "job": ("job-created", "job-completed", "job-canceled"),
    "incident": ("incident-created", "incident-resolved"),
}


def moved(
    count: collections.Counter[str], data: dict[str, Any]
) -> collections.Counter[str]:
    """The same in another version, where elements may have other names."""
    names = {m["from"]: m["to"] for m in data.get("mappings", [])}
    there: collections.Counter[str] = collections.Counter()
    for element, n in count.items():
        there[names.get(element, element)] += n
    return there


def fold(events: list[Any]) -> dict[str, collections.Counter[str]]:
    """By kind, how many are open at which element."""
    found = {}
    for kind, (opens, *closes) in KINDS.items():
        count: collections.Counter[str] = collections.Counter()
        for e in events:
            if e["type"] == "instance-migrated":
                count = moved(count, e["data"])
            elif e["type"] == opens:
                count[e["element"]] += 1
            elif e["type"] in closes:
                count[e["element"]] -= 1
        found[kind] = collections.Counter({k: n for k, n in count.items() if n})
    return found


def variables(events: list[Any]) -> dict[str, Any]:
    """The process's own variables after the last event."""
    have: dict[str, Any] = {}
    for e in events:
        if e["type"] == "variable-set" and not e.get("element"):
            have.update(e["data"])
        elif e["type"] == "variable-removed" and not e.get("element"):
            for name in e["data"]:
                have.pop(name, None)
    return have


def check(admin: Client, id: str) -> None:
    """The stored state of an instance is what its history adds up to."""
    events = admin.history(id)
    said = fold(events)
    tokens = [t for t in admin.tokens(id) if t["state"] != "queued"]
    stands = collections.Counter(t["element"] for t in tokens)
    equal(stands, said["element"] + said["loop"], f"tokens of {id} and its history")
    for kind, path in (("task", "tasks"), ("incident", "incidents"), ("job", "jobs")):
        rows = admin.items(f"/api/v1/{path}?instance={id}")
        have = collections.Counter(r["element"] for r in rows)
        equal(have, said[kind], f"{path} of {id} and its history")
    have = admin.variables(id)
    equal(have, variables(events), f"variables of {id} and its history")
