"""Conditional events (S16)."""

from __future__ import annotations

from tests.oracle.model import Node
from tests.oracle.state import Armed, Place, Token
from tests.oracle.undo import Undo


class Conditions(Undo):
    def arm(self, at: Token | Place, nodes: list[Node]) -> None:
        """Those of the events that are conditions; each is looked at."""
        nodes = [n for n in nodes if n.trigger == "condition"]
        for node in nodes:
            self.armed += 1
            at.conditions[node] = Armed(self.armed)
        if nodes:
            self.writes.append((at.activity, None))

    def dispatch(self) -> None:
        """What was written so far may have made conditions true.  What happens
        because of it comes after what is being looked at."""
        if self.dispatching:
            return
        self.dispatching = True
        while self.writes and self.state == "active":
            self.look(*self.writes.pop(0))
        self.writes.clear()
        self.dispatching = False

    def look(self, held: Token | Place | dict[str, bool], name: str | None) -> None:
        """From the outside in, the older first."""
        found = [c for c in self.listeners() if self.concerns(held, name, *c)]
        found.sort(key=lambda c: (c[0].depth, c[0].serial, c[0].conditions[c[1]].order))
        for at, node in found:
            one = at.conditions.get(node)
            if not one or (at, node) not in self.listeners():
                continue
            assert node.condition
            was, one.met = one.met, self.read(at, node.condition)
            if one.met and not was:
                self.met(at, node)

    def concerns(
        self,
        held: Token | Place | dict[str, bool],
        name: str | None,
        at: Token | Place,
        node: Node,
    ) -> bool:
        """A write does not when an inner variable hides what was written."""
        if name is None:
            return at.activity is held
        assert node.condition
        if node.condition.lstrip("!") != name:
            return False
        return next(v for v in self.scopes(at) if name in v) is held

    def listeners(self) -> list[tuple[Token | Place, Node]]:
        """All that is armed."""
        found: list[tuple[Token | Place, Node]] = []
        for place in self.places():
            starts = self.listening(place)
            found += [(place, n) for n in place.conditions if n in starts]
            for t in place.tokens:
                found += [(t, n) for n in t.conditions]
        return found

    def met(self, at: Token | Place, node: Node) -> None:
        if isinstance(at, Place):
            self.interfere(at, node)
        elif node is at.node:
            self.leave(at)
        elif at.node.kind == "race":
            self.branch(at, node)
        elif node.interrupting:
            self.cancel(at)
            self.touch(at.within)
            self.work.append((at.within, node, None))
        else:
            self.touch(at.within)
            self.work.append((at.within, node, None))
