"""Playwright's specs of the console, against a stack that ./dev up started."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from tests.lib.console import console, load, one_line
from tests.lib.weirtest import BUILD, TMP, TOP, free_port

PASSWORD = "console-e2e-Passw0rd"
CHROMIUM = os.environ.get("WEIR_CHROMIUM", "/usr/bin/chromium")


def dev(verb: str, port: int) -> None:
    done = subprocess.run(
        [TOP / "dev", verb],
        env={
            **os.environ,
            "WEIR_BUILD_DIR": str(BUILD),
            "WEIR_HOME": str(TMP / "home"),
            "WEIR_PORT": str(port),
            "WEIR_ADMIN_PASSWORD": PASSWORD,
        },
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode != 0:
        print(f"not ok ./dev {verb}: ended with status {done.returncode}")
        sys.exit(1)


def add_viewer() -> None:
    """Someone who may only look, with the rights of the stack on its own store."""
    home = TMP / "home"
    as_weir = ["setpriv", "--reuid", "weir", "--regid", "weir", "--init-groups"]
    done = subprocess.run(
        [
            *(as_weir if os.geteuid() == 0 else []),
            *(home / "app/bin/weir", "user", "add", "viewer", "--roles", "viewer"),
            *("--password-file", "-", "--home", str(home)),
        ],
        cwd=home,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        input=PASSWORD,
        text=True,
        stdout=sys.stderr,
        check=False,
    )
    if done.returncode != 0:
        print(f"not ok weir user add viewer: ended with status {done.returncode}")
        sys.exit(1)


def specs(suite: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for spec in suite.get("specs", []):
        yield f"{above}{spec['title']}", spec
    for inner in suite.get("suites", []):
        yield from specs(inner, f"{above}{inner['title']}: ")


def verdicts(report: pathlib.Path) -> int:
    failed = 0
    result = load(report)
    for error in result["errors"]:
        failed += 1
        print(f"not ok playwright: {one_line(error.get('message', 'failed'))}")
    for file in result["suites"]:
        for name, spec in specs(file):
            if spec["ok"]:
                print(f"ok {name}")
                continue
            failed += 1
            runs = [run for test in spec["tests"] for run in test["results"]]
            why = [e.get("message", "") for run in runs for e in run["errors"]]
            print(f"not ok {name}: {one_line(plain(why[0] if why else 'failed'))}")

    return failed


def plain(text: str) -> str:
    """Without the escapes that colour a terminal."""
    out, inside = [], False
    for c in text:
        if c == "\x1b":
            inside = True
        elif inside:
            inside = c != "m"
        else:
            out.append(c)

    return "".join(out)


def in_chromium(*files: str, seconds: float = 1200, **env: str) -> int:
    """Run the specs of these files, or all; prints the verdicts, answers failures."""
    if not os.access(CHROMIUM, os.X_OK):
        kind = "not ok" if os.environ.get("CI") == "true" else "skip"
        print(f"{kind} console in Chromium: {CHROMIUM} is not there")
        return int(kind == "not ok")
    # mktemp's folders are closed; the user weir has to pass.
    TMP.chmod(0o711)
    port = free_port()
    report = TMP / "playwright.json"
    dev("up", port)
    try:
        add_viewer()
        console(
            *("playwright", "test", "--reporter=list,json", *files),
            seconds=seconds,
            WEIR_URL=f"http://127.0.0.1:{port}",
            WEIR_USER="admin",
            WEIR_PASSWORD=PASSWORD,
            WEIR_VIEWER="viewer",
            WEIR_VIEWER_PASSWORD=PASSWORD,
            WEIR_CHROMIUM=CHROMIUM,
            WEIR_E2E_OUTPUT=str(TMP / "playwright"),
            PLAYWRIGHT_JSON_OUTPUT_FILE=str(report),
            **env,
        )
    finally:
        dev("down", port)

    return verdicts(report)
