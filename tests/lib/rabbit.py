"""A RabbitMQ of one's own for a test: it can be killed and started again."""

from __future__ import annotations

import os
import pathlib
import shlex
import shutil
import signal
import socket
import subprocess

from tests.lib.weirtest import TMP, Process, Skip, free_port, wait_for

BIN = pathlib.Path("/usr/lib/rabbitmq/bin")
START_SECONDS = 120


def listens(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Rabbit:
    """At free ports of 127.0.0.1, with an epmd of its own.  `conf` are lines more of
    its configuration.  Runs until end()."""

    def __init__(self, name: str = "rabbit", conf: str = "") -> None:
        if not (BIN / "rabbitmq-server").exists() or not shutil.which("epmd"):
            raise Skip("no RabbitMQ server is installed")
        self.name = name
        self.folder = TMP / name
        self.folder.mkdir()
        self.port, self.node, self.epmd_port = (free_port() for _ in range(3))
        self.url = f"amqp://weir:s3%20cret@127.0.0.1:{self.port}/"
        self.write("plugins", "[].")
        self.write(
            "rabbitmq.conf",
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\n"
            f"default_user = weir\ndefault_pass = s3 cret\n{conf}",
        )
        self.process: Process | None = None
        self.epmd = Process(
            ["epmd", "-address", "127.0.0.1", "-port", str(self.epmd_port)],
            f"{name}-epmd",
        )
        try:
            wait_for(lambda: listens(self.epmd_port), "epmd")
            self.start()
        except BaseException:
            self.end()
            raise

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)

    @property
    def environment(self) -> dict[str, str]:
        d = self.folder
        return {
            "HOME": str(d),
            "RABBITMQ_NODENAME": "weir@localhost",
            "RABBITMQ_CONF_ENV_FILE": "/dev/null",
            "RABBITMQ_CONFIG_FILE": str(d / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(d / "advanced.config"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(d / "generated"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(d / "plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(d / "feature_flags"),
            "RABBITMQ_MNESIA_BASE": str(d / "data"),
            "RABBITMQ_LOG_BASE": str(d / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": str(d / "pid"),
            "RABBITMQ_DIST_PORT": str(self.node),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_EPMD_PORT": str(self.epmd_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                "-kernel inet_dist_use_interface {127,0,0,1}"
            ),
            # The script becomes the server, whose pid we keep.
            "RUNNING_UNDER_SYSTEMD": "1",
        }

    def start(self) -> None:
        # Mnesia leaves its core files where it runs.
        self.process = Process(
            ["env", "-C", str(self.folder), str(BIN / "rabbitmq-server")],
            self.name,
            **self.environment,
        )
        wait_for(lambda: listens(self.port), "RabbitMQ", START_SECONDS)

    @property
    def ctl_line(self) -> str:
        """For a shell: rabbitmqctl of this server."""
        # The node's own ports are free to the client.
        env = {k: v for k, v in self.environment.items() if k != "RABBITMQ_DIST_PORT"}
        words = ["env", *(f"{k}={v}" for k, v in env.items())]
        words += [str(BIN / "rabbitmqctl"), "-q"]
        return shlex.join(words)

    def ctl(self, *words: str) -> str:
        return subprocess.run(
            ["sh", "-c", f"{self.ctl_line} {shlex.join(words)}"],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ,
        ).stdout

    def signal(self, sig: int) -> None:
        assert self.process
        self.process.popen.send_signal(sig)

    def kill(self) -> None:
        assert self.process
        self.process.end(signal.SIGKILL)

    def end(self) -> None:
        if self.process:
            self.process.end(seconds=60)
        self.epmd.end()
