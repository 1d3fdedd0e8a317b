"""A database of PostgreSQL, by its own programs: pg_dump while others write; pg_restore and psql in one transaction."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

INSTALLED = "/usr/lib/postgresql"  # where Debian and Ubuntu keep the programs of every version
VERSION = re.compile(r"\) (\d+)")
# What belongs to an extension is none of ours.
EMPTYING = """
DO $$ DECLARE each record; BEGIN
FOR each IN SELECT c.oid::regclass AS name, c.relkind AS kind FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') LOOP
    IF to_regclass(each.name::text) IS NOT NULL THEN
        EXECUTE format('DROP %s %s CASCADE',
            CASE each.kind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE 'TABLE' END, each.name);
    END IF;
END LOOP;
FOR each IN SELECT p.oid::regprocedure AS name FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP ROUTINE %s CASCADE', each.name);
END LOOP;
END $$;
"""
PROGRAMS = ("pg_dump", "pg_restore", "psql")
UNKNOWN = b"SET transaction_timeout = 0;\n"  # said since 17, and refused by older servers


def dump(connection: BaseDatabaseWrapper, target: Path, asked: str) -> tuple[Any, ...] | None:
    """Writes the database of one moment to the target; gives back the first row that the question finds in it."""
    if missing := programs(connection):
        raise CommandError(missing)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(asked)
        row: tuple[Any, ...] | None = cursor.fetchone()
        cursor.execute("SELECT pg_export_snapshot()")
        [snapshot] = cursor.fetchone()
        options = ["--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={target}"]
        _run(connection, "pg_dump", *options)
    return row


def refusal_of(connection: BaseDatabaseWrapper, dumped: Path) -> str:
    """Why the dump can't be put in, in Chinese; "" where it can."""
    if missing := programs(connection):
        return missing
    result = subprocess.run([program("pg_restore"), "--list", str(dumped)], capture_output=True, check=False)
    return "备份中的数据库无法读取，请使用与备份时同样新或更新的 pg_restore" if result.returncode else ""


def load(connection: BaseDatabaseWrapper, dumped: Path) -> None:
    """Puts the dump, which `refusal_of` has looked at, into the database's place in one transaction.

    Whatever breaks it off, the database is as it was.
    """
    connection.close()
    options = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1"]
    try:
        _run(connection, "psql", *options, f"--file={_script(dumped)}")
    except CommandError as error:
        raise CommandError(f"{error}数据库仍是原来的数据；备份文件完好，处理后请重新恢复。") from error
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # else the first questions are planned as if all tables were empty


def _script(dumped: Path) -> Path:
    """What empties the database and fills it from the dump, whole: a stream that broke off would end well for psql."""
    script = dumped.with_suffix(".sql")
    command = [program("pg_restore"), "--no-owner", "--no-privileges", "--file=-", str(dumped)]
    with (
        script.open("wb") as file,
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=said) as process,
    ):
        assert process.stdout
        file.write(EMPTYING.encode())
        file.writelines(line for line in process.stdout if line != UNKNOWN)
        if process.wait():
            said.seek(0)
            raise CommandError(_broken_off("pg_restore", said.read().decode(errors="replace")))
    return script


def others(connection: BaseDatabaseWrapper) -> int:
    """How many other sessions of the same role work upon the database: those of web, worker and beat."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = current_user AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        return int(cursor.fetchone()[0])


def programs(connection: BaseDatabaseWrapper) -> str:
    """Why PostgreSQL's programs can't be used, in Chinese; "" where they are there and no older than the server."""
    connection.ensure_connection()
    server = connection.pg_version // 10000  # type: ignore[attr-defined]
    for name in PROGRAMS:
        if not (found := program(name)):
            return f"没有找到 {name}：请安装 PostgreSQL {server} 的客户端程序，或以 PG_BIN 指明所在目录。"
        if (ours := version_of(found)) < server:
            return f"{found} 是版本{ours}，低于数据库的版本{server}：请安装同版本的客户端程序，或以 PG_BIN 指明。"
    return ""


def program(name: str) -> str:
    """Where the program is: in the folder that the setting names, on the path, or the newest that is installed."""
    if settings.PG_BIN:
        return shutil.which(name, path=settings.PG_BIN) or ""
    installed = sorted(Path(INSTALLED).glob(f"*/bin/{name}"), key=lambda path: _number(path.parts[-3]))
    return str(installed[-1]) if installed else shutil.which(name) or ""


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else 0


def version_of(path: str) -> int:
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = VERSION.search(said)
    return int(found[1]) if found else 0


def _run(connection: BaseDatabaseWrapper, name: str, *options: str) -> None:
    """Runs the program upon the database; the password goes along where no list of processes shows it."""
    (_, *address), secrets = connection.client.settings_to_cmd_args_env(connection.settings_dict, [])
    database = address.pop() if connection.settings_dict["NAME"] else ""
    command = [program(name), *address, "--no-password", f"--dbname={database}", *options]
    result = subprocess.run(command, env={**os.environ, **(secrets or {})}, capture_output=True, text=True, check=False)
    if result.returncode:
        raise CommandError(_broken_off(name, result.stderr))


def _broken_off(name: str, said: str) -> str:
    return f"{name} 没有完成：{said.strip()[-500:]}\n"
