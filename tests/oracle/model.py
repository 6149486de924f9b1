"""Random BPMN processes for the token game, and their XML."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

CONDITIONS = ["x0", "x1", "x2", "x3"]  # booleans, set at the start


@dataclass(eq=False)
class Flow:
    id: str
    source: Node
    target: Node
    condition: str | None = None  # "x0" or "!x0"


@dataclass(eq=False)
class Loop:
    """Multi-instance of a fixed number, or a standard loop."""

    kind: str  # parallel, sequential, standard
    count: int
    condition: str | None = None  # of a standard loop that is tested before
    enough: int | None = None  # iterations that complete a multi-instance
    until: str | None = None  # or a condition that does when one has ended


@dataclass(eq=False)
class Node:
    id: str
    kind: str
    scope: Scope
    outs: list[Flow] = field(default_factory=list)
    ins: list[Flow] = field(default_factory=list)
    default: Flow | None = None
    inner: Scope | None = None
    host: Node | None = None
    boundaries: list[Node] = field(default_factory=list)
    interrupting: bool = True
    trigger: str | None = None  # message, signal, error, escalation, terminate
    code: str | None = None  # of error, escalation; None where caught: any
    loop: Loop | None = None
    handler: Node | None = None  # what compensates it

    @property
    def joins(self) -> bool:
        return self.kind in ("parallel", "inclusive") and len(self.ins) > 1


@dataclass(eq=False)
class Scope:
    owner: Node | None
    nodes: list[Node] = field(default_factory=list)

    def starts(self) -> list[Node]:
        return [n for n in self.nodes if n.kind == "start"]

    def events(self) -> list[Node]:
        """Its event sub-processes."""
        return [n for n in self.nodes if n.kind == "event"]


KINDS = (
    ["task", "user", "user", "user", "exclusive", "exclusive", "parallel"]
    + ["parallel", "inclusive", "inclusive", "inclusive", "catch", "sub", "race"]
    + ["escalate", "undo"]
)


def is_handler(scope: Scope) -> bool:
    """In an event sub-process it is the scope around that is compensated."""
    return scope.owner is not None and scope.owner.kind == "event"


class Maker:
    """One random process; the same seed makes the same."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.count = 0
        self.flows: list[Flow] = []

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind[0]}{self.count}"

    def add(self, scope: Scope, kind: str) -> Node:
        node = Node(self.name(kind), kind, scope)
        scope.nodes.append(node)
        return node

    def flow(self, source: Node, target: Node) -> None:
        if any(f.target is target for f in source.outs):
            return
        f = Flow(f"f{len(self.flows)}", source, target)
        self.flows.append(f)
        source.outs.append(f)
        target.ins.append(f)

    def scope(self, owner: Node | None, depth: int) -> Scope:
        dice, scope = self.dice, Scope(owner)
        start = self.add(scope, "start")
        middle = []
        for _ in range(dice.randint(2, 4 if depth else 8)):
            kind = dice.choice(KINDS)
            if kind == "sub" and depth >= 2:
                kind = "user"
            if kind == "undo" and is_handler(scope):
                kind = "task"
            node = self.add(scope, kind)
            if kind == "sub":
                if dice.random() < 0.25:
                    node.loop = self.loop()
                node.inner = self.scope(node, depth + 1)
            if kind == "undo":
                node.trigger = "compensation"
            if kind == "user" and dice.random() < 0.4:
                node.handler = self.add(scope, "handler")
            if kind == "catch":
                node.trigger = dice.choice(["message", "signal"])
            if kind == "escalate":
                node.trigger, node.code = "escalation", dice.choice(["X1", "X2"])
            if kind in ("user", "task") and dice.random() < 0.25:
                node.loop = self.loop()
            middle.append(node)
        ends = [self.end(scope, depth) for _ in range(dice.randint(1, 2))]
        self.wire(start, middle, ends)
        for node in list(middle):
            self.boundaries(scope, node, middle, ends)
        for _ in range(dice.choice([0, 0, 1, 2])):
            self.event(scope, depth)
        return scope

    def loop(self) -> Loop:
        dice = self.dice
        kind = dice.choice(["parallel", "parallel", "sequential", "standard"])
        if kind != "standard":
            loop = Loop(kind, dice.randint(0, 3))
            draw = dice.random()
            if draw < 0.2:
                loop.enough = dice.randint(1, 2)
            elif draw < 0.4:
                loop.until = dice.choice(CONDITIONS)
            return loop
        early = dice.choice(CONDITIONS) if dice.random() < 0.5 else None
        return Loop(kind, dice.randint(1, 3), early)

    def event(self, scope: Scope, depth: int) -> None:
        """An event sub-process; its start event has what starts it."""
        dice = self.dice
        if depth >= 2:
            return
        node = self.add(scope, "event")
        node.inner = self.scope(node, depth + 1)
        start = node.inner.starts()[0]
        start.trigger = dice.choice(["message", "signal", "error", "escalation"])
        self.caught(start)

    def caught(self, node: Node) -> None:
        """The code it catches, and whether it interrupts."""
        dice = self.dice
        if node.trigger == "error":
            node.code = dice.choice(["E1", "E2", None])
            return
        if node.trigger == "escalation":
            node.code = dice.choice(["X1", "X2", None])
        node.interrupting = dice.random() < 0.5

    def end(self, scope: Scope, depth: int) -> Node:
        node = self.add(scope, "end")
        draw = self.dice.random()
        if draw < 0.1:
            node.trigger = "terminate"
        elif draw < (0.3 if depth else 0.15):
            node.trigger, node.code = "error", self.dice.choice(["E1", "E2"])
        elif draw < 0.4:
            node.trigger, node.code = "escalation", self.dice.choice(["X1", "X2"])
        elif draw < 0.55 and not is_handler(scope):
            node.trigger = "compensation"
        return node

    def wire(self, start: Node, middle: list[Node], ends: list[Node]) -> None:
        """Forward flows, so that all is reached, and now and then one back."""
        dice = self.dice
        self.flow(start, middle[0])
        if dice.random() < 0.2:
            self.flow(start, dice.choice(middle))
        for at, node in enumerate(middle):
            ahead = middle[at + 1 :] + ends
            if node.kind == "race":
                self.race(node, ahead)
                continue
            several = node.kind in ("exclusive", "parallel", "inclusive")
            for _ in range(dice.randint(1, 3) if several else 1):
                self.flow(node, dice.choice(ahead[:4]))
            if at and dice.random() < 0.1 and node.kind == "exclusive":
                self.flow(node, dice.choice(middle[: at + 1]))
            if at + 1 < len(middle) and not middle[at + 1].ins:
                self.flow(node, middle[at + 1])
            self.conditions(node)

    def race(self, node: Node, ahead: list[Node]) -> None:
        """An event-based gateway with catch events of its own."""
        for _ in range(self.dice.randint(2, 3)):
            catch = self.add(node.scope, "catch")
            catch.trigger = self.dice.choice(["message", "signal"])
            self.flow(node, catch)
            self.flow(catch, self.dice.choice(ahead[:4]))
        if ahead and not ahead[0].ins:
            self.flow(node.outs[0].target, ahead[0])

    def conditions(self, node: Node) -> None:
        dice = self.dice
        if node.kind == "parallel" or len(node.outs) < 2:
            return
        if node.kind not in ("exclusive", "inclusive") and dice.random() < 0.5:
            return
        for f in node.outs:
            if dice.random() < 0.8:
                f.condition = dice.choice(["", "!"]) + dice.choice(CONDITIONS)
        if dice.random() < 0.8:
            node.default = dice.choice(node.outs)
            node.default.condition = None

    def boundaries(
        self, scope: Scope, host: Node, middle: list[Node], ends: list[Node]
    ) -> None:
        dice = self.dice
        if host.kind not in ("user", "sub"):
            return
        kinds = ["message", "signal", "error", "escalation"]
        kinds = kinds if host.inner else ["message", "signal"]
        for _ in range(dice.choice([0, 0, 1, 2] if host.inner else [0, 1])):
            node = self.add(scope, "boundary")
            node.host, node.trigger = host, dice.choice(kinds)
            self.caught(node)
            host.boundaries.append(node)
            at = middle.index(host)
            self.flow(node, dice.choice(middle[at + 1 :] + ends))


