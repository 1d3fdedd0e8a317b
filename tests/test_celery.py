"""Celery for real, in both ways to run: a worker, a beat and a web process of their own, watched from outside.

`test_run.py` sees worker and beat come to life on Redis and PostgreSQL.
"""

import http.client
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import pytest
import redis

from qa_plan.management.commands.run import QUIET_WEB, WITH_FILES, WITH_REDIS
from tests.processes import alive, eventually, marked_environment
from tests.services.server import free_port

IMPORTED, TODAY = "2016-09-19", "2016-09-22"  # the third quarter's period opens on the 20th


class Installation:
    """An installation of its own, with a plan. Each of its processes runs once a test asks for it, as `run` has it."""

    def __init__(self, pool: str, rows: "Rows", **environment: str | None) -> None:
        self.rows = rows
        self.environment = marked_environment(QA_PLAN_DEMO="0", QA_PLAN_TODAY=TODAY, **environment)
        self.port = free_port()
        celery = "celery --skip-checks -A qa_plan -q"
        self.programs = {
            "web": f"gunicorn qa_plan.wsgi --preload --bind 127.0.0.1:{self.port} {QUIET_WEB}",
            "worker": f"{celery} worker --concurrency 2 --loglevel ERROR {pool}",
            "beat": f"{celery} beat --loglevel ERROR --pidfile=",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.hand = subprocess.Popen(
            [sys.executable, "-m", "tests.hand", IMPORTED],
            env={**self.environment, "DJANGO_SETTINGS_MODULE": "qa_plan.settings"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.hand.stdout.readline() == "made\n"

    def running(self, *names: str) -> None:
        """Starts those that don't run and waits until each has given a sign of life."""
        asleep = [name for name in names if name not in self.processes]
        before = {name: self.seen(name) for name in asleep}
        for name in asleep:
            self.processes[name] = subprocess.Popen(
                [sys.executable, "-m", *self.programs[name].split()],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        for name in asleep:
            if name != "web":
                self.wait_for_sign(name, after=before[name])

    def stop(self, name: str, by: signal.Signals = signal.SIGTERM) -> int:
        process = self.processes.pop(name)
        process.send_signal(by)
        return process.wait(60)

    def send(self, task: str) -> None:
        print(task, file=self.hand.stdin, flush=True)
        assert self.hand.stdout.readline() == "sent\n"

    def health(self) -> tuple[int, dict[str, str]]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            try:
                connection.request("GET", "/healthz")
            except ConnectionRefusedError:
                return 0, {}
            response = connection.getresponse()
            return response.status, json.loads(response.read())

    def seen(self, process: str) -> str | None:
        """When it last gave a sign of life."""
        return dict(self.rows("SELECT process, CAST(seen_at AS text) FROM tasks_heartbeat")).get(process)

    def wait_for_sign(self, process: str, *, after: str | None = None) -> None:
        assert eventually(lambda: self.seen(process) not in (None, after), 60), process

    def done(self) -> list[tuple[str, int]]:
        """What the daily round leaves behind: its periods and days."""
        periods = [code for (code,) in self.rows("SELECT code FROM tasks_reportingperiod ORDER BY code")]
        days = [str(day) for (day,) in self.rows("SELECT day FROM tasks_dailysnapshot ORDER BY day")]
        return periods + days


ROUND = ["2016Q3", "2016-09-19", "2016-09-20", "2016-09-21"]


class Rows:
    """Asks the installation's database from outside."""

    def __init__(self, connect, address: object) -> None:
        self.connect, self.address = connect, address

    @cached_property
    def connection(self):
        return self.connect(self.address)

    def __call__(self, query: str) -> list[tuple]:
        with closing(self.connection.cursor()) as cursor:
            cursor.execute(query)
            return cursor.fetchall()


def on_postgres(url: str):
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection


def tell_postgres(statement: str) -> None:
    with closing(on_postgres(os.environ["DATABASE_URL"])) as connection:
        connection.cursor().execute(statement)


FILES, REDIS = "files and SQLite", "Redis and PostgreSQL"


@pytest.fixture(scope="module", params=[FILES, REDIS])
def installation(request, tmp_path_factory) -> Iterator[Installation]:
    folder: Path = tmp_path_factory.mktemp("celery")
    if request.param == FILES:
        rows = Rows(sqlite3.connect, folder / "qa_plan.sqlite3")
        installed = Installation(WITH_FILES, rows, DATABASE_URL=None, REDIS_URL=None, QA_PLAN_VAR=str(folder))
        yield from watched(installed)
        return
    name = f"celery_{os.getpid()}"
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    queue = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl()
    tell_postgres(f"CREATE DATABASE {name}")
    try:
        rows = Rows(on_postgres, database)
        environment = {"DATABASE_URL": database, "REDIS_URL": queue, "QA_PLAN_VAR": str(folder)}
        yield from watched(Installation(WITH_REDIS, rows, ALLOWED_HOSTS="127.0.0.1", **environment))
    finally:
        tell_postgres(f"DROP DATABASE {name} WITH (FORCE)")
        redis.Redis.from_url(queue).flushdb()


def watched(installed: Installation) -> Iterator[Installation]:
    """Sees that none of the installation's processes outlives the tests."""
    yield installed
    for name in list(installed.processes):
        installed.stop(name)
    installed.hand.communicate()
    installed.rows.connection.close()
    assert alive(installed.environment) == []


@pytest.mark.parametrize("installation", [FILES], indirect=True)
def test_healthz_turns_green_when_worker_and_beat_have_shown_that_they_live(installation):
    installation.running("web")
    assert eventually(lambda: installation.health()[0] == 503, 60)
    installation.running("worker", "beat")
    assert eventually(lambda: installation.health()[0] == 200, 60), installation.health()
    assert set(installation.health()[1].values()) == {"ok"}


def test_a_job_is_done_when_it_is_sent_and_changes_nothing_the_second_time(installation):
    installation.running("worker")
    for _ in range(2):
        before = installation.seen("daily_round")
        installation.send("tasks.jobs.daily_round")
        installation.wait_for_sign("daily_round", after=before)
        assert installation.done() == ROUND


@pytest.mark.parametrize("installation", [FILES], indirect=True)
def test_beat_may_be_killed_and_started_again(installation):
    installation.running("beat")
    installation.stop("beat", signal.SIGKILL)
    installation.running("beat")


def test_a_worker_ends_in_order_and_what_is_sent_meanwhile_waits_for_the_next(installation):
    installation.running("worker")
    assert installation.stop("worker") == 0
    assert not [command for command in alive(installation.environment) if " worker " in command]
    before = installation.seen("daily_round")
    installation.send("tasks.jobs.daily_round")
    assert installation.seen("daily_round") == before
    installation.running("worker")
    installation.wait_for_sign("daily_round", after=before)
