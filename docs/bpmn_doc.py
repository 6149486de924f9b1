#!/usr/bin/python3
"""Prints docs/bpmn.md: what of BPMN 2.0 runs, and which script shows it.

What runs is read from the engine's own tables; a script shows an element when
the model it deploys holds the element.  `bpmn_doc.py TOP`.
"""

from __future__ import annotations

import pathlib
import re
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable

TOP = pathlib.Path(sys.argv[1])
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SHOWN = 3  # scripts named at most

Test = Callable[[ET.Element], bool]


def rows(file: str, macro: str) -> list[list[str]]:
    text = (TOP / file).read_text()
    found = re.findall(rf"^{macro}\(([^)]*)\)", text, re.M)
    return [[cell.strip().strip('"') for cell in row.split(",")] for row in found]


def scripts() -> dict[str, list[ET.Element]]:
    """By script, the models it deploys."""
    found = {}
    for flow in sorted((TOP / "tests/flows").glob("*.flow")):
        files: list[str] = []
        for line in flow.read_text().splitlines():
            if line.startswith("deploy "):
                # Beside models stand their forms and variable definitions.
                files += [f for f in line.split()[1:] if f.endswith(".bpmn")]
        found[flow.name] = [ET.parse(flow.parent / f).getroot() for f in files]
    return found


SCRIPTS = scripts()


def shown_by(test: Test) -> str:
    names = [
        name
        for name, models in SCRIPTS.items()
        if any(test(e) for model in models for e in model.iter())
    ]
    # A script named after the element says most about it.
    names.sort(key=lambda n: (len(n), n))
    return ", ".join(f"`{n}`" for n in names[:SHOWN]) or "none"


def named(tag: str) -> Test:
    return lambda e: e.tag == BPMN + tag


def definitions(e: ET.Element) -> list[str]:
    tags = [c.tag.removeprefix(BPMN) for c in e]
    return [t for t in tags if t.endswith("EventDefinition")]


TRIGGERS = {
    "NONE": "none",
    "MESSAGE": "message",
    "TIMER": "timer",
    "SIGNAL": "signal",
    "ERROR": "error",
    "ESCALATION": "escalation",
    "CONDITIONAL": "conditional",
    "COMPENSATION": "compensate",
    "CANCEL": "cancel",
    "LINK": "link",
    "TERMINATE": "terminate",
    "MULTIPLE": "multiple",
}
PLACES = {
    "START_EVENT": ("start", "startEvent"),
    "EVENT_SUB": ("event sub-process", "startEvent"),
    "INTERMEDIATE_CATCH": ("catch", "intermediateCatchEvent"),
    "BOUNDARY_EVENT": ("boundary", "boundaryEvent"),
    "INTERMEDIATE_THROW": ("throw", "intermediateThrowEvent"),
    "END_EVENT": ("end", "endEvent"),
}


def event(place: str, trigger: str) -> Test:
    tag, word = PLACES[place][1], TRIGGERS[trigger]
    inner = {
        start
        for models in SCRIPTS.values()
        for model in models
        for sub in model.iter(BPMN + "subProcess")
        if sub.get("triggeredByEvent") == "true"
        for start in sub.findall(BPMN + "startEvent")
    }

    def test(e: ET.Element) -> bool:
        if e.tag != BPMN + tag or (tag == "startEvent" and word != "none"):
            if e.tag != BPMN + tag or (e in inner) != (place == "EVENT_SUB"):
                return False
        found = definitions(e)
        if word == "none":
            return not found
        if word == "multiple":
            return len(found) > 1
        return found == [f"{word}EventDefinition"]

    return test


def boundary(interrupting: bool) -> Test:
    return lambda e: (
        e.tag == BPMN + "boundaryEvent"
        and (e.get("cancelActivity", "true") == "true") == interrupting
    )


def attribute(name: str, value: str | None = None) -> Test:
    return lambda e: name in e.attrib and value in (None, e.get(name))


def child(tag: str, inner: str) -> Test:
    return lambda e: e.tag == BPMN + tag and e.find(BPMN + inner) is not None


FEATURES: list[tuple[str, Test]] = [
    ("conditional flows", child("sequenceFlow", "conditionExpression")),
    ("default flow", attribute("default")),
    ("interrupting boundary events", boundary(True)),
    ("non-interrupting boundary events", boundary(False)),
    ("event sub-process", attribute("triggeredByEvent", "true")),
    ("multi-instance, parallel", lambda e: (
        e.tag == BPMN + "multiInstanceLoopCharacteristics"
        and e.get("isSequential", "false") == "false")),
    ("multi-instance, sequential", lambda e: (
        e.tag == BPMN + "multiInstanceLoopCharacteristics"
        and e.get("isSequential") == "true")),
    ("completion condition", child(
        "multiInstanceLoopCharacteristics", "completionCondition")),
    ("standard loop", named("standardLoopCharacteristics")),
    ("start quantity", attribute("startQuantity")),
    ("completion quantity", attribute("completionQuantity")),
    ("compensation handlers", attribute("isForCompensation", "true")),
    ("instantiating receive task or gateway", attribute("instantiate", "true")),
    ("reused event definitions", named("eventDefinitionRef")),
    ("input and output specification", named("ioSpecification")),
    ("data associations", named("dataInputAssociation")),
    ("data objects", named("dataObject")),
    ("properties", named("property")),
    ("global tasks", named("globalUserTask")),
    ("correlation subscriptions", named("correlationSubscription")),
    ("lanes", named("lane")),
    ("message flows", named("messageFlow")),
]  # fmt: skip


def main() -> None:
    print("# BPMN 2.0 in Weir\n")
    print("Generated from the engine's tables and from tests/flows; do not edit.")
    print("What is not listed as running is refused at deployment, by name. How it")
    print("runs where the specification leaves a choice: [execution.md](execution.md).")
    print("\n## Elements\n\n| element | shown by |\n|---|---|")
    for _, tag, _ in rows("engine/elements/elements.def", "WR_ELEMENT"):
        print(f"| {tag} | {shown_by(named(tag))} |")
    print("\n## Events\n\n| place | event | shown by |\n|---|---|---|")
    for place, trigger in rows("engine/model/events.def", "WR_EVENT"):
        if place in PLACES and trigger in TRIGGERS:
            by = shown_by(event(place, trigger))
            print(f"| {PLACES[place][0]} | {TRIGGERS[trigger]} | {by} |")
    print("\n## Features\n\n| feature | shown by |\n|---|---|")
    for name, test in FEATURES:
        print(f"| {name} | {shown_by(test)} |")


main()
