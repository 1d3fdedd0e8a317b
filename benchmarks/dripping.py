"""Slow connections: does anybody wait longer for the dashboard while 64 of them never come to an end?

    python -m benchmarks.dripping [--connections 64] [--looks 200]

A quarter each send a head, send a body, read an answer – a byte a second –, or say nothing at all. The dashboard is
read alone, meanwhile, and alone again, each time as often; exits with an error where the 95th percentile meanwhile is
twice that of the others or more, or a look isn't answered.
"""

import argparse
import selectors
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.crowd import PASSWORD, PLAN
from benchmarks.servers import HOST, database, run, services, web
from benchmarks.visitor import Visitor

DATABASE = "qa_plan_benchmark_dripping"
HEAD = b"GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000000\r\n\r\n"
ANSWER = b"GET /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
SILENCE = b""
KINDS = (HEAD, BODY, ANSWER, SILENCE)
EACH = 1.0  # seconds between two bytes of a connection
TWICE = 2.0


class Dripping(threading.Thread):
    """All slow connections, from one thread; one that the server closes is opened again, as an attacker would."""

    def __init__(self, port: int, connections: int) -> None:
        super().__init__(daemon=True)
        self.port, self.is_over, self.closed = port, threading.Event(), 0
        self.open = [(kind, self._connect(kind)) for _ in range(connections // len(KINDS)) for kind in KINDS]

    def run(self) -> None:
        while not self.is_over.wait(EACH):
            self.open = [(kind, self._drip(kind, connection)) for kind, connection in self.open]
        for _, connection in self.open:
            connection.close()

    def _connect(self, kind: bytes) -> socket.socket:
        connection = socket.create_connection((HOST, self.port), timeout=10)
        if kind is ANSWER:  # what isn't read soon stops the other side
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        connection.sendall(kind)
        return connection

    def _drip(self, kind: bytes, connection: socket.socket) -> socket.socket:
        try:
            if kind in (HEAD, BODY):
                connection.sendall(b"x")
            elif kind is ANSWER:
                connection.recv(1)
            elif self._is_closed(connection):
                raise ConnectionError
        except OSError:
            self.closed += 1
            connection.close()
            return self._connect(kind)
        return connection

    @staticmethod
    def _is_closed(connection: socket.socket) -> bool:
        with selectors.DefaultSelector() as selector:
            selector.register(connection, selectors.EVENT_READ)
            return bool(selector.select(0)) and not connection.recv(1)


@contextmanager
def dripping(port: int, connections: int) -> Iterator[Dripping]:
    slow = Dripping(port, connections)
    slow.start()
    try:
        yield slow
    finally:
        slow.is_over.set()
        slow.join()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dripping")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--looks", type=int, default=200)
    options = parser.parse_args()
    with services() as (server, queue):
        url = database(server, f"{DATABASE}_{int(time.time())}")
        for command in (("migrate", "-v0"), ("load_demo",), ("collectstatic", "--noinput", "-v0")):
            run(url, queue, "manage.py", *command)
        with web(url, queue) as port:
            reader = Visitor(HOST, port)
            reader.sign_in("leader", PASSWORD)
            looks(reader, options.looks // 4)
            before = looks(reader, options.looks)
            with dripping(port, options.connections) as slow:
                time.sleep(2)  # what opening them costs is over
                meanwhile = looks(reader, options.looks)
                held, is_at_it = len(slow.open), slow.is_alive()
            after = looks(reader, options.looks)
    if not is_at_it:
        sys.exit("The slow connections ended by a fault of their own: nothing was measured.")
    alone = late([*before, *after])
    print(f"{held} slow connections, {slow.closed} times one was closed by the server and opened again")
    for name, seconds in (("alone", before), ("meanwhile", meanwhile), ("alone again", after)):
        middle = statistics.median(seconds)
        print(f"dashboard {name}: median {middle * 1000:.0f} ms, 95th percentile {late(seconds) * 1000:.0f} ms")
    print(f"95th percentile meanwhile: {late(meanwhile) / alone:.2f} × of that alone")
    sys.exit(late(meanwhile) >= TWICE * alone)


def looks(reader: Visitor, times: int) -> list[float]:
    seconds = []
    for _ in range(times):
        answer = reader.colleague().get(PLAN)  # as a browser that was just opened
        if answer.status != 200:
            sys.exit(f"The dashboard was answered {answer.status}.")
        seconds.append(answer.seconds)
        time.sleep(0.05)
    return seconds


def late(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


if __name__ == "__main__":
    main()
