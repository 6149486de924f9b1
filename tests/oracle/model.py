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
    link: bool = False  # not drawn: a pair of link events (BPMN 2.0.2, 10.5.4)


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
    quorum: int = 1  # tokens that activate a complex gateway
    inputs: dict[str, str] = field(default_factory=dict)  # local <- variable
    outputs: dict[str, str] = field(default_factory=dict)  # variable <- local
    called: Scope | None = None  # the process of a call activity
    gives_back: bool = False  # all variables of that process
    minutes: int = 0  # of a timer
    condition: str | None = None  # of a conditional event: "x0" or "!x0"
    # of an ad-hoc sub-process
    until: str | None = None
    cancels: bool = True  # what still runs when the condition holds
    in_turn: bool = False  # one after the other
    by_itself: bool = False  # it ends when nothing runs any more

    @property
    def joins(self) -> bool:
        gates = ("parallel", "inclusive", "complex")
        return self.kind in gates and len(self.ins) > 1


@dataclass(eq=False)
class Scope:
    owner: Node | None
    nodes: list[Node] = field(default_factory=list)

    def starts(self) -> list[Node]:
        return [n for n in self.nodes if n.kind == "start"]

    def events(self) -> list[Node]:
        """Its event sub-processes."""
        return [n for n in self.nodes if n.kind == "event"]

    def undoer(self) -> Node | None:
        """The one of them that compensates what it is in."""
        found = [e for e in self.events() if e.inner and e.inner.undoes()]
        return found[0] if found else None

    def undoes(self) -> bool:
        return self.starts()[0].trigger == "compensation"


