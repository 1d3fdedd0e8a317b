"""Runs several programs as one: they start together, share the terminal, and end together.

The signals that matter are blocked and taken one at a time by `sigwait`: no handler can interrupt anything, and there
is no moment at which a signal could be missed.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Lock, Thread

STOP_SECONDS = 15
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>

LIBC = ctypes.CDLL(None)
TERMINAL = Lock()


@dataclass(frozen=True)
class Program:
    name: str
    command: tuple[str, ...]
    inherits: tuple[int, ...] = ()  # file descriptors


Children = dict[Program, subprocess.Popen[bytes]]


class ProgramEnded(Exception):
    """One program ended by itself, so the others were stopped."""

    def __init__(self, program: Program, code: int) -> None:
        super().__init__(f"{program.name} ended with code {code}")
        self.program = program
        self.code = code


def run_together(programs: list[Program]) -> None:
    """Runs the programs until SIGINT, SIGTERM or SIGHUP asks to stop; raises ProgramEnded if one ends before that.

    When this returns or raises, none of them is left. A second Ctrl-C kills whatever has not ended yet.
    """
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, stop_signals() | {signal.SIGCHLD})
    children: Children = {}
    try:
        for program in programs:
            children[program] = start(program)
        echo(children)
        wait(children)
    finally:
        stop(children)
        while signal.sigtimedwait(stop_signals(), 0):
            pass  # a second request has nothing left to stop
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def stop_signals() -> set[signal.Signals]:
    """The requests to stop. A hang-up is none if whoever started us chose to ignore it (nohup)."""
    if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return {signal.SIGINT, signal.SIGTERM}
    return {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


def start(program: Program) -> subprocess.Popen[bytes]:
    """Starts the program in a session of its own: the terminal's Ctrl-C reaches only us, and we stop all in order."""
    return subprocess.Popen(
        program.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        pass_fds=program.inherits,
        start_new_session=True,
        preexec_fn=partial(at_birth, os.getpid()),
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def at_birth(parent: int) -> None:
    """Runs in the child before its program: it hears all signals again, and stops when the parent dies, however."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it died before the line above
            os._exit(1)


def echo(children: Children) -> None:
    """Copies what the children print to the terminal, each line under the program's name."""
    width = max(len(program.name) for program in children)
    for program, child in children.items():
        Thread(target=copy_lines, args=(program.name.ljust(width), child), daemon=True).start()


def copy_lines(name: str, child: subprocess.Popen[bytes]) -> None:
    assert child.stdout
    for line in child.stdout:
        say(f"{name} | {line.decode(errors='replace').rstrip()}")


def say(text: str) -> None:
    """Prints one line. A terminal that was closed must not keep anybody from reading on, or from stopping."""
    with TERMINAL, suppress(OSError):
        os.write(1, f"{text}\n".encode())


def wait(children: Children) -> None:
    while signal.sigwait(stop_signals() | {signal.SIGCHLD}) == signal.SIGCHLD:
        for program, child in children.items():
            if child.poll() is not None:
                raise ProgramEnded(program, child.returncode)


def stop(children: Children) -> None:
    """Asks every child to end; kills what is left of them, grandchildren included, when the time is up."""
    for child in children.values():
        child.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    while any(child.poll() is None for child in children.values()) and time.monotonic() < deadline:
        if signal.sigtimedwait({signal.SIGINT}, 0.05):
            break
    for child in children.values():
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()
