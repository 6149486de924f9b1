"""Runs the console's own tools, with the packages and the node of ./dev."""

from __future__ import annotations

import json
import os
import pathlib
import shlex
import subprocess
import sys
from typing import Any, TextIO

from tests.lib.weirtest import BUILD, TOP

# The same words ./dev uses, so that a suite installs what ./dev would.
PREPARE = """
set -euo pipefail
top=$WEIR_TOP build=$WEIR_BUILD
for part in lib node frontend; do . "$top/dev.d/$part.sh"; done
console_deps
cd "$console"
"""


def console(*command: str, seconds: float = 1200, **env: str) -> int:
    """Run a program of frontend/node_modules there; its output is our stderr."""
    return _there(["npx", "--no-install", *command], sys.stderr, seconds, env)


def console_script(script: str) -> int:
    """Run a script of frontend/scripts; its output, lines of verdicts, is ours."""
    sys.stdout.flush()
    return _there(["node", f"scripts/{script}"], None, 60, {})


def _there(
    command: list[str], out: TextIO | None, seconds: float, env: dict[str, str]
) -> int:
    done = subprocess.run(
        ["bash", "-c", PREPARE + "exec " + shlex.join(command)],
        env={**os.environ, "WEIR_TOP": str(TOP), "WEIR_BUILD": str(BUILD), **env},
        stdin=subprocess.DEVNULL,
        stdout=out,
        timeout=seconds,
        check=False,
    )
    return done.returncode


def load(report: pathlib.Path) -> Any:
    """A JSON report of a runner; it is there unless the runner itself failed."""
    if not report.exists():
        print(f"not ok {report.name}: the runner did not start, see its output")
        sys.exit(1)
    return json.loads(report.read_text())


def one_line(text: str) -> str:
    return " ".join(text.split())[:300]
