"""Boundary events, event sub-processes, errors, escalations (S10 to S13)."""

from __future__ import annotations

import functools

from tests.oracle.loops import Loops
from tests.oracle.model import Node
from tests.oracle.state import Place, Token, catching


class Events(Loops):
    def interfere(
        self, place: Place, start: Node, brought: dict[str, bool] | None = None
    ) -> None:
        node = start.scope.owner
        assert node and node.inner
        if start.interrupting:
            self.clear(place, None)
            place.interrupted = True
        token = Token(node, place)
        place.tokens.append(token)
        self.touch(place)
        token.child = Place(node.inner, token, brought=brought or {})
        self.open(token.child)

    def close(self) -> None:
        """Scopes whose own flow has ended take no further events (S11)."""
        for place in self.places():
            own = [t for t in place.tokens if t.node.kind != "event"]
            busy = any(w[0] is place for w in self.work)
            busy = busy or bool(+place.queues) or bool(place.drawn)
            if place.tokens and not own and not busy:
                place.closing = True

    def listening(self, place: Place, still: bool = False) -> list[Node]:
        if place.interrupted or (place.closing and not still):
            return []
        return [e.inner.starts()[0] for e in place.scope.events() if e.inner]

    def fire(
        self, host: Token, boundary: Node, brought: dict[str, bool] | None = None
    ) -> None:
        if boundary.interrupting:
            self.cancel(host)
        self.touch(host.within)
        self.enter(host.within, boundary, brought)

    def branch(
        self, at: Token, node: Node, brought: dict[str, bool] | None = None
    ) -> None:
        self.drop(at)
        token = Token(node, at.within, brought=brought or {})
        at.within.tokens.append(token)
        self.leave(token)

    def catch(self, at: Token, event: Node) -> None:
        if event in at.node.boundaries:
            self.fire(at, event)
        else:
            self.interfere(at.within, event)

    def catcher(self, token: Token, kind: str, code: str) -> tuple[Token, Node] | None:
        """Who catches an error or escalation: a boundary event of the token or of
        one around it, or what listens beside it (S12, S13)."""
        at: Token | None = token
        while at:
            bounds = [] if at.iteration or at.past else at.node.boundaries
            caught = catching(bounds, kind, code)
            if not caught:
                caught = catching(self.beside(at, kind == "error"), kind, code)
            if caught:
                return at, caught
            at = at.within.owner
        return None

    def beside(self, at: Token, still: bool = False) -> list[Node]:
        """What its scope listens for, but for the handler that it is; errors are
        still caught when only event sub-processes are left."""
        starts = self.listening(at.within, still)
        return [s for s in starts if s.scope.owner is not at.node]

    def throw(self, token: Token, code: str) -> None:
        caught = self.catcher(token, "error", code)
        if caught:
            self.catch(*caught)
            return
        self.clear(self.root, None)
        self.state = "failed"
        if self.caller:
            self.mail.append(functools.partial(self.caller.game.failed, self.me, code))

    def escalate(self, token: Token, code: str) -> None:
        """S13: the nearest catcher; the thrower goes on unless it is cut off."""
        caught = self.catcher(token, "escalation", code)
        if caught:
            self.catch(*caught)
        elif self.caller and self.is_caught_outside("escalation", code):
            out, values = self.caller.game.escalated, dict(self.root.vars)
            self.mail.append(functools.partial(out, self.me, code, values))
        if token in token.within.tokens and not token.called:
            self.leave(token)

    def is_caught_outside(self, kind: str, code: str) -> bool:
        if not self.caller:
            return False
        out = self.caller.game
        found = out.catcher(self.caller.token, kind, code) is not None
        return found or out.is_caught_outside(kind, code)
