"""Compensation (S21)."""

from __future__ import annotations

from tests.oracle.gates import Gates
from tests.oracle.model import Scope
from tests.oracle.state import Entry, Place, Token


class Undo(Gates):
    def note(self, token: Token, log: list[Entry]) -> None:
        """It completes: what undoes it, or what was noted in it as one."""
        if token.within.owner and token.within.owner.past:
            return
        self.noted += 1
        if token.node.handler and (token.iteration or not token.node.loop):
            handler = token.node.handler
            log = [Entry((self.noted,), handler, dict(token.vars))] if handler else []
        elif token.kept:
            log = [Entry((self.noted,), token.node, {}, called=token.kept)]
        elif token.ended and token.ended.scope.undoer():
            log = [Entry((self.noted,), token.node, dict(token.vars))]
        else:
            own = dict(token.vars)
            log = [
                Entry(
                    (self.noted, *e.order), e.handler, e.vars, [*e.back, own], e.called
                )
                for e in log
            ]
        token.within.log += log

    def undo(self, token: Token) -> None:
        """The next handler, when the one before is done."""
        if not token.undoing:
            token.undoing = token.child = None
            self.leave(token)
            return
        if not token.child:
            token.child = Place(Scope(token.node), token)
        self.undo_one(token.child, token.undoing[-1])

    def undo_one(self, place: Place, entry: Entry) -> None:
        if entry.called:
            self.undo_called(place, entry)
            return
        if entry.handler.inner:
            self.undo_inside(place, entry)
            return
        self.enter(place, entry.handler)
        place.tokens[-1].vars = dict(entry.vars)
        place.tokens[-1].back = entry.back

    def undo_inside(self, place: Place, entry: Entry) -> None:
        """The sub-process comes back, for its event sub-process alone."""
        scope = entry.handler.inner
        undoer = scope.undoer() if scope else None
        assert scope and undoer and undoer.inner
        token = Token(entry.handler, place, past=True, vars=dict(entry.vars))
        token.back = entry.back
        token.child = Place(scope, token, interrupted=True)
        place.tokens.append(token)
        handler = Token(undoer, token.child)
        token.child.tokens.append(handler)
        self.touch(token.child)
        handler.child = Place(undoer.inner, handler)
        self.open(handler.child)

    def done(self, token: Token) -> None:
        """Its entry is: on with the one before."""
        driver = token.within.owner
        self.drop(token)
        if not driver:
            assert self.undoing
            self.undoing.pop()
            self.undo_next()
            return
        assert driver.undoing
        self.touched.remove(token.within)
        driver.undoing.pop()
        self.undo(driver)