# ---- XML ----

TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "task": "task",
    "user": "userTask",
    "exclusive": "exclusiveGateway",
    "parallel": "parallelGateway",
    "inclusive": "inclusiveGateway",
    "catch": "intermediateCatchEvent",
    "escalate": "intermediateThrowEvent",
    "undo": "intermediateThrowEvent",
    "handler": "userTask",
    "boundary": "boundaryEvent",
    "sub": "subProcess",
    "event": "subProcess",
    "race": "eventBasedGateway",
}


def definition(node: Node) -> str:
    if node.trigger == "message":
        return f'<messageEventDefinition messageRef="M_{node.id}"/>'
    if node.trigger == "signal":
        return f'<signalEventDefinition signalRef="S_{node.id}"/>'
    if node.trigger == "error":
        ref = f' errorRef="{node.code}"' if node.code else ""
        return f"<errorEventDefinition{ref}/>"
    if node.trigger == "escalation":
        ref = f' escalationRef="{node.code}"' if node.code else ""
        return f"<escalationEventDefinition{ref}/>"
    if node.trigger == "compensation":
        return "<compensateEventDefinition/>"
    if node.trigger == "terminate":
        return "<terminateEventDefinition/>"
    return ""


def until_xml(loop: Loop) -> str:
    text = loop.until
    if loop.enough:
        text = f"nrOfCompletedInstances &gt;= {loop.enough}"
    return f"<completionCondition>= {text}</completionCondition>" if text else ""


