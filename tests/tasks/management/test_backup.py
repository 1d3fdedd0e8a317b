"""A backup is whole or not there; restored elsewhere, nothing is lost that was acknowledged before it began."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import psycopg2
import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db.utils import ConnectionHandler

from qa_plan.backup import postgres
from tests.services import template
from tests.services.postgres import installed_programs
from tests.support.processes import marked_environment


def tell_postgres(statement: str) -> None:
    with closing(psycopg2.connect(os.environ["DATABASE_URL"])) as connection:
        connection.autocommit = True
        connection.cursor().execute(statement)


@contextmanager
def on_postgres(folder: Path, name: str, *, is_empty: bool) -> Iterator[dict[str, str | None]]:
    copied = f" TEMPLATE {template.NAME}" if template.is_ready() and not is_empty else ""
    tell_postgres(f"CREATE DATABASE {name}{copied}")
    try:
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        yield marked_environment(DATABASE_URL=url, QA_PLAN_VAR=str(folder), PG_BIN=str(installed_programs()))
    finally:
        tell_postgres(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def on_sqlite(folder: Path, name: str, *, is_empty: bool) -> Iterator[dict[str, str | None]]:
    folder.mkdir()
    if not is_empty:
        template.migrated_sqlite(folder / "qa_plan.sqlite3")
    yield marked_environment(DATABASE_URL=None, REDIS_URL=None, QA_PLAN_VAR=str(folder))


def run(environment, *arguments):
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("script", "is_broken_off", "reason"),
    [
        ("CREATE TABLE newer (a int); SELECT 1 / 0;", 0, "psql 没有完成：.+division by zero"),
        ("CREATE TABLE newer (a int);", 1, "pg_restore 没有完成"),
        ("SET transaction_timeout = 0;\nCREATE TABLE newer (a int);", 0, ""),
    ],
)
def test_postgresql_keeps_its_data_where_a_restore_breaks_off(tmp_path, settings, script, is_broken_off, reason):
    real, name = installed_programs(), f"kept_{os.getpid()}"
    for program, does in (
        ("psql", f'exec "{real}/psql" "$@"'),
        ("pg_restore", f"cat <<'END'\n{script}\nEND\nexit {is_broken_off}"),
    ):
        (tmp_path / program).write_text(f"#!/bin/sh\n{does}\n")
        (tmp_path / program).chmod(0o755)
    settings.PG_BIN = str(tmp_path)
    with on_postgres(tmp_path, name, is_empty=True) as there:
        [database] = ConnectionHandler({"default": dj_database_url.parse(there["DATABASE_URL"])}).all()
        with database.cursor() as cursor:
            cursor.execute("CREATE TABLE older (a int)")
        with pytest.raises(CommandError, match=f"(?s){reason}.+数据库仍是原来的数据") if reason else nullcontext():
            postgres.load(database, tmp_path / "database")
        assert database.introspection.table_names() == ["older" if reason else "newer"]
        assert "transaction_timeout" not in (tmp_path / "database.sql").read_text()
        database.close()


@pytest.mark.django_db  # or no database is made that can be copied
@pytest.mark.parametrize("installation", [on_postgres, on_sqlite])
@pytest.mark.long
def test_what_was_acknowledged_before_a_backup_comes_back_elsewhere(installation, tmp_path):
    backups = tmp_path / "backups"
    with installation(tmp_path / "here", f"here_{os.getpid()}", is_empty=False) as here:
        drill = run(here, "-m", "tests.support.drill", str(backups))
        assert drill.returncode == 0, drill.stderr
        before, after = json.loads(drill.stdout)
    with installation(tmp_path / "there", f"there_{os.getpid()}", is_empty=True) as there:
        restored = run(there, "manage.py", "restore", str(backups))
        assert restored.returncode == 0, restored.stderr
        upgraded = run(there, "manage.py", "upgrade", str(backups)) if installation is on_sqlite else None
    [archive, *_] = sorted(backups.glob("*.tar"))
    assert archive.stat().st_mode & 0o077 == 0
    count = int(re.search(r"变更记录共(\d+)行", restored.stdout)[1])
    assert 0 < before <= count < after
    assert "与备份时一致" in restored.stdout
    assert "共1个文件，全部完好。" in restored.stdout
    if upgraded:
        assert upgraded.returncode == 0, upgraded.stderr
        assert "升级数据库0步。如需退回：停止各进程，换回原版文件，运行 manage.py restore" in upgraded.stdout
