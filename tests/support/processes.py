"""Which processes a test has started, and left: they are known by a mark in the environment that they inherit."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

MARK = "QA_PLAN_TEST_MARK"


def marked_environment(**changes: str | None) -> dict[str, str]:
    """This process's environment with the changes (None removes) and a mark that no other test has.

    What is started so is not measured for coverage: that would cost a third more, and its code is tested here as well.
    """
    merged = {**os.environ, "COVERAGE_PROCESS_CONFIG": None, MARK: uuid4().hex, **changes}
    return {name: value for name, value in merged.items() if value is not None}


def alive(environment: dict[str, str]) -> list[str]:
    """The command lines of the processes that carry the environment's mark and still run (a zombie does not)."""
    mark = f"{MARK}={environment[MARK]}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_text().replace("\0", " ").strip())
        except OSError:
            continue  # ended while we looked, or another user's
    return [command for command in found if command]


def eventually(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Waits until the condition holds; False when it did not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
