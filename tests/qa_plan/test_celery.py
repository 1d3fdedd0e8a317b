"""Celery for real, in both ways to run: a worker and a beat of their own, watched from outside.

`test_run.py` starts them from nothing, together with the web, and sees /healthz turn green.
"""

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

from qa_plan.management.commands.run import WITH_FILES, WITH_REDIS
from tests.services import template
from tests.support.processes import alive, eventually, marked_environment

CELERY = "celery --skip-checks -A qa_plan -q"
NO_SIGNAL = 0
IMPORTED, TODAY = "2016-09-19", "2016-09-22"  # the third quarter's period opens on the 20th


class Installation:
    """An installation of its own, with a plan. Worker and beat run once a test asks for them, as `run` has them.

    All are forked from one process, since loading the product takes ten times as long as the rest of their start.
    """

    def __init__(self, pool: str, rows: "Rows", **environment: str | None) -> None:
        self.rows = rows
        self.environment = marked_environment(
            QA_PLAN_DEMO="0", QA_PLAN_TODAY=TODAY, DJANGO_SETTINGS_MODULE="qa_plan.settings", **environment
        )
        self.programs = {
            "worker": f"{CELERY} worker --concurrency 2 --loglevel ERROR {pool}",
            "beat": f"{CELERY} beat --loglevel ERROR --pidfile=",
        }
        self.processes: dict[str, int] = {}
        self.forkserver = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forkserver"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.do(f"tests.support.seed_installation {IMPORTED}")

    def ask(self, *order: str | int) -> int:
        print(json.dumps(order), file=self.forkserver.stdin, flush=True)
        answer = self.forkserver.stdout.readline()
        assert answer, f"The forkserver ended at {order}."
        return int(answer)

    def do(self, command: str) -> None:
        assert self.ask(self.ask(*command.split()), NO_SIGNAL) == 0, command

    def running(self, name: str) -> None:
        """Starts it where it doesn't run, and waits until it has given a sign of life."""
        if name not in self.processes:
            before = self.seen(name)
            self.processes[name] = self.ask(*self.programs[name].split())
            self.wait_for_sign(name, after=before)

    def stop(self, name: str, by: signal.Signals = signal.SIGTERM) -> int:
        """The exit code; a worker's own processes are gone as well."""
        code = self.ask(self.processes.pop(name), by)
        if by == signal.SIGTERM:
            left = alive(self.environment)
            assert len(left) == len(self.processes) + 1, left  # the forkserver
        return code

    def send(self, task: str) -> None:
        self.do(f"{CELERY} call {task}")

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
        template.migrated_sqlite(folder / "qa_plan.sqlite3")
        rows = Rows(sqlite3.connect, folder / "qa_plan.sqlite3")
        installed = Installation(WITH_FILES, rows, DATABASE_URL=None, REDIS_URL=None, QA_PLAN_VAR=str(folder))
        yield from watched(installed)
        return
    name = f"celery_{os.getpid()}"
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    queue = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl()
    tell_postgres(f"CREATE DATABASE {name}{f' TEMPLATE {template.NAME}' if template.is_ready() else ''}")
    try:
        rows = Rows(on_postgres, database)
        environment = {"DATABASE_URL": database, "REDIS_URL": queue, "QA_PLAN_VAR": str(folder)}
        yield from watched(Installation(WITH_REDIS, rows, **environment))
    finally:
        tell_postgres(f"DROP DATABASE {name} WITH (FORCE)")
        redis.Redis.from_url(queue).flushdb()


def watched(installed: Installation) -> Iterator[Installation]:
    """Sees that none of the installation's processes outlives the tests."""
    yield installed
    for name in list(installed.processes):
        installed.stop(name)
    installed.forkserver.communicate()
    installed.rows.connection.close()
    assert alive(installed.environment) == []


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
    before = installation.seen("daily_round")
    installation.send("tasks.jobs.daily_round")
    assert installation.seen("daily_round") == before
    installation.running("worker")
    installation.wait_for_sign("daily_round", after=before)
