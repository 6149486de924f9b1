"""Joins and gateways (S5 to S8)."""

from __future__ import annotations

from tests.oracle.model import Flow, Node
from tests.oracle.state import Place, Token, reached, ways
from tests.oracle.variables import Variables


class Gates(Variables):
    def chosen(self, token: Token) -> list[Flow] | None:
        node = token.node
        if node.kind == "parallel" or not node.outs:
            return node.outs
        true = [f for f in node.outs if f is not node.default and self.holds(token, f)]
        if node.kind == "exclusive":
            true = true[:1]
        # Out of an activity a flow without condition is taken in any case and
        # does not stand in for the default (8.3.13).
        gateway = node.kind in ("exclusive", "inclusive", "complex")
        if node.default and not any(gateway or f.condition for f in true):
            true.append(node.default)
        return true or None

    def join(self, place: Place, node: Node) -> None:
        for f in node.ins:
            if place.queues[f]:
                place.queues[f] -= 1
        self.touch(place)
        self.enter(place, node)

    def join_one(self) -> bool:
        for place in self.touched:
            for node in place.scope.nodes:
                waits = node.kind == "inclusive" and node.joins
                if not (waits or node in place.drawn):
                    continue
                if not self.enabled(place, node):
                    continue
                self.runs += 1
                if waits:
                    self.join(place, node)
                else:
                    self.reset(place, node)
                return True
        return False

    def enabled(self, place: Place, gate: Node) -> bool:
        """BPMN 2.0.2, table 13.3, by searching all paths."""
        marked = {f for f in gate.ins if place.queues[f]}
        marked.update(place.drawn.get(gate, []))
        if not marked:
            return False
        starts = [[f] for f in +place.queues]
        starts += [ways(t.node) for t in place.tokens]
        for first in starts:
            seen = reached(first, gate)
            if seen - marked and not seen & marked:
                return False
        return True

    # ---- complex gateways (S8; BPMN 2.0.2, table 13.5) ----

    def activate(self, place: Place, node: Node) -> None:
        """At the arrival of a token that may be enough."""
        count = sum(place.queues[f] for f in node.ins)
        if node in place.drawn or not count or count < node.quorum:
            return
        place.drawn[node] = [f for f in node.ins if place.queues[f]]
        self.join(place, node)

    def reset(self, place: Place, node: Node) -> None:
        """No other flow can bring a token: what came late is taken, too."""
        for f in node.ins:
            if place.queues[f] and f not in place.drawn[node]:
                place.queues[f] -= 1
        del place.drawn[node]
        self.touch(place)
        for f in node.outs:
            if f.condition and self.holds(place, f):
                self.work.append((place, f.target, f))
        self.activate(place, node)
