"""What the oracle knows of a running process."""

from __future__ import annotations

import collections
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.oracle.model import Flow, Node, Scope

if TYPE_CHECKING:
    from tests.oracle.game import Game


class TooMuch(Exception):
    """The process grows without end: another one is drawn."""


SERIAL = itertools.count(1)


@dataclass(eq=False)
class Armed:
    """A condition that is waited for."""

    order: int
    met: bool = False  # when it was last looked at


@dataclass(eq=False)
class Token:
    """A token inside a node."""

    node: Node
    within: Place
    child: Place | None = None
    incident: str | None = None
    iteration: bool = False
    ended: Place | None = None  # the scope that it was
    undoing: list[Entry] | None = None  # an event that compensates: what is left
    since: int = 0  # the minute in which its events were armed
    fired: list[Node] = field(default_factory=list)  # timers that are over
    called: Game | None = None  # of a call activity: the process's own instance
    past: bool = False  # its called process had ended and is undone
    kept: Game | None = None  # that one, ended, when it can be undone
    vars: dict[str, bool] = field(default_factory=dict)  # its own (S25)
    back: list[dict[str, bool]] = field(default_factory=list)  # of a handler: of the
    # sub-processes that have come back to be compensated, from the inside out
    brought: dict[str, bool] = field(default_factory=dict)  # by what happened
    conditions: dict[Node, Armed] = field(default_factory=dict)
    serial: int = field(default_factory=lambda: next(SERIAL))

    @property
    def depth(self) -> int:
        return 1 + self.within.depth

    @property
    def activity(self) -> Token | Place:
        return self

    @property
    def lives(self) -> bool:
        return self in self.within.tokens


@dataclass(eq=False)
class Entry:
    """A handler that can undo something; later ones come first (S21)."""

    order: tuple[int, ...]
    handler: Node  # or the call activity
    vars: dict[str, bool]  # what its activity had
    back: list[dict[str, bool]] = field(default_factory=list)
    called: Game | None = None  # the process that is undone from inside


@dataclass(eq=False)
class Place:
    """A scope that came to life, or the iterations of an activity."""

    scope: Scope
    owner: Token | None
    begun: int = 0  # iterations
    done: int = 0  # of them ended
    interrupted: bool = False  # by an event sub-process: no other one starts
    closing: bool = False  # only event sub-processes still run
    tokens: list[Token] = field(default_factory=list)
    queues: collections.Counter[Flow] = field(default_factory=collections.Counter)
    drawn: dict[Node, list[Flow]] = field(default_factory=dict)  # waiting for reset
    stuck: bool = False
    log: list[Entry] = field(default_factory=list)
    vars: dict[str, bool] = field(default_factory=dict)  # of the process
    since: int = 0
    fired: list[Node] = field(default_factory=list)
    ran: bool = False  # something did, in an ad-hoc sub-process
    closed: bool = False  # nothing more is started there
    brought: dict[str, bool] = field(default_factory=dict)  # to its start event
    conditions: dict[Node, Armed] = field(default_factory=dict)

    @property
    def depth(self) -> int:
        return self.owner.depth if self.owner else 0

    @property
    def serial(self) -> int:
        return self.owner.serial if self.owner else 0

    @property
    def activity(self) -> Token | Place:
        """A scope and the activity that it is of are one."""
        return self.owner or self

    @property
    def is_loop(self) -> bool:
        owner = self.owner
        return owner is not None and bool(owner.node.loop) and not owner.iteration

    def queued(self) -> list[Flow]:
        return [f for f, n in self.queues.items() for _ in range(n)]


def catching(events: list[Node], trigger: str, code: str) -> Node | None:
    """The exact code before the one that catches all."""
    errors = [e for e in events if e.trigger == trigger]
    exact = [e for e in errors if e.code == code]
    fitting = exact or [e for e in errors if e.code is None]
    return fitting[0] if fitting else None


def ways(node: Node) -> list[Flow]:
    """The flows by which a token inside the node can leave it."""
    return node.outs + [f for b in node.boundaries for f in b.outs]


def reached(first: list[Flow], gate: Node) -> set[Flow]:
    """Incoming flows of the gate at the ends of paths that do not pass it."""
    found: set[Flow] = set()
    seen: set[Flow] = set()
    todo = list(first)
    while todo:
        f = todo.pop()
        if f in seen:
            continue
        seen.add(f)
        if f.target is gate:
            found.add(f)
        else:
            todo += ways(f.target)
    return found
