"""The queue of an embedded installation: kombu's file-system transport, in which nobody meets half a file.

kombu opens a message's file in the queue and writes into it afterwards: whoever polls in between takes an empty message
and ends by it. The same goes for the table of queues while the first process writes it.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any
from uuid import uuid4

from celery.worker import state
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)
PIECE = 0.5  # seconds


class Channel(filesystem.Channel):
    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        """Writes a message beside the queue, then moves it there whole. The name is kombu's: it decides the order."""
        path = Path(self.data_folder_out, f"{round(monotonic() * 1000)}_{uuid4()}.{queue}.msg")
        unread = path.with_suffix(".new")
        unread.write_text(dumps(payload))
        os.replace(unread, path)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        """Takes a message. One that can't be read is lost, as any may be: the next round does what it asked for."""
        try:
            message = super()._get(queue)
            if not isinstance(message, dict) or not {"body", "properties"} <= message.keys():
                raise ValueError("no message")
        except ValueError:
            logger.exception("A message of the queue could not be read.")
            raise Empty from None
        return message

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        with self._alone():
            self._renew_damaged(exchange)
            table: list[filesystem.exchange_queue_t] = super().get_table(exchange)
            return table

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        with self._alone():
            self._renew_damaged(exchange)
            super()._queue_bind(exchange, routing_key, pattern, queue)

    def _renew_damaged(self, exchange: str) -> None:
        """Sets a table that can't be read aside, as a full disk leaves it, and writes what this process knows of it."""
        path = Path(self._exchange_file(exchange))
        try:
            rows = loads(path.read_text())
            if not isinstance(rows, list):
                raise TypeError(rows)
            for row in rows:
                filesystem.exchange_queue_t(*row)
        except FileNotFoundError:
            return
        except (ValueError, TypeError):
            logger.exception("The table of queues %s could not be read and begins anew.", path.name)
            path.replace(path.with_suffix(".damaged"))
            for binding in self.state.exchanges.get(exchange, {}).get("table", ()):
                super()._queue_bind(exchange, *binding)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Lets one process or thread at a time in; whoever dies meanwhile holds up nobody."""
        self.control_folder.mkdir(exist_ok=True)
        with (self.control_folder / "lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None) -> None:  # type: ignore[override]
        """Waits in short pieces: a worker asks for two seconds, and for two more when told to end already."""
        until = inf if timeout is None else monotonic() + timeout
        piece = PIECE if timeout is None else min(timeout, PIECE)
        while True:
            try:
                return super().drain_events(connection, timeout=piece)
            except TimeoutError:
                if monotonic() >= until or state.should_stop is not None:
                    raise
