"""The token game as SEMANTICS.md words it: an oracle written from the text.

Nothing here is shared with the engine, and nothing is clever: paths of inclusive
joins are searched anew each time (S7), tokens are objects in lists.
"""

from __future__ import annotations

import collections
import functools
from collections.abc import Callable
from dataclasses import dataclass

from tests.oracle.model import Flow, Node, Scope
from tests.oracle.state import (
    Entry,
    Place,
    Token,
    TooMuch,
    catching,
    reached,
    ways,
)

MAX_RUNS = 400  # node executions of one step
MAX_TOKENS = 60
MAX_MAIL = 200  # between the processes of one step
HEARD = ("message", "signal")  # what a user sends


@dataclass
class Clock:
    minute: int = 0


def is_waiting(token: Token) -> bool:
    """An ad-hoc sub-process in which nothing runs."""
    place = token.child
    idle = place and not place.tokens and not +place.queues
    return token.node.kind == "adhoc" and bool(idle)


Mail = collections.deque[Callable[[], None]]


@dataclass
class Caller:
    game: Game
    token: Token

    def waits(self, called: Game) -> bool:
        return self.token.called is called


class Game:
    """One instance; those that it calls are games of their own (S24)."""

    def __init__(
        self, scope: Scope, values: dict[str, bool], caller: Caller | None = None
    ) -> None:
        self.caller = caller
        self.clock: Clock = caller.game.clock if caller else Clock()
        self.mail: Mail = caller.game.mail if caller else collections.deque()
        self.state = "active"
        self.noted = 0
        self.over = False  # it ended once; since then it is only undone
        self.undoing: list[Entry] | None = None
        self.root = Place(scope, None, vars=values)
        self.work: collections.deque[tuple[Place, Node, Flow | None]]
        self.work = collections.deque()
        self.touched: list[Place] = []

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
        self.write(at if isinstance(at, Place) else at.within, written)
        if isinstance(at, Place):
            self.interfere(at, node)
        elif node is at.node:
            self.leave(at)
        elif at.node.kind == "race":
            self.drop(at)
            self.enter(at.within, node)
            self.leave(at.within.tokens[-1])
        else:
            self.fire(at, node)
        self.settle()
        self.deliver()

    def fire_timer(self, at: Token | Place, node: Node) -> None:
        at.fired.append(node)
        self.message(at, node, {})

    # ---- ad-hoc sub-processes (S20) ----

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

    # ---- called processes (S24) ----

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
        called = Game(token.node.called, seen, Caller(self, token))
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
        token.kept = called if called.root.log else None
        self.leave(token)
        self.settle()

    def called_by(self, called: Game) -> Token | None:
        assert called.caller
        waits = self.state == "active" and called.caller.waits(called)
        return called.caller.token if waits else None

    def failed(self, called: Game, code: str) -> None:
        """An error leaves the called process, outputs first (S12)."""
        token = self.called_by(called)
        if not token:
            return
        self.begin()
        self.take_back(token, called.root.vars)
        if token.node.outputs:
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

    # ---- a called process that ended is compensated (S21) ----

    def compensate(self) -> None:
        assert self.caller
        if not self.caller.waits(self):
            return
        self.begin()
        self.state = "active"
        self.root.interrupted = True
        self.undoing = sorted(self.root.log, key=lambda e: e.order)
        self.root.log = []
        self.undo_next()
        self.settle()

    def undo_next(self) -> None:
        assert self.caller
        if self.undoing:
            self.undo_one(self.root, self.undoing[-1])
            return
        self.undoing = None
        self.state = "completed"
        self.mail.append(functools.partial(self.caller.game.undone, self))

    def undone(self, called: Game) -> None:
        token = self.called_by(called)
        if not token:
            return
        self.begin()
        token.called = None
        self.done(token)
        self.settle()

    # ---- variables (S25) ----

    def scopes(self, at: Token | Place) -> list[dict[str, bool]]:
        """From the inside out."""
        if isinstance(at, Token):
            return [at.vars, *at.back, *self.scopes(at.within)]
        return self.scopes(at.owner) if at.owner else [at.vars]

    def read(self, at: Token | Place, name: str) -> bool:
        """A variable or, with "!", the opposite."""
        plain = name.lstrip("!")
        value = next(v[plain] for v in self.scopes(at) if plain in v)
        return not value if name[0] == "!" else value

    def write(self, at: Token | Place, written: dict[str, bool]) -> None:
        for name, value in written.items():
            scopes = self.scopes(at)
            next((v for v in scopes if name in v), scopes[-1])[name] = value

    def take_in(self, token: Token) -> None:
        for name, source in token.node.inputs.items():
            token.vars[name] = self.read(token, source)

    def give_out(self, token: Token) -> None:
        out = {n: self.read(token, s) for n, s in token.node.outputs.items()}
        self.write(token.within, out)

    # ---- one step ----

    def begin(self) -> None:
        self.touched = []
        self.runs = 0

    def touch(self, place: Place) -> None:
        if place not in self.touched:
            self.touched.append(place)

    def settle(self) -> None:
        moving = True
        while moving and self.state == "active":
            while self.work and self.state == "active":
                place, node, flow = self.work.popleft()
                self.touch(place)
                self.arrive(place, node, flow)
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

    def join(self, place: Place, node: Node) -> None:
        for f in node.ins:
            if place.queues[f]:
                place.queues[f] -= 1
        self.touch(place)
        self.enter(place, node)

    def enter(self, place: Place, node: Node) -> None:
        token = Token(node, place, since=self.clock.minute)
        place.tokens.append(token)
        if len(place.tokens) > MAX_TOKENS:
            raise TooMuch
        if node.loop:
            token.child = Place(Scope(node), token)
            self.touch(place)
            self.iterate(token)
        else:
            self.run(token)

    def run(self, token: Token) -> None:
        node, place = token.node, token.within
        self.take_in(token)
        if node.kind in ("user", "catch", "race", "handler"):
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

    # ---- compensation ----

    def note(self, token: Token, log: list[Entry]) -> None:
        """It completes: what undoes it, or what was noted in it as one."""
        self.noted += 1
        if token.node.handler and (token.iteration or not token.node.loop):
            handler = token.node.handler
            log = [Entry((self.noted,), handler, dict(token.vars))] if handler else []
        elif token.kept:
            log = [Entry((self.noted,), token.node, {}, called=token.kept)]
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
            token = Token(entry.handler, place, called=entry.called, past=True)
            place.tokens.append(token)
            entry.called.caller = Caller(self, token)
            self.mail.append(entry.called.compensate)
            return
        self.enter(place, entry.handler)
        place.tokens[-1].vars = dict(entry.vars)
        place.tokens[-1].back = entry.back

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

    def open(self, place: Place) -> None:
        place.since = self.clock.minute
        for n in place.scope.starts():
            self.work.append((place, n, None))
        self.touch(place)

    # ---- loops ----

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

    # ---- event sub-processes ----

    def interfere(self, place: Place, start: Node) -> None:
        node = start.scope.owner
        assert node and node.inner
        if start.interrupting:
            self.clear(place, None)
            place.interrupted = True
        token = Token(node, place)
        place.tokens.append(token)
        self.touch(place)
        token.child = Place(node.inner, token)
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

    # ---- leaving ----

    def holds(self, at: Token | Place, flow: Flow) -> bool:
        return flow.condition is None or self.read(at, flow.condition)

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

    def leave(self, token: Token) -> None:
        if token.iteration or not token.node.loop:
            self.give_out(token)
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

    def drop(self, token: Token) -> None:
        token.within.tokens.remove(token)
        self.touch(token.within)

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

    def fire(self, host: Token, boundary: Node) -> None:
        if boundary.interrupting:
            self.cancel(host)
        self.touch(host.within)
        self.enter(host.within, boundary)

    def throw(self, token: Token, code: str) -> None:
        caught = self.catcher(token, "error", code)
        if caught:
            self.catch(*caught)
            return
        self.clear(self.root, None)
        self.state = "failed"
        if self.caller:
            self.mail.append(functools.partial(self.caller.game.failed, self, code))

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

    def catch(self, at: Token, event: Node) -> None:
        if event in at.node.boundaries:
            self.fire(at, event)
        else:
            self.interfere(at.within, event)

    def is_caught_outside(self, kind: str, code: str) -> bool:
        if not self.caller:
            return False
        out = self.caller.game
        found = out.catcher(self.caller.token, kind, code) is not None
        return found or out.is_caught_outside(kind, code)

    def beside(self, at: Token, still: bool = False) -> list[Node]:
        """What its scope listens for, but for the handler that it is; errors are
        still caught when only event sub-processes are left."""
        starts = self.listening(at.within, still)
        return [s for s in starts if s.scope.owner is not at.node]

    def escalate(self, token: Token, code: str) -> None:
        """S13: the nearest catcher; the thrower goes on unless it is cut off."""
        caught = self.catcher(token, "escalation", code)
        if caught:
            self.catch(*caught)
        elif self.caller and self.is_caught_outside("escalation", code):
            out, values = self.caller.game.escalated, dict(self.root.vars)
            self.mail.append(functools.partial(out, self, code, values))
        if token in token.within.tokens and not token.called:
            self.leave(token)

    # ---- ends of scopes, joins ----

    def is_idle(self, place: Place) -> bool:
        return not place.tokens and all(w[0] is not place for w in self.work)

    def end_one(self) -> bool:
        if self.state != "active":
            return False
        for place in self.touched:
            if not self.is_idle(place) or +place.queues or place.drawn:
                continue
            if place.owner is None and self.undoing is not None:
                continue
            if not self.is_over(place):
                continue
            if place.owner is None:
                self.state = "completed"
                return False
            self.touched.remove(place)
            place.owner.child = None
            place.owner.ended = place
            self.leave(place.owner)
            return True
        return False

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

    def find_stuck(self) -> None:
        for place in self.touched:
            if self.is_idle(place) and +place.queues and self.is_over(place):
                place.stuck = True

    # ---- what can be seen ----

    def games(self) -> list[tuple[str | None, Game]]:
        """It and all that is called, each by a path that means it alone."""
        return self.named("p")

    def named(self, path: str | None) -> list[tuple[str | None, Game]]:
        found: list[tuple[str | None, Game]] = [(path, self)]
        calls = [t for t in self.tokens() if t.called]
        for t in calls:
            alone = path and sum(o.node is t.node for o in calls) == 1
            assert t.called
            found += t.called.named(f"{path}/{t.node.id}" if alone else None)
        return found

    def places(self) -> list[Place]:
        found, at = [self.root], 0
        while at < len(found):
            found += [t.child for t in found[at].tokens if t.child]
            at += 1
        return found

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
