"""The web process, the real thing: whoever is slow holds up nobody, and nobody loses an answer."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from qa_plan.management.commands.run import BUFFERED
from tests.services.server import free_port
from tests.support.processes import eventually, marked_environment

BEGUN = {
    "nothing sent": b"",
    "a head that doesn't end": b"GET / HTTP/1.1\r\nHost: x\r\n",
    "a body that doesn't come": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\nabc",
    "a chunk that doesn't come": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
}


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def get(port, path="/", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read()


def listens(port):
    try:
        connect(port).close()
    except OSError:
        return False
    return True


@contextmanager
def serving():
    """A web process with a single thread; what waits for it waits for everybody."""
    port = free_port()
    options = f"--bind 127.0.0.1:{port} --threads 1 --no-control-socket {BUFFERED}"
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "tests.support.slow_app", *options.split()],
        env=marked_environment(DJANGO_SETTINGS_MODULE="qa_plan.settings"),
        stderr=subprocess.DEVNULL,
    )
    process.port = port
    assert eventually(lambda: listens(port), 60)
    yield process
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def web():
    with serving() as process:
        yield process


@pytest.mark.parametrize("begun", BEGUN.values(), ids=BEGUN)
def test_requests_that_are_begun_and_not_ended_hold_up_nobody(web, begun):
    with ExitStack() as open_ones:
        for _ in range(64):
            open_ones.enter_context(connect(web.port)).sendall(begun)
        assert get(web.port) == (200, b"quick")


def test_answers_that_nobody_takes_hold_up_nobody(web):
    with ExitStack() as open_ones:
        for _ in range(8):
            open_ones.enter_context(connect(web.port)).sendall(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        assert get(web.port) == (200, b"quick")


def test_a_body_that_comes_in_pieces_comes_whole(web):
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=30)
    pieces = (b"x" * 100_000 for _ in range(7))
    connection.request("POST", "/length", pieces, {"Content-Length": "700000"})
    assert connection.getresponse().read() == b"700000"


def test_a_body_far_over_the_limit_is_refused_unread_by_a_page_that_names_it(web):
    with connect(web.port) as far_too_much:
        far_too_much.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999999\r\n\r\n")
        head, _, page = b"".join(iter(lambda: far_too_much.recv(10_000), b"")).decode().partition("\r\n\r\n")
    assert head.startswith("HTTP/1.1 413")
    assert "合计不超过100 MB" in page


def test_headers_of_a_proxy_reach_the_product_whose_settings_say_which_count(web):
    assert get(web.port, **{"X-Forwarded-For": "10.1.2.3:51234"}) == (200, b"10.1.2.3:51234")


def test_whoever_is_being_answered_gets_the_whole_answer_when_the_process_is_told_to_end(tmp_path):
    begun = tmp_path / "begun"
    with serving() as ending, ThreadPoolExecutor() as pool:
        answer = pool.submit(get, ending.port, f"/slow?{begun}")
        assert eventually(begun.exists)
        ending.send_signal(signal.SIGTERM)
        assert answer.result(30) == (200, b"slow but whole")
        assert ending.wait(30) == 0
        assert not listens(ending.port)


def test_a_process_that_is_killed_is_replaced(web):
    get(web.port)
    (child,) = Path(f"/proc/{web.pid}/task/{web.pid}/children").read_text().split()
    os.kill(int(child), signal.SIGKILL)
    assert get(web.port) == (200, b"quick")
