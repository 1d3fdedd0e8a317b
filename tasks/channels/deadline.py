"""A conversation is bounded as a whole: with a time-out on each read alone, a byte now and then would hold it open."""

import os
import socket
from contextlib import suppress
from threading import Timer
from typing import Any


class Deadline:
    """Shuts down the connection that it opened once the time is up: whoever reads from it gets an end or an error.

    It holds a second descriptor of the connection, so that it works when the first was wrapped for TLS meanwhile.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = Timer(seconds, self._shut)
        self._timer.daemon = True
        self._connection: socket.socket | None = None
        self.passed = False

    def connect(self, address: tuple[str, int], *arguments: Any, **options: Any) -> socket.socket:
        """Connects as socket.create_connection does."""
        made = socket.create_connection(address, *arguments, **options)
        self._connection = socket.socket(fileno=os.dup(made.fileno()))
        self._timer.start()
        return made

    def end(self) -> None:
        """Says that the conversation is over in time."""
        self._timer.cancel()
        self._let_go()

    def _shut(self) -> None:
        self.passed = True
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)
        self._let_go()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
