"""`manage.py run`, the real thing: it is started as a user would, in a terminal, and stopped with one Ctrl-C."""

import fcntl
import http.client
import os
import pty
import socket
import subprocess
import sys
import termios
import time
from contextlib import suppress
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from qa_plan.management.commands import run as running
from tests.services import template
from tests.services.server import free_port
from tests.support.processes import alive, eventually, marked_environment

CTRL_C = b"\x03"
PROGRAMS = ("gunicorn", " worker ", " beat ")


class Terminal:
    """A terminal with one command in its foreground."""

    def __init__(self, command, environment):
        self.keyboard, screen = pty.openpty()
        self.environment = environment
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=screen,
            stdout=screen,
            stderr=screen,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(screen)
        os.set_blocking(self.keyboard, False)
        self.screen = ""

    def shows(self, text):
        with suppress(OSError):  # nothing new, or closed
            self.screen += os.read(self.keyboard, 65536).decode(errors="replace")
        return text in self.screen

    def press(self, key):
        os.write(self.keyboard, key)


@pytest.fixture
def run(tmp_path):
    """Starts `manage.py run` on a free port with a data folder of its own."""
    terminals = []

    def start(**environment):
        port = free_port()
        terminal = Terminal(
            [sys.executable, "manage.py", "run", "--port", str(port)],
            marked_environment(QA_PLAN_VAR=str(tmp_path / "var"), **environment),
        )
        terminals.append(terminal)
        ready = f"Ready at http://127.0.0.1:{port}/"
        # The demonstration is played first, which takes long where other work goes on.
        eventually(lambda: terminal.shows(ready) or terminal.process.poll() is not None, 180)
        assert ready in terminal.screen, terminal.screen
        return terminal, port

    yield start
    for terminal in terminals:
        terminal.process.kill()
        terminal.process.wait()
        os.close(terminal.keyboard)
        assert eventually(lambda environment=terminal.environment: not alive(environment))


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    return response.status, response.read().decode()


def assert_one_ctrl_c_ends_it(terminal):
    assert all(any(name in command for command in alive(terminal.environment)) for name in PROGRAMS)
    terminal.press(CTRL_C)
    assert eventually(lambda: terminal.process.poll() is not None, 60), terminal.screen
    assert terminal.process.returncode == 0
    assert alive(terminal.environment) == []


@pytest.mark.long
def test_the_demonstration_starts_by_itself_and_one_ctrl_c_ends_everything(run, tmp_path):
    """Its database is migrated already, which takes as long as the rest and is done by every other run."""
    (tmp_path / "var").mkdir()
    template.migrated_sqlite(tmp_path / "var" / "demo.sqlite3")
    terminal, port = run(DATABASE_URL=None, REDIS_URL=None, QA_PLAN_DEMO="1")
    status, page = get(port, "/accounts/login/")
    assert status == 200
    assert settings.PRODUCT_NAME in page
    assert becomes_healthy(port)
    assert_one_ctrl_c_ends_it(terminal)
    # Whoever copies the database now copies all of it: nothing is left beside it.
    assert [path.name for path in (tmp_path / "var").glob("*.sqlite3*")] == ["demo.sqlite3"]


@pytest.mark.long
def test_with_servers_of_its_own_the_same_command_runs_a_production_installation(run, own_database):
    own_queue = urlsplit(settings.REDIS_URL)._replace(path="/15").geturl()
    terminal, port = run(
        DATABASE_URL=own_database, REDIS_URL=own_queue, HTTPS="1", ALLOWED_HOSTS="127.0.0.1", QA_PLAN_DEMO="0"
    )
    assert f"设立首个账号（一次性地址，24小时内有效）：http://127.0.0.1:{port}/setup/first/" in terminal.screen
    assert get(port, "/")[0] == 301  # to https
    assert becomes_healthy(port)
    assert_one_ctrl_c_ends_it(terminal)


def becomes_healthy(port, seconds=60):
    """Whether /healthz says so soon: worker and beat take a moment longer than the web."""
    until = time.monotonic() + seconds
    while get(port, "/healthz")[0] != 200 and time.monotonic() < until:
        time.sleep(0.2)
    return get(port, "/healthz")[0] == 200


@pytest.fixture
def own_database():
    """The URL of a database of its own on the PostgreSQL of the tests. It needs no migrating, as after an update."""
    server = urlsplit(os.environ["DATABASE_URL"])
    name = f"run_{os.getpid()}"
    copied = f" TEMPLATE {template.NAME}" if template.is_ready() else ""
    for statement in (f"CREATE DATABASE {name}{copied}", f"DROP DATABASE {name}"):
        connection = psycopg2.connect(server.geturl())
        connection.autocommit = True
        connection.cursor().execute(statement)
        connection.close()
        if statement.startswith("CREATE"):
            yield server._replace(path=f"/{name}").geturl()


def test_a_port_that_is_taken_is_told_in_one_line_and_nothing_is_started(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        environment = marked_environment(DATABASE_URL=None, REDIS_URL=None, QA_PLAN_VAR=str(tmp_path / "var"))
        result = subprocess.run(
            [sys.executable, "manage.py", "run", "--port", str(port)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert result.returncode == 1
    assert f"端口 {port} 不可用" in result.stderr
    assert len((result.stdout + result.stderr).strip().splitlines()) == 1
    assert not list(tmp_path.rglob("*.sqlite3"))
    assert alive(environment) == []


def test_what_the_checks_find_keeps_it_from_touching_anything(monkeypatch):
    def finds_something(command):
        raise SystemCheckError("wrong")

    monkeypatch.setattr(running.Command, "check", finds_something)
    monkeypatch.setattr(running, "prepare", lambda: pytest.fail("It began."))
    with pytest.raises(SystemCheckError, match="wrong"):
        call_command("run", port=free_port())


@pytest.mark.parametrize(
    ("given", "derived", "host", "said"),
    [
        ("", "http://127.0.0.1:8000", "127.0.0.1", "http://127.0.0.1:8001"),
        ("", "http://127.0.0.1:8000", "0.0.0.0", "http://127.0.0.1:8001"),
        ("", "http://127.0.0.1:8000", "10.0.0.5", "http://10.0.0.5:8001"),
        ("", "http://qa.example", "0.0.0.0", "http://qa.example:8001"),
        ("", "http://qa.example", "127.0.0.1", "http://qa.example"),
        ("https://qa.example/", "https://qa.example/", "0.0.0.0", "https://qa.example"),
    ],
)
def test_the_address_that_is_printed_is_the_one_that_people_open(settings, given, derived, host, said):
    settings.SITE_URL_GIVEN, settings.SITE_URL, settings.HTTPS = given, derived, False
    assert running.site_of(host, 8001) == said
