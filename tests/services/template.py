"""A migrated database, made once in a run while its tests are collected; whoever needs one gets a copy.

To migrate takes ten times as long as to copy, and a run needs many databases: one for each of its workers, and one for
each installation that it sets up beside them.
"""

import fcntl
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2

NAME = "migrated"
MEMORY = "sqlite:///:memory:"
MADE = "QA_PLAN_TEST_TEMPLATE"  # the database that the run migrates, where it does
PATIENCE = 300  # seconds: the machine may have other work
MIGRATE = "import django; django.setup(); from django.core import management; management.call_command('migrate', '-v0')"
# The shell says how it ended, whoever waits for that by then.
TELL = '"$0" -c "$1" > "$2.log" 2>&1 && touch "$2.ready" || touch "$2.failed"'


class NoTemplate(Exception):
    """It could not be migrated; the message carries the last words."""


def base() -> Path:
    """Files of this name and different endings lie in the run's own folder, which all of its workers know."""
    return Path(os.environ["QA_PLAN_VAR"]) / NAME


def begin(url: str) -> subprocess.Popen[bytes] | None:
    """Migrates a database of the kind that the run uses: on its own server, or beside one in memory. None elsewhere."""
    if url == MEMORY:
        made = f"sqlite:///{base()}.sqlite3"
    elif url:
        return None
    else:
        made = on_postgres(os.environ["DATABASE_URL"])
    os.environ[MADE] = made
    command = ["/bin/sh", "-c", TELL, sys.executable, MIGRATE, str(base())]
    return subprocess.Popen(command, env=environment(made), start_new_session=True)


def end(process: subprocess.Popen[bytes]) -> None:
    """Nobody needed it, or all have theirs."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def environment(url: str) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if name != "COVERAGE_PROCESS_CONFIG"}
    return {**known, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "qa_plan.settings"}


def on_postgres(server: str) -> str:
    """An empty database there."""
    with closing(psycopg2.connect(server)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {NAME}")
    return urlsplit(server)._replace(path=f"/{NAME}").geturl()


def is_ready() -> bool:
    """Waits until it is migrated. False where the run has none, and each database is migrated by itself."""
    if MADE not in os.environ:
        return False
    deadline = time.monotonic() + PATIENCE
    while not base().with_suffix(".ready").exists():
        if base().with_suffix(".failed").exists() or time.monotonic() > deadline:
            raise NoTemplate(base().with_suffix(".log").read_text(errors="replace")[-3000:])
        time.sleep(0.05)
    return True


def copied_to(target: str | Path) -> sqlite3.Connection:
    """A copy of the migrated SQLite; one in memory lasts for as long as a connection to it, such as this, is open."""
    copy = sqlite3.connect(target, uri=True, check_same_thread=False)
    with closing(sqlite3.connect(base().with_suffix(".sqlite3"))) as original:
        original.backup(copy)
    return copy


def migrated_sqlite(target: Path) -> None:
    """A migrated SQLite in that file, whatever the run itself is on: the first who asks for one migrates it."""
    source, begun = base().with_suffix(".sqlite3"), base().with_suffix(".begun")
    with base().with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.environ.get(MADE, "").startswith("sqlite"):
            is_ready()
        elif not source.exists():
            made = environment(f"sqlite:///{begun}")
            subprocess.run([sys.executable, "-c", MIGRATE], env=made, check=True)
            begun.rename(source)
    copied_to(target).close()
