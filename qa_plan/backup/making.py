"""Makes a backup: under another name until it is whole, and as many of the older ones stay as a setting says."""

import os
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.db import connection
from django.utils import timezone
from django.utils.crypto import salted_hmac

from qa_plan.backup.archive import DATABASE, FILES, KEY, Manifest, Writer
from qa_plan.backup.databases import kind_of, migrations_of
from qa_plan.commands import cause_of
from qa_plan.datafolder import alone_on
from qa_plan.version import VERSION

NAMES = re.compile(r"qa-plan-\d{8}-\d{6}\.tar")
UNFINISHED = ".making-"
LOCK = ".lock"


@dataclass(frozen=True)
class Made:
    path: Path
    size: int
    manifest: Manifest
    removed: int


def back_up(
    folder: Path, *, at: datetime, asked: str, keep: int, with_files: bool = True, with_key: bool = False
) -> Made:
    """Writes one archive into the folder. `asked` is a question in SQL for count and head of the record of changes.

    Whoever writes meanwhile is not held up; what was acknowledged before is in it. Readable by its owner alone.
    """
    with _alone_in(folder), tempfile.TemporaryDirectory(dir=folder, prefix=UNFINISHED) as name:
        unfinished = Path(name) / "archive"
        with unfinished.open("xb") as file:
            os.fchmod(file.fileno(), 0o600)
            with tarfile.open(fileobj=file, mode="w") as tar:
                manifest = _write(Writer(tar), Path(name), at, asked, with_files, with_key)
            file.flush()
            os.fsync(file.fileno())
        path = _free_name(folder, at)
        os.rename(unfinished, path)
        return Made(path, path.stat().st_size, manifest, _remove_old(folder, keep))


@contextmanager
def _alone_in(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with alone_on(folder, LOCK) as alone:
            if not alone:
                raise CommandError(f"另一个备份正在写入 {folder}，请等它结束。")
            for left in folder.glob(f"{UNFINISHED}*"):
                shutil.rmtree(left, ignore_errors=True)
            yield
    except OSError as refusal:
        raise CommandError(f"备份没有完成，{folder} 无法写入（{cause_of(refusal)}）。") from refusal


def _write(writer: Writer, folder: Path, at: datetime, asked: str, with_files: bool, with_key: bool) -> Manifest:
    """The database comes first: files are only added, so that all that its rows name are there afterwards."""
    seen = migrations_of(connection)
    if not seen:
        raise CommandError("数据库是空的，没有可备份的内容。")
    dumped = folder / DATABASE
    count, head = kind_of(connection).dump(connection, dumped, asked) or (0, "")
    with dumped.open("rb") as file:
        writer.add(DATABASE, file, dumped.stat().st_size)
    dumped.unlink()
    for name in stored() if with_files else ():
        _add_file(writer, name)
    key = settings.VAR_DIR / "secret_key"
    if with_key and key.exists():
        with key.open("rb") as file:
            writer.add(KEY, file, key.stat().st_size)
    manifest = Manifest(
        version=VERSION,
        made_at=timezone.localtime(at).isoformat(),
        engine=connection.vendor,
        is_demo=settings.QA_PLAN_DEMO,
        has_files=with_files,
        head=head,
        changes=count,
        migrations=seen,
        key=key_fingerprint(),
        parts=writer.parts,
    )
    writer.end(manifest)
    return manifest


def key_fingerprint() -> str:
    """What tells the secret key of this installation from any other."""
    return salted_hmac("qa_plan.backup", "the key", algorithm="sha256").hexdigest()[:16]


def stored(folder: str = "") -> Iterator[str]:
    """The names of all files in the storage, in a fixed order."""
    try:
        folders, names = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    prefix = f"{folder}/" if folder else ""
    yield from (f"{prefix}{name}" for name in sorted(names))
    for each in sorted(folders):
        yield from stored(f"{prefix}{each}")


def _add_file(writer: Writer, name: str) -> None:
    try:
        opened = default_storage.open(name)
    except FileNotFoundError:
        return  # swept since it was listed
    except OSError as refusal:
        raise CommandError(f"备份没有完成，文件 {name} 无法读取（{cause_of(refusal)}）。") from refusal
    with opened as file, suppress(FileNotFoundError):  # as above; a bucket finds out by the first look into it
        writer.add(f"{FILES}{name}", file, file.size)


def _free_name(folder: Path, at: datetime) -> Path:
    while (path := folder / f"qa-plan-{timezone.localtime(at):%Y%m%d-%H%M%S}.tar").exists():
        at += timedelta(seconds=1)
    return path


def archives(folder: Path) -> list[Path]:
    """The backups in the folder, oldest first; nothing that has another name."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if NAMES.fullmatch(path.name))


def _remove_old(folder: Path, keep: int) -> int:
    old = archives(folder)[:-keep] if keep else []
    for path in old:
        path.unlink()
    return len(old)
