"""Called processes are instances of their own (S24)."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from tests.oracle.machine import Caller
from tests.oracle.model import Node
from tests.oracle.sight import Sight
from tests.oracle.state import Entry, Place, Token, TooMuch

if TYPE_CHECKING:
    from tests.oracle.game import Game

MAX_MAIL = 200  # between the processes of one step


class Calls(Sight):
    def deliver(self) -> None:
        """What games have to tell each other, when all of a step is done; what
        one says to that comes before the rest."""
        for _ in range(MAX_MAIL):
            if not self.mail:
                return
            tell, *rest = self.mail
            self.mail.clear()
            tell()
            self.mail.extend(rest)
        raise TooMuch

    def call(self, token: Token) -> None:
        assert token.node.called
        seen: dict[str, bool] = {}
        for scope in self.scopes(token):
            seen = {**scope, **seen}
        called = self.another(token.node.called, seen, token)
        token.called = called
        self.mail.append(called.begin_called)

    def begin_called(self) -> None:
        assert self.caller
        if self.state == "active" and self.caller.waits(self):
            self.begin()
            self.open(self.root)
            self.settle()

    def take_back(self, token: Token, values: dict[str, bool]) -> None:
        """What a called process gives."""
        if token.node.gives_back and token.node.outputs:
            token.vars.update(values)
        elif token.node.gives_back:
            self.write(token, values)

    def returned(self, called: Game) -> None:
        token = self.called_by(called)
        if not token:
            return
        self.begin()
        self.take_back(token, called.root.vars)
        token.called = None
        undone = called.root.log or called.root.scope.undoer()
        token.kept = called if undone else None
        self.leave(token)
        self.settle()

    def called_by(self, called: Game) -> Token | None:
        assert called.caller
        waits = self.state == "active" and called.caller.waits(called)
        return called.caller.token if waits else None

    def failed(self, called: Game, code: str) -> None:
        """An error leaves the called process, outputs first (S12); one that is
        compensated gave them when it completed."""
        token = self.called_by(called)
        if not token:
            return
        self.begin()
        if not token.past:
            self.take_back(token, called.root.vars)
        if token.node.outputs and not token.past:
            self.give_out(token)
        token.called = None
        self.throw(token, code)
        self.settle()

    def escalated(self, called: Game, code: str, values: dict[str, bool]) -> None:
        token = self.called_by(called)
        if not token:
            return
        self.begin()
        self.take_back(token, values)
        if token.node.outputs:
            self.give_out(token)
        self.escalate(token, code)
        self.settle()

    def kill(self) -> None:
        """Its caller is interrupted."""
        self.begin()
        self.clear(self.root, None)
        if not self.over:
            self.state = "canceled"
            return
        self.state = "completed"  # what is left of it can be undone later
        self.root.log += self.undoing or []
        self.undoing = None

    # ---- one that ended is compensated (S21) ----

    def undo_called(self, place: Place, entry: Entry) -> None:
        assert entry.called
        token = Token(entry.handler, place, called=entry.called, past=True)
        place.tokens.append(token)
        entry.called.caller = Caller(self.me, token)
        self.mail.append(entry.called.compensate)

    def compensate(self) -> None:
        assert self.caller
        if not self.caller.waits(self):
            return
        self.begin()
        self.state = "active"
        self.root.interrupted = True
        undoer = self.root.scope.undoer()
        if undoer:
            self.undo_all(undoer)
        else:
            self.undoing = sorted(self.root.log, key=lambda e: e.order)
            self.root.log = []
            self.undo_next()
        self.settle()

    def undo_all(self, undoer: Node) -> None:
        """Its event sub-process does, in place of its log."""
        assert undoer.inner
        self.undoing = []
        token = Token(undoer, self.root)
        self.root.tokens.append(token)
        self.touch(self.root)
        token.child = Place(undoer.inner, token)
        self.open(token.child)

    def undo_next(self) -> None:
        assert self.caller
        if self.undoing:
            self.undo_one(self.root, self.undoing[-1])
            return
        self.undoing = None
        self.state = "completed"
        self.mail.append(functools.partial(self.caller.game.undone, self.me))

    def undone(self, called: Game) -> None:
        token = self.called_by(called)
        if not token:
            return
        self.begin()
        token.called = None
        self.done(token)
        self.settle()

    # ---- all of them ----

    def games(self) -> list[tuple[str | None, Game]]:
        """It and all that is called, each by a path that means it alone."""
        return self.named("p")

    def named(self, path: str | None) -> list[tuple[str | None, Game]]:
        found: list[tuple[str | None, Game]] = [(path, self.me)]
        calls = [t for t in self.tokens() if t.called]
        for t in calls:
            alone = path and sum(o.node is t.node for o in calls) == 1
            assert t.called
            found += t.called.named(f"{path}/{t.node.id}" if alone else None)
        return found
