"""Runs one server for as long as a block lasts."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import Signals
from typing import Any

START_SECONDS = 30
STOP_SECONDS = 10


class ServerFailed(Exception):
    """The server ended, or did not answer in time; the message carries its last words."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    command: list[str], *, folder: Path, answers: Callable[[], bool], stop: Signals, **options: Any
) -> Iterator[None]:
    """Inside the block the server runs and answers; after it, however it was left, the server is gone.

    It has a session of its own, so that the terminal's Ctrl-C reaches the tests first and they stop it in order.
    """
    log = folder / "server.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
            **options,
        )
    try:
        wait_for(server, answers, log)
        yield
    finally:
        server.send_signal(stop)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def wait_for(server: subprocess.Popen[bytes], answers: Callable[[], bool], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            raise ServerFailed(f"{server.args!r} does not answer:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.02)
