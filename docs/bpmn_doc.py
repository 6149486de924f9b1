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


# Rows of a catalogue of what engines can do (FEATURES.md), by their names there;
# each of a row's aspects has to be shown, by a script or by a suite.
Aspect = Test | str


def is_loop(sequential: str) -> Test:
    return lambda e: (
        e.tag == BPMN + "multiInstanceLoopCharacteristics"
        and e.get("isSequential", "false") == sequential
    )


def non_interrupting_start(e: ET.Element) -> bool:
    return e.tag == BPMN + "startEvent" and e.get("isInterrupting") == "false"


def out_of_activity(e: ET.Element) -> bool:
    """A process of which a task has a flow with a condition."""
    tasks = {t.get("id") for t in e if t.tag.endswith("ask")}
    return e.tag == BPMN + "process" and any(
        f.get("sourceRef") in tasks and f.find(BPMN + "conditionExpression") is not None
        for f in e.iter(BPMN + "sequenceFlow")
    )


def several_starts(e: ET.Element) -> bool:
    starts = e.findall(BPMN + "startEvent")
    return e.tag == BPMN + "process" and len([s for s in starts if not len(s)]) > 1


def several_of(place: str, parallel: bool = False) -> Test:
    tag = PLACES[place][1]
    return lambda e: (
        e.tag == BPMN + tag
        and len(definitions(e)) > 1
        and (e.get("parallelMultiple") == "true") == parallel
    )


def gateway(attribute: str, value: str) -> Test:
    return lambda e: (
        e.tag == BPMN + "eventBasedGateway" and e.get(attribute) == value
    )


