"""Loads the product once, and forks from itself whatever an installation of the tests runs.

    python -m tests.support.forkserver

Reads orders, a line of JSON each, and answers each with a number. `["celery", "beat"]` starts what `python -m celery
beat` would, in a session of its own: the process. `[process, signal]` sends the signal and waits: the exit code.
"""

import gc
import json
import os
import runpy
import signal
import sys
from importlib import import_module

import django

from qa_plan.supervisor import at_birth

PATIENCE = 60  # seconds until a process must have ended; then this process ends, and no longer answers


def main() -> None:
    django.setup()
    from qa_plan.celery import app

    app.loader.import_default_modules()
    for module in ("celery.bin.celery", "celery.apps.beat", "celery.apps.worker", "tests.support.seed_installation"):
        import_module(module)
    gc.freeze()
    for line in sys.stdin:
        match json.loads(line):
            case [int(process), int(number)]:
                answer = ended(process, number)
            case command:
                parent, answer = os.getpid(), os.fork()
                if answer == 0:
                    at_birth(parent)
                    return become(*command)
        print(answer, flush=True)


def ended(process: int, number: int) -> int:
    signal.alarm(PATIENCE)
    os.kill(process, number)
    _, status = os.waitpid(process, 0)
    signal.alarm(0)
    return os.waitstatus_to_exitcode(status)


def become(module: str, *arguments: str) -> None:
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in range(3):
        os.dup2(nothing, stream)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
