"""A Redis of one's own for a test: it can be killed and started again."""

from __future__ import annotations

import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

from tests.lib.weirtest import TMP, Process, Skip, wait_for

SOCKET_MAX = 90


class Redis:
    """On a unix socket; `args` go to redis-server.  Runs until end()."""

    def __init__(self, name: str = "redis", *args: str) -> None:
        if not shutil.which("redis-server"):
            raise Skip("no Redis server is installed")
        self.folder = TMP / name
        if len(str(self.folder)) > SOCKET_MAX:
            self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-redis-"))
        self.folder.mkdir(exist_ok=True)
        self.name = name
        self.args = args
        self.socket = self.folder / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.process: Process | None = None
        self.start()

    def start(self) -> None:
        self.process = Process(
            ["redis-server", "--port", "0", "--unixsocket", str(self.socket)]
            + ["--save", "", "--dir", str(self.folder), *self.args],
            self.name,
        )
        wait_for(lambda: self.answers(), "Redis")

    def answers(self) -> bool:
        try:
            return self.ask("PING") == "+PONG"
        except OSError:
            return False

    def ask(self, *words: str) -> str:
        """The first line of the answer, or what a bulk answer holds."""
        text = f"*{len(words)}\r\n"
        text += "".join(f"${len(w.encode())}\r\n{w}\r\n" for w in words)
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(10)
            s.connect(str(self.socket))
            s.sendall(text.encode())
            with s.makefile("rb") as f:
                line = f.readline().decode().strip()
                if line.startswith("$") and line != "$-1":
                    return f.readline().decode().strip()
                return line

    def kill(self) -> None:
        assert self.process
        self.process.end(signal.SIGKILL)
        self.socket.unlink(missing_ok=True)

    def end(self) -> None:
        if self.process:
            self.process.end()

    def cli(self, *words: str) -> str:
        return subprocess.run(
            ["redis-cli", "-s", str(self.socket), *words],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
