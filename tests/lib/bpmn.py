"""Writes small BPMN files: what a test shows is the process, not its XML."""

from __future__ import annotations

import itertools
import re
from xml.sax.saxutils import escape

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
ISO = {"after": "timeDuration", "at": "timeDate", "every": "timeCycle"}


def document(*parts: str) -> str:
    return (
        f'<definitions xmlns="{BPMN}" xmlns:zeebe="{ZEEBE}" '
        'targetNamespace="http://weir.test">\n' + "\n".join(parts) + "\n</definitions>"
    )


def process(key: str, *parts: str, name: str = "", messages: str = "") -> str:
    title = f' name="{escape(name)}"' if name else ""
    return document(
        messages,
        f'<process id="{key}"{title} isExecutable="true">',
        *parts,
        "</process>",
    )


def ext(*parts: str) -> str:
    return f"<extensionElements>{''.join(parts)}</extensionElements>" if parts else ""


def node(tag: str, id: str, *inner: str, **attributes: str) -> str:
    """node("userTask", "t", name="T"); `id` is the name when none is given."""
    more = "".join(f' {k}="{escape(v)}"' for k, v in attributes.items())
    return f'<{tag} id="{id}"{more}>{"".join(inner)}</{tag}>'


def start(id: str = "start") -> str:
    return node("startEvent", id)


def end(id: str = "end", *inner: str) -> str:
    return node("endEvent", id, *inner)


def user(id: str, groups: str = "", users: str = "", **attributes: str) -> str:
    given = f' candidateGroups="{groups}"' if groups else ""
    given += f' candidateUsers="{users}"' if users else ""
    rows = ["<zeebe:userTask/>"]
    if given:
        rows.append(f"<zeebe:assignmentDefinition{given}/>")
    return node("userTask", id, ext(*rows), **attributes)


def service(id: str, type: str, retries: int = 3, *rows: str) -> str:
    definition = f'<zeebe:taskDefinition type="{type}" retries="{retries}"/>'
    return node("serviceTask", id, ext(definition, *rows))


def headers(**values: str) -> str:
    rows = "".join(f'<zeebe:header key="{k}" value="{v}"/>' for k, v in values.items())
    return f"<zeebe:taskHeaders>{rows}</zeebe:taskHeaders>"


def script(id: str, expression: str, result: str) -> str:
    text = escape(expression, {'"': "&quot;"})
    row = f'<zeebe:script expression="={text}" resultVariable="{result}"/>'
    return node("scriptTask", id, ext(row))


def io(
    inputs: dict[str, str] | None = None, outputs: dict[str, str] | None = None
) -> str:
    """{target: expression}"""
    rows = []
    for tag, values in (("input", inputs), ("output", outputs)):
        for target, source in (values or {}).items():
            rows.append(f'<zeebe:{tag} source="={escape(source)}" target="{target}"/>')
    return f"<zeebe:ioMapping>{''.join(rows)}</zeebe:ioMapping>"


def sub(id: str, *parts: str, rows: str = "") -> str:
    return node("subProcess", id, ext(rows) if rows else "", *parts)


def timer(**when: str) -> str:
    """timer(after="PT1S"), timer(at=...), timer(every=...)"""
    ((kind, text),) = when.items()
    tag = ISO[kind]
    return f"<timerEventDefinition><{tag}>{escape(text)}</{tag}></timerEventDefinition>"


def catch(id: str, definition: str) -> str:
    return node("intermediateCatchEvent", id, definition)


def boundary(id: str, host: str, definition: str, interrupting: bool = True) -> str:
    return node(
        "boundaryEvent",
        id,
        definition,
        attachedToRef=host,
        cancelActivity="true" if interrupting else "false",
    )


def message(id: str, name: str, key: str = "") -> str:
    """A message of the file; `key` is the FEEL text of its correlation key."""
    row = f'<zeebe:subscription correlationKey="={escape(key)}"/>' if key else ""
    return f'<message id="{id}" name="{name}">{ext(row) if row else ""}</message>'


def on_message(id: str) -> str:
    return f'<messageEventDefinition messageRef="{id}"/>'


def signal(id: str, name: str) -> str:
    return f'<signal id="{id}" name="{name}"/>'


def on_signal(id: str) -> str:
    return f'<signalEventDefinition signalRef="{id}"/>'


def on_error(ref: str = "") -> str:
    return (
        f'<errorEventDefinition errorRef="{ref}"/>'
        if ref
        else ("<errorEventDefinition/>")
    )


def error(id: str, code: str) -> str:
    return f'<error id="{id}" errorCode="{code}"/>'


def flows(*lines: str) -> str:
    """ "a -> b -> c" and "a -> b: condition"; ids are a_b."""
    out = []
    for line in lines:
        path, _, condition = line.partition(":")
        names = [n.strip() for n in re.split("->", path)]
        inner = ""
        if condition.strip():
            inner = (
                "<conditionExpression>="
                f"{escape(condition.strip())}</conditionExpression>"
            )
        for a, b in itertools.pairwise(names):
            out.append(
                f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}">'
                f"{inner}</sequenceFlow>"
            )
    return "\n".join(out)
