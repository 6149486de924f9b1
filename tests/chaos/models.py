"""What runs while everything is killed, and what must have happened in the end."""

from __future__ import annotations

from typing import Any

from tests.lib import bpmn

WORK = "chaos-work"  # the type of all jobs
RETRIES = 1000  # claims are lost with those who made them
SIGNAL = "chaos-go"
MESSAGE = "chaos-news"
ASYNC = {
    "xmlns:camunda": "http://camunda.org/schema/1.0/bpmn",
    "camunda:asyncBefore": "true",
}
EACH = (
    "<multiInstanceLoopCharacteristics><extensionElements>"
    '<zeebe:loopCharacteristics inputCollection="=[1, 2, 3]" inputElement="i"/>'
    "</extensionElements></multiInstanceLoopCharacteristics>"
)


def work(id: str) -> str:
    return bpmn.service(id, WORK, RETRIES)


def count(id: str) -> str:
    """An asynchronous script: it adds one to n."""
    word = f'<zeebe:script expression="=n + 1" resultVariable="{id}"/>'
    return bpmn.node("scriptTask", id, bpmn.ext(word), **ASYNC)


def each(id: str) -> str:
    return work(id).replace("</serviceTask>", EACH + "</serviceTask>")


def line(key: str, flows: str, *parts: str, roots: str = "") -> str:
    return bpmn.process(
        key, bpmn.start(), *parts, bpmn.end(), bpmn.flows(*flows.split(", ")),
        messages=roots,
    )


FILES = [
    line(
        "tasks",
        "start -> first -> race -> last -> end, late -> last, never -> end",
        bpmn.user("first"),
        bpmn.user("race"),
        bpmn.boundary("late", "race", bpmn.timer(after="PT0.3S")),
        bpmn.user("last"),
        bpmn.boundary("never", "last", bpmn.timer(after="PT1H")),
    ),
    line(
        "jobs",
        "start -> fork -> a -> join, fork -> b -> join -> many -> end",
        bpmn.node("parallelGateway", "fork"),
        work("a"),
        work("b"),
        bpmn.node("parallelGateway", "join"),
        each("many"),
    ),
    line(
        "times",
        "start -> soon -> sum -> later -> end",
        bpmn.catch("soon", bpmn.timer(after="PT0.1S")),
        count("sum"),
        bpmn.catch("later", bpmn.timer(after="PT0.4S")),
    ),
    line(
        "talk",
        "start -> news -> go -> end",
        bpmn.catch("news", bpmn.on_message("M")),
        bpmn.catch("go", bpmn.on_signal("S")),
        roots=bpmn.message("M", MESSAGE, "k") + bpmn.signal("S", SIGNAL),
    ),
    line(
        "calls",
        "start -> nested -> end",
        bpmn.node("callActivity", "nested", calledElement="called"),
    ),
    line(
        "called",
        "start -> nap -> job -> end",
        bpmn.catch("nap", bpmn.timer(after="PT0.1S")),
        work("job"),
    ),
]
STARTED = ("tasks", "jobs", "times", "talk", "calls")

# How often what happened at the end of each.
EVENTS: dict[str, dict[str, int]] = {
    "tasks": {"task-completed first": 1, "task-completed last": 1,
              "timer-canceled never": 1, "timer-fired never": 0},
    "jobs": {"job-completed a": 1, "job-completed b": 1, "job-completed many": 3,
             "element-completed many": 3, "element-passed join": 1,
             "job-created many": 3},
    "times": {"timer-fired soon": 1, "timer-fired later": 1,
              "job-completed sum": 1},
    "talk": {"message-received news": 1, "signal-received go": 1},
    "calls": {"call-started nested": 1, "call-completed nested": 1},
    "called": {"timer-fired nap": 1, "job-completed job": 1},
}


def wrong(row: dict[str, Any]) -> list[str]:
    """What of an ended instance is not as its model says; a line of the dump."""
    model, events = row["definition"], row["events"]
    want = {"instance-started": 1, "instance-completed": 1, **EVENTS[model]}
    if model != "called":
        want["element-passed end"] = 1
    have = {name: events.get(name, 0) for name in want}
    found = [
        f"I3 {row['id']} ({model}): {name} {have[name]} times, not {want[name]}"
        for name in want
        if have[name] != want[name]
    ]
    if model == "tasks":
        ways = events.get("task-completed race", 0), events.get("timer-fired late", 0)
        if ways not in ((1, 0), (0, 1)):
            found.append(f"I4 {row['id']}: completed and fired {ways}")
    if model == "times" and row["variables"].get("sum") != row["variables"]["n"] + 1:
        found.append(f"I8 {row['id']}: the script counted {row['variables']}")
    if model == "talk" and row["variables"].get("said") != row["variables"]["k"]:
        found.append(f"I8 {row['id']}: the message said {row['variables']}")
    return found
