"""A mail server that takes most of what it is given, refuses some at random, and remembers which worker sent what."""

import random
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesHeaderParser
from typing import Any, NamedTuple

from aiosmtpd.controller import Controller

from tests.services.server import free_port

WORKER = "X-Worker"  # the header by which a mail says who sent it
REFUSALS = ("451 4.3.0 try again later", "452 4.2.2 mailbox full", "421 4.7.0 too many connections")


class Accepted(NamedTuple):
    worker: int
    at: float  # time.monotonic()


class Sink:
    def __init__(self, refusing: float, seed: int) -> None:
        self.refusing = refusing
        self.random = random.Random(seed)
        self.accepted: defaultdict[str, list[Accepted]] = defaultdict(list)  # by Message-ID
        self.refused = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.random.random() < self.refusing:
            self.refused += 1
            return self.random.choice(REFUSALS)
        mail = BytesHeaderParser().parsebytes(envelope.content)
        self.accepted[mail["Message-ID"].strip("<>")].append(Accepted(int(mail[WORKER]), time.monotonic()))
        return "250 OK"

    @contextmanager
    def serving(self) -> Iterator[int]:
        controller = Controller(self, hostname="127.0.0.1", port=free_port())
        controller.start()
        try:
            yield controller.port
        finally:
            controller.stop()
