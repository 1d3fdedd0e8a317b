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


def started(options, **settings):
    """A web server with a single thread; what waits for it waits for everybody."""
    command = [sys.executable, "-m", "gunicorn", "tests.support.slow_app", "--threads", "1", "--no-control-socket"]
    return subprocess.Popen(
        [*command, *BUFFERED.split(), *options.split()],
        env=marked_environment(DJANGO_SETTINGS_MODULE="qa_plan.settings"),
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **settings,
    )


def children_of(server):
    return [int(each) for each in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]


@contextmanager
def serving():
    port = free_port()
    process = started(f"--bind 127.0.0.1:{port}")
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
        assert eventually(lambda: not listens(ending.port), 30)  # so that a proxy goes to another server
        begun.unlink()
        assert answer.result(30) == (200, b"slow but whole")
        assert ending.wait(30) == 0


def test_a_process_that_is_killed_is_replaced(web):
    get(web.port)
    (child,) = children_of(web)
    os.kill(child, signal.SIGKILL)
    assert get(web.port) == (200, b"quick")


@contextmanager
def shared_door():
    """The socket that both web services of an installation get from systemd."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as door:
        yield door, door.getsockname()[1]


def kill_whole(server):
    os.killpg(server.pid, signal.SIGKILL)
    server.wait()


def test_of_two_servers_at_one_door_one_is_killed_whole_and_the_other_answers_at_once():
    with shared_door() as (door, port):
        servers = [started(f"--bind fd://{door.fileno()}", pass_fds=(door.fileno(),)) for _ in range(2)]
        try:
            assert eventually(lambda: all(children_of(server) for server in servers), 60)
            kill_whole(servers[0])
            assert [get(port) for _ in range(20)] == [(200, b"quick")] * 20
        finally:
            for server in servers:
                kill_whole(server)


def test_who_comes_while_no_server_is_there_waits_at_the_door_until_one_is():
    with shared_door() as (door, port), ThreadPoolExecutor() as pool:
        answer = pool.submit(get, port)
        server = started(f"--bind fd://{door.fileno()}", pass_fds=(door.fileno(),))
        try:
            assert answer.result(60) == (200, b"quick")
        finally:
            kill_whole(server)
