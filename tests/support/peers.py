"""The other side of a channel: an HTTP server on this machine that answers as it is told, well or badly."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tasks.channels import Outgoing, ShortLine
from tests.support.factories import moment


@dataclass
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    def json(self) -> dict:
        return json.loads(self.body)

    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


Behaviour = Callable[["Handler"], None]


@dataclass
class Peer:
    """Answers with the behaviours in their order, the last one for ever."""

    behaviours: list[Behaviour] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def will(self, *behaviours: Behaviour) -> "Peer":
        self.behaviours = list(behaviours)
        return self

    def next_behaviour(self) -> Behaviour:
        return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    peer: Peer

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.peer.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        self.close_connection = True
        with suppress(OSError):  # the client may have gone
            self.peer.next_behaviour()(self)

    do_GET = do_POST = answer

    def log_message(self, *arguments: object) -> None:
        pass


@contextmanager
def serving() -> Iterator[Peer]:
    peer = Peer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"peer": peer}))
    server.daemon_threads = True
    peer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        peer.over.set()
        server.shutdown()
        server.server_close()


# ── behaviours ───────────────────────────────────────────────────────────────────────────────────────────────────


def says(body: object, status: int = 200, **headers: str) -> Behaviour:
    """A whole answer: JSON of the body, or the bytes themselves."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def answer(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return answer


def hangs(handler: Handler) -> None:
    handler.peer.over.wait(20)


def drips(handler: Handler) -> None:
    """One byte of a header that never ends, often enough for every time-out between two bytes."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.peer.over.wait(0.02):
        handler.wfile.write(b"x")


def drips_body(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n")
    while not handler.peer.over.wait(0.02):
        handler.wfile.write(b" ")


def closes_halfway(handler: Handler) -> None:
    handler.wfile.write(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"errcode"')
    handler.connection.shutdown(socket.SHUT_RDWR)


def closes_at_once(handler: Handler) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def half_closes(handler: Handler) -> None:
    """Reads on, but has nothing more to say."""
    handler.connection.shutdown(socket.SHUT_WR)
    handler.peer.over.wait(20)


def talks_something_else(handler: Handler) -> None:
    handler.wfile.write(b"220 mail.example ESMTP\r\n")


def floods(handler: Handler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while not handler.peer.over.is_set():
        handler.wfile.write(b"x" * 65536)


# ── what is sent ─────────────────────────────────────────────────────────────────────────────────────────────────

NOW = moment("2016-10-12 08:30")


def outgoing(**changes: object) -> Outgoing:
    defaults: dict = {
        "message_id": "d1@qa.example.gov.cn",
        "recipient_id": 1,
        "address": "13800000000",
        "subject": "督办提醒：逾期1项",
        "text": "张三：\n逾期1项。",
        "html": "<p>张三：</p>",
        "lines": (
            ShortLine("张三：逾期1项"),
            ShortLine("第3项 实施品牌战略", "https://qa.example.gov.cn/plans/x/items/3/"),
        ),
        "brief": "您有逾期任务1项。",
        "link": "https://qa.example.gov.cn/my/?tab=1#top",
        "at": NOW,
    }
    return Outgoing(**{**defaults, **changes})
