"""A PostgreSQL of one's own, by pg.sh, for suites in Python."""

from __future__ import annotations

import contextlib
import glob
import os
import pathlib
import re
import signal
import subprocess

from tests.lib.weirtest import TOP, Skip, true, wait_for

SCRIPT = """
. "$1/tests/lib/pg.sh"
pg_start || { printf 'no %s\\n' "$pg_why"; exit 0; }
trap pg_stop EXIT
printf 'yes %s\\n' "$pg_url"
read -r _ || true
"""


def key(path: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", path)]


def children(pid: int) -> list[int]:
    text = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(n) for n in text.split()]


def is_alive(pid: int) -> bool:
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


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

    @property
    def folder(self) -> pathlib.Path:
        return pathlib.Path(self.url.partition("host=")[2])

    def kill(self) -> None:
        """As a crash: no process of it is left."""
        file = self.folder / "data/postmaster.pid"
        pid = int(file.read_text().split()[0])
        group = [pid, *children(pid)]
        # One that recovers would notice the end of its parent late.
        for p in group:
            with contextlib.suppress(ProcessLookupError):
                os.kill(p, signal.SIGKILL)
        wait_for(lambda: not any(is_alive(p) for p in group), "its end")
        # Until init has taken note of its end the pid is in use.
        file.unlink()
        (self.folder / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def start(self, *more: str) -> None:
        """Again, with the options it had; more of them: name=value."""
        line = (self.folder / "data/postmaster.opts").read_text()
        options = line[line.index('"-c"') :].strip()
        options += "".join(f' "-c" "{o}"' for o in more)
        bin = pathlib.Path(sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=key)[-1])
        become = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        got = subprocess.run(
            [*become, str(bin / "pg_ctl"), "-D", str(self.folder / "data")]
            + ["-l", str(self.folder / "server.log"), "-w", "-t", "60"]
            + ["-o", options, "start"],
            cwd="/",
            stdout=(self.folder / "start.log").open("w"),
            stderr=subprocess.STDOUT,
        )
        true(got.returncode == 0, (self.folder / "start.log").read_text())

    def psql(self) -> subprocess.Popen[str]:
        """Reads statements, until its input ends."""
        bin = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=key)[-1]
        return subprocess.Popen(
            [f"{bin}/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", self.url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, statement: str) -> str:
        with self.psql() as p:
            return p.communicate(statement)[0].strip()

    def end(self) -> None:
        self.shell.communicate()
