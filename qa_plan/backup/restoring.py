"""Puts a backup into an installation. Nothing is touched before the whole archive was read and found sound."""

import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.base import CommandError
from django.db import connection

from qa_plan.backup.archive import DATABASE, FILES, KEY, Damaged, Manifest, checked, members
from qa_plan.backup.databases import kind_of, unknown_migrations
from qa_plan.commands import cause_of
from qa_plan.datafolder import alone_on


@contextmanager
def at_rest() -> Iterator[None]:
    """Nobody else works upon the data now, nor will by `manage.py run` within the block; raises CommandError if so."""
    with alone_on(settings.VAR_DIR) as alone:
        if not alone or (others := kind_of(connection).others(connection)):
            who = f"还有{others}个连接在使用数据库" if alone else f"数据目录 {settings.VAR_DIR} 上的系统正在运行"
            raise CommandError(f"{who}，请先停止网页、后台任务和定时程序。")
        yield


@contextmanager
def opened(path: Path) -> Iterator[tuple[tarfile.TarFile, Manifest]]:
    """The archive and its list, once every member was found whole; else one sentence.

    What goes wrong within the block is said in one, too, but not that nothing was touched.
    """
    with ExitStack() as stack:
        try:
            tar = stack.enter_context(tarfile.open(path, "r:"))
            manifest = checked(tar)
        except Damaged as damage:
            raise CommandError(f"备份文件 {path} 不能使用：{damage}。现有数据未作改动。") from damage
        except tarfile.TarError as error:
            raise CommandError(f"备份文件 {path} 不能使用：文件不完整或不是备份文件。现有数据未作改动。") from error
        except OSError as refusal:
            raise CommandError(f"备份文件 {path} 无法读取（{cause_of(refusal)}）。现有数据未作改动。") from refusal
        try:
            yield tar, manifest
        except (Damaged, tarfile.TarError, EOFError, OSError) as error:
            said = cause_of(error) if isinstance(error, OSError) else "备份文件在写入期间被改动"
            raise CommandError(f"恢复没有完成（{said}），处理后请用备份文件 {path} 重新恢复。") from error


def refuse_unfit(manifest: Manifest) -> None:
    """Raises CommandError where this installation can't take the backup in at all."""
    if manifest.engine != connection.vendor:
        raise CommandError(f"备份来自 {manifest.engine} 数据库，本系统使用 {connection.vendor}，不能恢复。")
    if manifest.is_demo != settings.QA_PLAN_DEMO:
        raise CommandError("演示数据与正式数据不能互相恢复：请核对 QA_PLAN_DEMO 的设置。")
    if unknown := unknown_migrations(manifest.migrations):
        raise CommandError(f"备份由版本 {manifest.version} 制作，本版本没有其中的 {unknown[0]}，请换用该版本恢复。")


def restore(tar: tarfile.TarFile, folder: Path) -> bool:
    """Files first, of which nothing is lost if they break off, then the database in one step. Whether a key came along.

    The folder is for what is unpacked on the way.
    """
    dumped, kind = folder / DATABASE, kind_of(connection)
    with dumped.open("wb") as file:
        shutil.copyfileobj(_member(tar, DATABASE), file)
    if refusal := kind.refusal_of(connection, dumped):
        raise CommandError(f"{refusal}。现有数据未作改动。")
    for info, content in members(tar):
        if info.name.startswith(FILES):
            _put(info.name.removeprefix(FILES), info.size, content)
    kind.load(connection, dumped)
    return _put_key(tar)


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    content = tar.extractfile(name)
    assert content  # `checked` has seen that it is a file
    return content


def _put(name: str, size: int, content: IO[bytes]) -> None:
    """Stores the file under its name, unless it is there already. Another one gives way once this one is whole."""
    if default_storage.exists(name):
        if default_storage.size(name) == size and _same(name, content):
            return
        content.seek(0)
    if (put := default_storage.save(name, File(content, name=name))) != name:
        _move(put, name, content)


def _move(put: str, name: str, content: IO[bytes]) -> None:
    """In one step where the storage has paths; else the copy beside stays until there is one under the name."""
    try:
        os.replace(default_storage.path(put), default_storage.path(name))
    except NotImplementedError:
        content.seek(0)
        default_storage.delete(name)
        if (again := default_storage.save(name, File(content, name=name))) != name:
            raise CommandError(f"文件 {name} 无法写回原处，写成了 {again}。") from None
        default_storage.delete(put)


def _same(name: str, content: IO[bytes]) -> bool:
    with default_storage.open(name) as there:
        while piece := content.read(1024 * 1024):
            if there.read(len(piece)) != piece:
                return False
    return True


def _put_key(tar: tarfile.TarFile) -> bool:
    if KEY not in tar.getnames():
        return False
    beside = settings.VAR_DIR / f".{KEY}.restored"
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        shutil.copyfileobj(_member(tar, KEY), file)
    os.replace(beside, settings.VAR_DIR / KEY)
    return True