SUB = "EVENT_SUB"
START, END, BOUND = "START_EVENT", "END_EVENT", "BOUNDARY_EVENT"
THROW, CATCH = "INTERMEDIATE_THROW", "INTERMEDIATE_CATCH"
MATRIX: list[tuple[str, list[Aspect]]] = [
    ("sequenceFlow, default flow, conditional out of XOR", [
        named("sequenceFlow"), attribute("default"), "exclusive_gateway.flow"]),
    ("conditional flow out of an activity (implicit OR-split)", [out_of_activity]),
    ("none start / none end / task(none) / manualTask", [
        event(START, "NONE"), event(END, "NONE"), named("task"),
        named("manualTask")]),
    ("multiple none starts on one process", [several_starts]),
    ("message start; message catch; message throw/end really sends", [
        event(START, "MESSAGE"), event(CATCH, "MESSAGE"),
        event(THROW, "MESSAGE"), event(END, "MESSAGE")]),
    ("timer start (date/cycle/cron)", [
        event(START, "TIMER"), "start_timer.flow", "timer_cron.flow"]),
    ("signal start / catch / throw / signal END", [
        event(p, "SIGNAL") for p in (START, CATCH, THROW, END)]),
    ("conditional start (process level)", [event(START, "CONDITIONAL")]),
    ("conditional catch/boundary", [
        event(CATCH, "CONDITIONAL"), event(BOUND, "CONDITIONAL")]),
    ("error end; error boundary; error ESP", [
        event(p, "ERROR") for p in (END, BOUND, SUB)]),
    ("escalation end/throw/boundary(non-)int/ESP", [
        *(event(p, "ESCALATION") for p in (END, THROW, BOUND, SUB)),
        boundary(False), boundary(True)]),
    ("compensation throw / end / boundary / ESP", [
        event(p, "COMPENSATION") for p in (THROW, END, BOUND, SUB)]),
    ("transaction + cancel end + cancel boundary", [
        named("transaction"), event(END, "CANCEL"), event(BOUND, "CANCEL")]),
    ("terminate end", [event(END, "TERMINATE")]),
    ("link throw/catch", [event(THROW, "LINK"), event(CATCH, "LINK")]),
    ("multiple / parallelMultiple (start, catch, boundary, throw, end)", [
        *(several_of(p) for p in (START, CATCH, BOUND, THROW, END)),
        *(several_of(p, True) for p in (START, CATCH, BOUND))]),
    ("non-interrupting boundary + non-interrupting ESP", [
        boundary(False), non_interrupting_start]),
    ("eventDefinitionRef (reusable root eventDefinition; betsy tests it)", [
        named("eventDefinitionRef")]),
    ("exclusiveGateway", [named("exclusiveGateway")]),
    ("parallelGateway join counts per flow and keeps surplus tokens", [
        "parallel_gateway.flow", "join_deadlock.flow", "26-token-game"]),
    ("inclusive split / inclusive join spec-exact", [
        named("inclusiveGateway"), "25-orjoin", "26-token-game"]),
    ("inclusive join re-evaluated when another token dies", [
        "inclusive_gateway.flow", "26-token-game"]),
    ("eventBasedGateway exclusive", [
        named("eventBasedGateway"), "26-token-game"]),
    ("eventBased instantiate / eventGatewayType=Parallel", [
        gateway("instantiate", "true"), gateway("eventGatewayType", "Parallel")]),
    ("complexGateway (activationCondition + reset phase)", [
        child("complexGateway", "activationCondition"), "26-token-game"]),
    ("userTask serviceTask scriptTask businessRule send receive", [
        named(t + "Task") for t in (
            "user", "service", "script", "businessRule", "send", "receive")]),
    ("receiveTask instantiate=true", [lambda e: (
        e.tag == BPMN + "receiveTask" and e.get("instantiate") == "true")]),
    ("subProcess embedded; callActivity(process)", [
        named("subProcess"), named("callActivity"), "26-token-game"]),
    ("callActivity -> globalTask (global user/script/rule/manual task)", [
        named(f"global{t}Task") for t in ("User", "Script", "BusinessRule", "Manual")]),
    ("event sub-process (per-event coverage)", [
        event(SUB, t) for t in (
            "MESSAGE", "TIMER", "SIGNAL", "ERROR", "ESCALATION", "CONDITIONAL",
            "COMPENSATION")]),
    ("ad-hoc sub-process (ordering, completionCondition, cancelRemaining)", [
        attribute("ordering"), child("adHocSubProcess", "completionCondition"),
        attribute("cancelRemainingInstances"), "26-token-game"]),
    ("multi-instance par/seq, completionCondition", [
        is_loop("false"), is_loop("true"),
        child("multiInstanceLoopCharacteristics", "completionCondition")]),
    ("MI output aggregation", ["multi_instance.flow"]),
    ("MI behavior None/One/All/Complex + events", [
        attribute("behavior", "None"), attribute("behavior", "One"),
        attribute("behavior", "All"), attribute("behavior", "Complex")]),
    ("standardLoopCharacteristics (loopMaximum, testBefore)", [
        attribute("loopMaximum"), attribute("testBefore")]),
    ("startQuantity/completionQuantity", [
        attribute("startQuantity"), attribute("completionQuantity")]),
    ("dataObject/dataStore/ioSpecification/dataAssociation/property executed", [
        named("dataObject"), named("dataStore"), named("ioSpecification"),
        named("dataInputAssociation"), named("dataOutputAssociation"),
        named("property")]),
    ("correlationProperty/Key/Subscription (standard correlation)", [
        named("correlationProperty"), named("correlationKey"),
        named("correlationSubscription")]),
    ("message flow between pools executed in one collaboration", [
        named("messageFlow")]),
    ("lanes -> assignment", [named("lane"), "lanes.flow"]),
    ("Import/export round-trip with DI + foreign extensions preserved", [
        "41-models", "22-xml-variants"]),
]  # fmt: skip


def shows(row: str, aspect: Aspect) -> str:
    """The first that shows it."""
    if not isinstance(aspect, str):
        return shown_by(aspect).split(", ")[0]
    folder = "tests/flows" if aspect.endswith(".flow") else "tests/suites"
    if not (TOP / folder / aspect).exists():
        sys.exit(f"{folder}/{aspect}, which shows '{row}', is not there")
    return f"`{aspect}`"


def matrix() -> None:
    print("\n## Row by row\n")
    print("What one looks for in an engine, and the tests that show each part of it.")
    print("\n| element | shown by |\n|---|---|")
    for row, aspects in MATRIX:
        found = [shows(row, a) for a in aspects]
        if "none" in found:
            at = found.index("none") + 1
            sys.exit(f"'{row}': part {at} of it is shown by no script")
        print(f"| {row} | {', '.join(dict.fromkeys(found))} |")


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
    matrix()


main()
