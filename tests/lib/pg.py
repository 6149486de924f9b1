"""A PostgreSQL of one's own, by pg.sh, for suites in Python."""

from __future__ import annotations

import subprocess

from tests.lib.weirtest import TOP, Skip

SCRIPT = """
. "$1/tests/lib/pg.sh"
pg_start || { printf 'no %s\\n' "$pg_why"; exit 0; }
trap pg_stop EXIT
printf 'yes %s\\n' "$pg_url"
read -r _ || true
"""


class Postgres:
    """Runs until end(); raises Skip where there is none."""

    def __init__(self) -> None:
        self.shell = subprocess.Popen(
            ["bash", "-c", SCRIPT, "bash", str(TOP)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.shell.stdout
        word, _, self.url = self.shell.stdout.readline().strip().partition(" ")
        if word != "yes":
            self.shell.wait()
            raise Skip(self.url or "the server did not start")

    def end(self) -> None:
        self.shell.communicate()