def loop_xml(loop: Loop | None) -> str:
    if not loop:
        return ""
    if loop.kind == "standard":
        before = "true" if loop.condition else "false"
        return (
            f'<standardLoopCharacteristics testBefore="{before}"'
            f' loopMaximum="{loop.count}"><loopCondition>= '
            f"{loop.condition or 'true'}</loopCondition>"
            "</standardLoopCharacteristics>"
        )
    sequential = "true" if loop.kind == "sequential" else "false"
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
        f"<loopCardinality>{loop.count}</loopCardinality>{until_xml(loop)}"
        "</multiInstanceLoopCharacteristics>"
    )


def node_xml(node: Node) -> str:
    tag, attrs = TAGS[node.kind], f'id="{node.id}"'
    if node.default:
        attrs += f' default="{node.default.id}"'
    if node.host:
        cancel = "true" if node.interrupting else "false"
        attrs += f' attachedToRef="{node.host.id}" cancelActivity="{cancel}"'
    if node.kind == "handler":
        attrs += ' isForCompensation="true"'
    if node.kind == "event":
        attrs += ' triggeredByEvent="true"'
    if node.kind == "start" and node.trigger:
        attrs += f' isInterrupting="{"true" if node.interrupting else "false"}"'
    outgoing = "".join(f"<outgoing>{f.id}</outgoing>" for f in node.outs)
    body = outgoing + definition(node) + loop_xml(node.loop)
    body += scope_xml(node.inner) if node.inner else ""
    return f"<{tag} {attrs}>{body}</{tag}>"


def flow_xml(f: Flow) -> str:
    ends = f'id="{f.id}" sourceRef="{f.source.id}" targetRef="{f.target.id}"'
    if not f.condition:
        return f"<sequenceFlow {ends}/>"
    name = f.condition.lstrip("!")
    text = f"= {name} = {'false' if f.condition[0] == '!' else 'true'}"
    inner = f"<conditionExpression>{text}</conditionExpression>"
    return f"<sequenceFlow {ends}>{inner}</sequenceFlow>"


def scope_xml(scope: Scope) -> str:
    nodes = "".join(node_xml(n) for n in scope.nodes)
    nodes += "".join(flow_xml(f) for n in scope.nodes for f in n.outs)
    return nodes + "".join(handler_xml(n) for n in scope.nodes if n.handler)


def handler_xml(node: Node) -> str:
    assert node.handler
    at = f"c{node.id}"
    return (
        f'<boundaryEvent id="{at}" attachedToRef="{node.id}">'
        "<compensateEventDefinition/></boundaryEvent>"
        f'<association id="a{node.id}" sourceRef="{at}"'
        f' targetRef="{node.handler.id}"/>'
    )


def all_nodes(scope: Scope) -> list[Node]:
    found = []
    for n in scope.nodes:
        found.append(n)
        if n.inner:
            found += all_nodes(n.inner)
    return found


def process_xml(scope: Scope) -> str:
    messages = "".join(
        f'<message id="M_{n.id}" name="M_{n.id}"/>'
        for n in all_nodes(scope)
        if n.trigger == "message"
    )
    messages += "".join(
        f'<signal id="S_{n.id}" name="S_{n.id}"/>'
        for n in all_nodes(scope)
        if n.trigger == "signal"
    )
    errors = "".join(f'<error id="{c}" errorCode="{c}"/>' for c in ("E1", "E2"))
    errors += "".join(
        f'<escalation id="{c}" escalationCode="{c}"/>' for c in ("X1", "X2")
    )
    return (
        '<?xml version="1.0"?><definitions'
        ' xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        f' targetNamespace="urn:weir">{messages}{errors}'
        f'<process id="p" isExecutable="true">{scope_xml(scope)}</process>'
        "</definitions>\n"
    )
