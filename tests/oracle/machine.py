"""What an instance of the oracle is made of: the ground of its parts.

Each part of the semantics is a class of its own file that stands on the one
before: variables, gates, undo, conditions, loops, events, adhoc, sight, calls, game.
"""

from __future__ import annotations

import abc
import collections
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.oracle.model import Flow, Node, Scope
from tests.oracle.state import Entry, Place, Token

if TYPE_CHECKING:
    from tests.oracle.game import Game

MAX_TOKENS = 60


@dataclass
class Clock:
    minute: int = 0


Mail = collections.deque[Callable[[], None]]


@dataclass
class Caller:
    game: Game
    token: Token

    def waits(self, called: Machine) -> bool:
        return self.token.called is called


class Machine(abc.ABC):
    """One instance; those that it calls are others (S24)."""

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
        # variables, where they are, that conditions have not been told of; and
        # what was armed
        self.writes: list[tuple[Token | Place | dict[str, bool], str | None]] = []
        self.dispatching = False
        self.armed = 0

    def begin(self) -> None:
        self.touched = []
        self.runs = 0

    def touch(self, place: Place) -> None:
        if place not in self.touched:
            self.touched.append(place)

    def drop(self, token: Token) -> None:
        token.within.tokens.remove(token)
        self.touch(token.within)

    def is_idle(self, place: Place) -> bool:
        return not place.tokens and all(w[0] is not place for w in self.work)

    def places(self) -> list[Place]:
        found, at = [self.root], 0
        while at < len(found):
            found += [t.child for t in found[at].tokens if t.child]
            at += 1
        return found

    # ---- what parts do that stand on others ----

    @property
    @abc.abstractmethod
    def me(self) -> Game:
        """Itself, whole."""

    @abc.abstractmethod
    def another(self, scope: Scope, values: dict[str, bool], by: Token) -> Game:
        """What one of its tokens calls."""

    @abc.abstractmethod
    def settle(self) -> None:
        """Tokens move until each of them waits (S1)."""

    @abc.abstractmethod
    def deliver(self) -> None:
        """What instances have to tell each other."""

    @abc.abstractmethod
    def enter(
        self, place: Place, node: Node, brought: dict[str, bool] | None = None
    ) -> None:
        """A token comes into the node, with what an event brought."""

    @abc.abstractmethod
    def run(self, token: Token) -> None:
        """The node does what it does."""

    @abc.abstractmethod
    def open(self, place: Place) -> None:
        """The scope begins."""

    @abc.abstractmethod
    def leave(self, token: Token) -> None:
        """The node has done it."""

    @abc.abstractmethod
    def cancel(self, token: Token) -> None:
        """The token and all in it is gone."""

    @abc.abstractmethod
    def clear(self, place: Place, spare: Token | None) -> None:
        """All tokens of the place are, but one."""

    @abc.abstractmethod
    def interfere(self, place: Place, start: Node) -> None:
        """An event sub-process starts."""

    @abc.abstractmethod
    def listening(self, place: Place, still: bool = False) -> list[Node]:
        """The start events of those that may."""

    @abc.abstractmethod
    def branch(self, at: Token, node: Node) -> None:
        """The event behind an event-based gateway happens."""

    @abc.abstractmethod
    def undo_next(self) -> None:
        """What is left of an instance that had ended is compensated."""

    @abc.abstractmethod
    def undo_called(self, place: Place, entry: Entry) -> None:
        """A called process that had ended is compensated."""
