"""Starts the servers, prints how to reach them as shell exports, and stops them at Ctrl-C.

    python -m tests.services [postgres] [redis] [folder] [--until-eof]

With `--until-eof` they live as long as standard input is open: whoever holds the other end may crash or be killed, and
still nothing stays behind.
"""

import argparse
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, suppress
from functools import partial
from tempfile import TemporaryDirectory

from tests.services import postgres, redis

SERVICES: dict[str, tuple[str, Callable[[], AbstractContextManager[str]]]] = {
    "postgres": ("DATABASE_URL", postgres.serving),
    "redis": ("REDIS_URL", redis.serving),
    "folder": ("QA_PLAN_VAR", partial(TemporaryDirectory, prefix="qa-plan-var-", ignore_cleanup_errors=True)),
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.services")
    parser.add_argument("names", nargs="*", metavar="name", help=" or ".join(SERVICES))
    parser.add_argument("--until-eof", action="store_true")
    options = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with suppress(KeyboardInterrupt), ExitStack() as stack:
        for name in options.names or SERVICES:
            variable, serving = SERVICES[name]
            print(f"export {variable}={stack.enter_context(serving())}", flush=True)
        if options.until_eof:
            sys.stdin.read()
        else:
            signal.pause()


if __name__ == "__main__":
    main()
