"""Ad-hoc sub-processes (S20)."""

from __future__ import annotations

from tests.oracle.events import Events
from tests.oracle.model import Node
from tests.oracle.state import Place, Token


def is_waiting(token: Token) -> bool:
    """An ad-hoc sub-process in which nothing runs."""
    place = token.child
    idle = place and not place.tokens and not +place.queues
    return token.node.kind == "adhoc" and bool(idle)


class AdHoc(Events):
    def start_inside(self, token: Token, nodes: list[Node]) -> None:
        assert token.child
        self.begin()
        place, place.ran = token.child, True
        for node in nodes:
            self.work.append((place, node, None))
        self.touch(place)
        self.settle()
        self.deliver()

    def close_inside(self, token: Token) -> None:
        assert token.child
        self.begin()
        token.child.closed = True
        self.touch(token.child)
        self.settle()
        self.deliver()

    def is_enough_done(self, token: Token) -> bool:
        """Its activity in an ad-hoc sub-process was the last one, and interrupts."""
        place, owner = token.within, token.within.owner
        if not owner or owner.node.kind != "adhoc" or not owner.node.until:
            return False
        if token.node.kind == "parallel" or not self.read(token, owner.node.until):
            return False
        place.closed = True
        if owner.node.in_turn or not owner.node.cancels:
            return False
        self.clear(place, None)
        self.touch(place)
        return True

    def is_over(self, place: Place) -> bool:
        if not place.owner or place.owner.node.kind != "adhoc":
            return True
        return place.closed or (place.owner.node.by_itself and place.ran)
