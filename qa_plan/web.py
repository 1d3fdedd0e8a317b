"""The web process: gunicorn keeps the processes, waitress the connections.

A request is given to a thread when it has come whole, and its answer is taken from it at once: whoever sends or reads
slowly, or never ends, holds up nobody. `gunicorn --worker-class qa_plan.web.Worker`.
"""

import gc
import os
import time

from django.conf import settings
from gunicorn.workers.base import Worker as Process
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.task import ErrorTask
from waitress.utilities import RequestEntityTooLarge

CONNECTIONS = 2000  # of one process; each costs some kilobytes and a file descriptor
SILENT = 60  # seconds until a connection without a request is closed
# Far beyond what the product refuses in words of its own. From half a megabyte on, a body waits in a file.
BODY = 4 * settings.REQUEST_LIMIT
# Python looks for circles of garbage after so many new objects. A page makes tens of thousands, and next to no circles:
# with Python's 700, looking through all that is loaded, again and again, takes a sixth of a page.
GARBAGE = 50_000
TOO_LARGE = (
    '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>上传内容过大</title><h1>上传内容过大</h1>'
    f'<p class="too-large">一次提交的内容合计不超过{settings.REQUEST_LIMIT // 1024**2} MB，未作任何保存。'
    "请返回上一页，所填内容仍在，减少文件后分次提交。</p></html>"
)


class TooLarge(RequestEntityTooLarge):
    """A body that is refused before any of it is read, by a page that the product itself can't give any more."""

    def to_response(self, ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        return f"{self.code} {self.reason}", [("Content-Type", "text/html; charset=utf-8")], TOO_LARGE.encode()


class Refusal(ErrorTask):
    def execute(self) -> None:
        if isinstance(self.request.error, RequestEntityTooLarge):
            self.request.error = TooLarge(self.request.error.body)
        super().execute()


class Channel(HTTPChannel):
    error_task_class = Refusal


class Worker(Process):
    """One process of gunicorn's, with as many threads as `--threads` says."""

    def run(self) -> None:
        gc.freeze()  # what is loaded stays
        gc.set_threshold(GARBAGE)
        self.server = create_server(
            self.wsgi,
            sockets=[listener.sock for listener in self.sockets],
            threads=self.cfg.threads,
            connection_limit=CONNECTIONS,
            channel_timeout=max(SILENT, self.cfg.keepalive),
            max_request_body_size=BODY,
            backlog=self.cfg.backlog,
            asyncore_use_poll=True,
            clear_untrusted_proxy_headers=False,  # Django's settings say which are believed
            ident=None,
        )
        for listening in self.server._map.values():
            if hasattr(listening, "channel_class"):
                listening.channel_class = Channel
        while self.alive and self.ppid == os.getppid():
            self.turn()
        self.end()

    def turn(self) -> None:
        """Serves what has come, for a second at most, and tells gunicorn that this process lives."""
        self.notify()
        wasyncore.loop(timeout=1, use_poll=True, map=self.server._map, count=1)

    def end(self) -> None:
        """Accepts nobody any more; whoever is being answered gets the whole answer, within gunicorn's time for it.

        The door is closed at once, so that who comes now goes to another server instead of waiting before this one.
        """
        self.server.accepting = False
        self.server.del_channel()
        self.server.socket.close()
        until = time.monotonic() + self.cfg.graceful_timeout
        while self.is_answering() and time.monotonic() < until:
            self.turn()
        self.server.task_dispatcher.shutdown(timeout=0)

    def is_answering(self) -> bool:
        return any(channel.requests or channel.total_outbufs_len for channel in self.server.active_channels.values())

    def handle_exit(self, sig: int, frame: object) -> None:
        super().handle_exit(sig, frame)
        self.server.pull_trigger()  # it may be waiting for somebody to connect
