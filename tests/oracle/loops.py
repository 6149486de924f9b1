"""Multi-instance and standard loops (S18, S19)."""

from __future__ import annotations

from tests.oracle.conditions import Conditions
from tests.oracle.state import Place, Token


class Loops(Conditions):
    def iterate(self, body: Token) -> None:
        """The first iterations, or none."""
        loop = body.node.loop
        assert loop
        if not self.total(body):
            self.end_loop(body)
            return
        self.next_iteration(body)

    def next_iteration(self, body: Token) -> None:
        """A token as any other: it comes after those that are there (S1)."""
        assert body.child
        self.work.append((body.child, body.node, None))

    def total(self, body: Token) -> int:
        loop = body.node.loop
        assert loop
        if loop.condition and not self.read(body, loop.condition):
            return 0
        return loop.count

    def iteration(self, place: Place) -> None:
        body = place.owner
        assert body and body.node.loop
        token = Token(body.node, place, iteration=True)
        place.tokens.append(token)
        place.begun += 1
        if body.node.loop.kind == "parallel" and place.begun < body.node.loop.count:
            self.next_iteration(body)
        self.run(token)

    def iterated(self, token: Token) -> None:
        place = token.within
        body = place.owner
        assert body and body.node.loop
        place.tokens.remove(token)
        self.note(token, token.ended.log if token.ended else [])
        place.done += 1
        if self.is_enough(body, place.done, token):
            self.clear(place, None)
            self.end_loop(body)
        elif body.node.loop.kind != "parallel":
            self.next_iteration(body)

    def is_enough(self, body: Token, done: int, last: Token) -> bool:
        loop = body.node.loop
        assert loop
        if done >= loop.count:
            return True
        if loop.condition:  # it sees what the loop before had
            return not self.read(last, loop.condition)
        if loop.until:
            return self.read(last, loop.until)
        return loop.enough is not None and done >= loop.enough

    def end_loop(self, body: Token) -> None:
        if body.child in self.touched:
            self.touched.remove(body.child)
        body.ended, body.child = body.child, None
        self.leave(body)
