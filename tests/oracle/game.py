"""The token game as SEMANTICS.md words it: an oracle written from the text.

Nothing here is shared with the engine, and nothing is clever: paths of inclusive
joins are searched anew each time (S7), tokens are objects in lists.
"""

from __future__ import annotations

import collections
import functools

from tests.oracle.calls import Calls
from tests.oracle.machine import MAX_TOKENS, Caller
from tests.oracle.model import Flow, Node, Scope
from tests.oracle.state import Place, Token, TooMuch

MAX_RUNS = 400  # node executions of one step


class Game(Calls):
    @property
    def me(self) -> Game:
        return self

    def another(self, scope: Scope, values: dict[str, bool], by: Token) -> Game:
        return Game(scope, values, Caller(self, by))

    # ---- what a user does ----

    def start(self) -> None:
        self.begin()
        self.open(self.root)
        self.settle()
        self.deliver()

    def complete(self, token: Token, written: dict[str, bool]) -> None:
        self.begin()
        if token.node.outputs:  # only what is mapped leaves
            token.vars.update(written)
        else:
            self.write(token, written)
        self.leave(token)
        self.settle()
        self.deliver()

    def message(self, at: Token | Place, node: Node, written: dict[str, bool]) -> None:
        self.begin()
        if isinstance(at, Place):
            self.interfere(at, node, written)
        elif node is at.node:
            at.brought = written
            self.leave(at)
        elif at.node.kind == "race":
            self.branch(at, node, written)
        else:
            self.fire(at, node, written)
        self.settle()
        self.deliver()

    def fire_timer(self, at: Token | Place, node: Node) -> None:
        at.fired.append(node)
        self.message(at, node, {})

    def set(self, written: dict[str, bool]) -> None:
        self.begin()
        self.write(self.root, written)
        self.settle()
        self.deliver()

    # ---- one step (S1) ----

    def settle(self) -> None:
        moving = True
        while moving and self.state == "active":
            self.dispatch()
            while self.work and self.state == "active":
                place, node, flow = self.work.popleft()
                self.touch(place)
                self.arrive(place, node, flow)
                self.dispatch()
                self.close()
                while self.end_one():
                    self.close()
            self.close()
            moving = self.end_one() or self.join_one() or bool(self.work)
        if self.state == "active":
            self.find_stuck()
        if self.state == "completed" and self.caller and not self.over:
            self.mail.append(functools.partial(self.caller.game.returned, self))
        self.over = self.over or self.state == "completed"

    def arrive(self, place: Place, node: Node, flow: Flow | None) -> None:
        self.runs += 1
        if self.runs > MAX_RUNS:
            raise TooMuch
        if place.is_loop:
            self.iteration(place)
            return
        if not node.joins or flow is None:
            self.enter(place, node)
            return
        place.queues[flow] += 1
        if sum(place.queues.values()) > MAX_TOKENS:
            raise TooMuch
        if node.kind == "parallel" and all(place.queues[f] for f in node.ins):
            self.join(place, node)
        elif node.kind == "complex":
            self.activate(place, node)

    def enter(
        self, place: Place, node: Node, brought: dict[str, bool] | None = None
    ) -> None:
        token = Token(node, place, since=self.clock.minute, brought=brought or {})
        if node.kind == "start" and place.brought:
            token.brought, place.brought = place.brought, {}
        place.tokens.append(token)
        if len(place.tokens) > MAX_TOKENS:
            raise TooMuch
        self.arm(token, node.boundaries)
        if node.loop:
            self.dispatch()
            if not token.lives:
                return
            token.child = Place(Scope(node), token)
            self.touch(place)
            self.iterate(token)
        else:
            self.run(token)

    def run(self, token: Token) -> None:
        node, place = token.node, token.within
        self.take_in(token)
        self.dispatch()
        if not token.lives:
            return
        if node.kind in ("user", "handler"):
            return
        if node.kind in ("catch", "race"):
            races = [f.target for f in node.outs] if node.kind == "race" else [node]
            self.arm(token, races)
            self.dispatch()
            return
        if node.called:
            self.call(token)
        elif node.inner:
            token.child = Place(node.inner, token)
            self.open(token.child)
        elif node.kind == "end" and node.trigger == "terminate":
            self.clear(place, token)
            self.leave(token)
        elif node.kind == "end" and node.trigger == "error":
            self.throw(token, node.code or "")
        elif node.kind in ("end", "escalate") and node.trigger == "escalation":
            self.escalate(token, node.code or "")
        elif node.kind in ("end", "undo") and node.trigger == "compensation":
            token.undoing, place.log = sorted(place.log, key=lambda e: e.order), []
            self.undo(token)
        else:
            self.leave(token)

    def open(self, place: Place) -> None:
        place.since = self.clock.minute
        self.touch(place)
        self.arm(place, [e.inner.starts()[0] for e in place.scope.events() if e.inner])
        self.dispatch()
        for n in [] if place.interrupted else place.scope.starts():
            self.work.append((place, n, None))

    def leave(self, token: Token) -> None:
        if token.past:
            self.done(token)
            return
        self.write(token.within, token.brought)
        if token.iteration or not token.node.loop:
            self.give_out(token)
        token.conditions.clear()
        self.dispatch()
        if not token.lives:
            return
        if token.iteration:
            self.iterated(token)
            return
        if token.node.kind == "handler":
            self.done(token)
            return
        self.note(token, token.ended.log if token.ended else [])
        if self.is_enough_done(token):
            return
        flows = self.chosen(token)
        if flows is None:
            token.incident = "no-flow"
            return
        self.drop(token)
        for f in flows:
            self.work.append((token.within, f.target, f))

    def cancel(self, token: Token) -> None:
        if token.called:
            token.called.kill()
            token.called = None
        if token.child:
            self.clear(token.child, None)
            if token.child in self.touched:
                self.touched.remove(token.child)
        if token.undoing:  # what was not compensated can be later
            token.within.log += token.undoing
        self.drop(token)

    def clear(self, place: Place, spare: Token | None) -> None:
        for t in list(place.tokens):
            if t is not spare:
                self.cancel(t)
        left = [w for w in self.work if w[0] is not place]
        self.work = collections.deque(left)
        place.queues.clear()
        place.drawn.clear()
        place.stuck = False

    def end_one(self) -> bool:
        if self.state != "active":
            return False
        for place in self.touched:
            if not self.is_idle(place) or +place.queues or place.drawn:
                continue
            if place.owner is None and self.undoing:
                continue
            if not self.is_over(place):
                continue
            if place.owner is None and self.undoing is not None:
                self.undo_next()  # its event sub-process was all of it
                return False
            if place.owner is None:
                self.state = "completed"
                return False
            self.touched.remove(place)
            place.owner.child = None
            place.owner.ended = place
            self.leave(place.owner)
            return True
        return False

    def find_stuck(self) -> None:
        for place in self.touched:
            if self.is_idle(place) and +place.queues and self.is_over(place):
                place.stuck = True
