"""Variables of every scope (S25)."""

from __future__ import annotations

from tests.oracle.machine import Machine
from tests.oracle.model import Flow
from tests.oracle.state import Place, Token


class Variables(Machine):
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
            held = next((v for v in scopes if name in v), scopes[-1])
            held[name] = value
            self.writes.append((held, name))

    def take_in(self, token: Token) -> None:
        for name, source in token.node.inputs.items():
            token.vars[name] = self.read(token, source)
            self.writes.append((token.vars, name))

    def give_out(self, token: Token) -> None:
        out = {n: self.read(token, s) for n, s in token.node.outputs.items()}
        self.write(token.within, out)

    def holds(self, at: Token | Place, flow: Flow) -> bool:
        return flow.condition is None or self.read(at, flow.condition)
