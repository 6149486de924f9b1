"""What can be seen of an instance, and what can happen to it."""

from __future__ import annotations

from tests.oracle.adhoc import AdHoc, is_waiting
from tests.oracle.model import Node
from tests.oracle.state import Place, Token

HEARD = ("message", "signal")  # what a user sends


class Sight(AdHoc):
    def tokens(self) -> list[Token]:
        found = [t for p in self.places() for t in p.tokens]
        return [t for t in found if not t.child or t.undoing or is_waiting(t)]

    def positions(self) -> list[str]:
        names = [t.node.id for t in self.tokens()]
        names += [f.target.id for p in self.places() for f in p.queued()]
        return sorted(names)

    def incidents(self) -> list[str]:
        found = [f"{t.node.id}:{t.incident}" for t in self.tokens() if t.incident]
        for p in self.places():
            if p.stuck:
                gates = [n for n in p.scope.nodes if n.joins]
                first = next(n for n in gates if any(p.queues[f] for f in n.ins))
                found.append(f"{first.id}:join-deadlock")
        return sorted(found)

    def tasks(self) -> list[Token]:
        people = ("user", "handler")
        return [t for t in self.tokens() if t.node.kind in people and not t.incident]

    def at_will(self) -> list[Token]:
        """Ad-hoc sub-processes in which something may be started now."""
        found = [t for p in self.places() for t in p.tokens if t.node.kind == "adhoc"]
        return [
            t
            for t in found
            if t.child
            and not t.child.closed
            and not (t.node.in_turn and (t.child.tokens or +t.child.queues))
        ]

    def timers(self) -> list[tuple[int, Token | Place, Node]]:
        found = []
        for at, node in self.waiting(("timer",)):
            if node not in at.fired:
                found.append((at.since + node.minutes, at, node))
        return found

    def waiting(
        self, kinds: tuple[str, ...] = HEARD
    ) -> list[tuple[Token | Place, Node]]:
        """Every message or signal that is waited for: where, and the event."""
        found: list[tuple[Token | Place, Node]] = []
        for place in self.places():
            starts = self.listening(place)
            found += [(place, s) for s in starts if s.trigger in kinds]
            for t in place.tokens:
                if t.incident:  # it was left already, but for its flows
                    continue
                if t.node.kind == "catch" and t.node.trigger in kinds:
                    found.append((t, t.node))
                if t.node.kind == "race":
                    targets = [f.target for f in t.node.outs]
                    found += [(t, n) for n in targets if n.trigger in kinds]
                if t.iteration or t.past:
                    continue
                events = [b for b in t.node.boundaries if b.trigger in kinds]
                found += [(t, b) for b in events]
        return found
