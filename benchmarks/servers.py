"""What the measured product runs on: PostgreSQL with two databases, Redis, and gunicorn as `make run` starts it."""

import http.client
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

from benchmarks.environment import ROOT, environment
from qa_plan.management.commands.run import BUFFERED
from tests.services import postgres, redis
from tests.services.server import free_port, running

NOTICE_DATABASE, LOAD_DATABASE = "qa_plan_benchmark_notice", "qa_plan_benchmark_load"
HOST = "127.0.0.1"


@contextmanager
def services() -> Iterator[tuple[str, str]]:
    """The URLs of a PostgreSQL and a Redis: those that the shell names, else new ones that end with the block."""
    with ExitStack() as stack:
        database = os.environ.get("DATABASE_URL") or stack.enter_context(postgres.serving())
        queue = os.environ.get("REDIS_URL") or stack.enter_context(redis.serving())
        yield database, queue


def database(server: str, name: str) -> str:
    """The URL of that database on the server, made where it is missing. What is in it stays."""
    with closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if not cursor.fetchone():
                cursor.execute(f"CREATE DATABASE {name}")
    return urlsplit(server)._replace(path=f"/{name}").geturl()


def count_reports(url: str) -> int:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tasks_progressreport")
        return int(cursor.fetchone()[0])


def run(database_url: str, redis_url: str, *arguments: str) -> str:
    """Runs a Python program in the product's environment; what it prints. Its complaints go to the terminal."""
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(database_url, REDIS_URL=redis_url),
        stdout=subprocess.PIPE,
        text=True,
    )
    if result.returncode:
        sys.exit(f"{' '.join(arguments)} failed.")
    return result.stdout


@contextmanager
def web(database_url: str, redis_url: str) -> Iterator[int]:
    """The port of a running web server of two processes with four threads each."""
    port = free_port()
    options = f"--bind {HOST}:{port} --workers 2 --threads 4 --keep-alive 3600 --log-level warning --no-control-socket"
    options += f" {BUFFERED}"
    command = [sys.executable, "-m", "gunicorn", "benchmarks.wsgi", *options.split(), "--chdir", str(ROOT)]
    with (
        tempfile.TemporaryDirectory(prefix="qa-plan-web-") as folder,
        running(
            command,
            folder=Path(folder),
            answers=lambda: answers(port),
            stop=signal.SIGTERM,
            env=environment(database_url, REDIS_URL=redis_url),
        ),
    ):
        yield port


def answers(port: int) -> bool:
    with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
