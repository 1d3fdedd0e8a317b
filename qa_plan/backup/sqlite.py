"""A database of SQLite, copied while others write, and put into the place of another."""

import errno
import gzip
import os
import shutil
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

QUICKLY = 3  # of gzip's nine levels


def dump(connection: BaseDatabaseWrapper, target: Path, asked: str) -> tuple[Any, ...] | None:
    """Writes the database of one moment to the target; gives back the first row that the question finds in it."""
    connection.ensure_connection()
    copy = target.with_suffix(".copy")
    with closing(sqlite3.connect(copy)) as copied, _full_as_others_say_it():
        connection.connection.backup(copied)
        row: tuple[Any, ...] | None = copied.execute(asked).fetchone()
    with copy.open("rb") as plain, gzip.open(target, "wb", QUICKLY) as packed:
        shutil.copyfileobj(plain, packed)
    copy.unlink()
    return row


@contextmanager
def _full_as_others_say_it() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_FULL:
            raise
        raise OSError(errno.ENOSPC, str(error)) from error


def refusal_of(connection: BaseDatabaseWrapper, dumped: Path) -> str:
    """Why the dump can't be put in, in Chinese; "" where it can. Raises OSError where there is no room to look at it:
    a sound backup must not be taken for a broken one.
    """
    plain = _plain(dumped)
    try:
        with gzip.open(dumped) as packed, plain.open("wb") as file:
            shutil.copyfileobj(packed, file)
        with closing(sqlite3.connect(plain)) as opened:
            whole = opened.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    except (gzip.BadGzipFile, EOFError, zlib.error, sqlite3.DatabaseError):
        whole = False
    return "" if whole else "备份中的数据库无法打开"


def load(connection: BaseDatabaseWrapper, dumped: Path) -> None:
    """Puts the dump, which `refusal_of` has looked at, into the database's place in one step."""
    place = Path(connection.settings_dict["NAME"])
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    beside = place.with_name(f".{place.name}.restored")
    shutil.copyfile(_plain(dumped), beside)
    with beside.open("rb") as file:
        os.fsync(file.fileno())
    for suffix in ("-wal", "-shm"):
        place.with_name(f"{place.name}{suffix}").unlink(missing_ok=True)
    os.replace(beside, place)


def programs(connection: BaseDatabaseWrapper) -> str:
    """What is needed is part of Python."""
    return ""


def _plain(dumped: Path) -> Path:
    return dumped.with_suffix(".sqlite3")


def others(connection: BaseDatabaseWrapper) -> int:
    """Who else works upon the file is known to the lock of its data folder alone."""
    return 0