KINDS = (
    ["task", "user", "user", "user", "exclusive", "exclusive", "parallel"]
    + ["parallel", "inclusive", "inclusive", "inclusive", "catch", "sub", "race"]
    + ["escalate", "undo", "complex", "complex", "call", "call", "adhoc"]
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
            if kind in ("sub", "call", "adhoc") and depth >= 2:
                kind = "user"
            if kind == "undo" and is_handler(scope):
                kind = "task"
            node = self.add(scope, kind)
            if kind == "sub":
                if dice.random() < 0.25:
                    node.loop = self.loop()
                node.inner = self.scope(node, depth + 1)
            if kind == "adhoc":
                node.inner = self.at_will(node)
            if kind == "call":
                node.gives_back = dice.random() < 0.6
                node.called = self.scope(None, depth + 1)
                if dice.random() < 0.15:
                    node.loop = self.loop()
            if kind == "undo":
                node.trigger = "compensation"
            if kind == "complex":
                node.quorum = dice.choice([1, 1, 2, 2, 3])
            if kind in ("user", "call") and dice.random() < 0.4:
                node.handler = self.add(scope, "handler")
            if kind == "catch":
                self.heard(node)
            if kind == "escalate":
                node.trigger, node.code = "escalation", dice.choice(["X1", "X2"])
            if kind in ("user", "task") and dice.random() < 0.25:
                node.loop = self.loop()
            if kind in ("user", "sub", "call"):
                self.mappings(node)
            middle.append(node)
        ends = [self.end(scope, depth) for _ in range(dice.randint(1, 2))]
        self.wire(start, middle, ends)
        for node in list(middle):
            self.boundaries(scope, node, middle, ends)
        for _ in range(dice.choice([0, 0, 1, 2])):
            self.event(scope, depth)
        return scope

    def mappings(self, node: Node) -> None:
        """Variables of its own, and what of them leaves it (S25)."""
        dice = self.dice
        if dice.random() < 0.25:
            for name in dice.sample(CONDITIONS, dice.randint(1, 2)):
                node.inputs[name] = dice.choice(["", "!"]) + dice.choice(CONDITIONS)
        if dice.random() < 0.15 and (not node.called or node.gives_back):
            for name in dice.sample(CONDITIONS, dice.randint(1, 2)):
                node.outputs[name] = dice.choice(["", "!"]) + dice.choice(CONDITIONS)

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
        kinds = ["message", "signal", "timer", "error", "escalation", "condition"]
        inside = depth > 0 if scope.owner is None else scope.owner.kind == "sub"
        if inside and not scope.undoer():
            kinds += ["compensation"] * 10
        start.trigger = dice.choice(kinds)
        self.caught(start)

    def heard(self, node: Node) -> None:
        """An event that is waited for."""
        node.trigger = self.dice.choice(["message", "signal", "timer", "condition"])
        node.minutes = self.dice.randint(1, 999)
        self.condition(node)

    def condition(self, node: Node) -> None:
        if node.trigger == "condition":
            node.condition = self.dice.choice(["", "!"]) + self.dice.choice(CONDITIONS)

    def at_will(self, owner: Node) -> Scope:
        """What may be started in an ad-hoc sub-process, and what follows it."""
        dice, scope = self.dice, Scope(owner)
        owner.in_turn, owner.cancels = dice.random() < 0.3, dice.random() < 0.6
        if dice.random() < 0.6:
            owner.until = dice.choice(["", "!"]) + dice.choice(CONDITIONS)
        owner.by_itself = owner.until is None and dice.random() < 0.4
        first = [
            self.add(scope, dice.choice(["user", "user", "task"]))
            for _ in range(dice.randint(1, 3))
        ]
        for node in first:
            if node.kind == "user" and dice.random() < 0.3:
                self.mappings(node)
        if dice.random() < 0.6:
            kinds = ["user", "task"] if owner.by_itself else ["task", "parallel"]
            last = self.add(scope, dice.choice(kinds))
            for node in dice.sample(first, dice.randint(1, len(first))):
                self.flow(node, last)
            if last.kind == "parallel":
                self.flow(last, self.add(scope, "user"))
        return scope

    def caught(self, node: Node) -> None:
        """The code it catches, and whether it interrupts."""
        dice = self.dice
        node.minutes = dice.randint(1, 999)
        self.condition(node)
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
        elif draw < self.undoing(scope) and not is_handler(scope):
            node.trigger = "compensation"
        return node

    def undoing(self, scope: Scope) -> float:
        """More often where something can be that is rare otherwise."""
        subs = [n.inner for n in scope.nodes if n.kind == "sub"]
        subs += [n.called for n in scope.nodes]
        return 0.85 if any(s and s.undoer() for s in subs) else 0.55

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
            several = node.kind in ("exclusive", "parallel", "inclusive", "complex")
            for _ in range(dice.randint(1, 3) if several else 1):
                self.flow(node, dice.choice(ahead[:4]))
            if at and dice.random() < 0.1 and node.kind == "exclusive":
                self.flow(node, dice.choice(middle[: at + 1]))
            if at + 1 < len(middle) and not middle[at + 1].ins:
                self.flow(node, middle[at + 1])
        if dice.random() < 0.2:
            self.link(start.scope, middle, ends)
        for node in middle:
            if node.kind != "race":
                self.conditions(node)

    def link(self, scope: Scope, middle: list[Node], ends: list[Node]) -> None:
        """A pair of link events, from one node to one further on."""
        dice = self.dice
        at = dice.randrange(len(middle))
        if middle[at].kind == "race":
            return
        there, here = self.add(scope, "throw link"), self.add(scope, "catch link")
        self.flow(middle[at], there)
        self.flow(there, here)
        there.outs[0].link = True
        self.flow(here, dice.choice((middle[at + 1 :] + ends)[:4]))

    def race(self, node: Node, ahead: list[Node]) -> None:
        """An event-based gateway with catch events of its own."""
        for _ in range(self.dice.randint(2, 3)):
            catch = self.add(node.scope, "catch")
            self.heard(catch)
            self.flow(node, catch)
            self.flow(catch, self.dice.choice(ahead[:4]))
        if ahead and not ahead[0].ins:
            self.flow(node.outs[0].target, ahead[0])

    def conditions(self, node: Node) -> None:
        dice = self.dice
        if node.kind == "parallel" or len(node.outs) < 2:
            return
        gates = ("exclusive", "inclusive", "complex")
        if node.kind not in gates and dice.random() < 0.5:
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
        if host.kind not in ("user", "sub", "call", "adhoc"):
            return
        kinds = ["message", "signal", "timer", "condition", "error", "escalation"]
        whole = host.inner or host.called
        kinds = kinds if whole else kinds[:4]
        for _ in range(dice.choice([0, 0, 1, 2] if whole else [0, 1])):
            node = self.add(scope, "boundary")
            node.host, node.trigger = host, dice.choice(kinds)
            self.caught(node)
            host.boundaries.append(node)
            at = middle.index(host)
            self.flow(node, dice.choice(middle[at + 1 :] + ends))
