"""The folder of an installation's own data: it can be written to, and holds the key that is made once.

What is wrong with it is one sentence at the start, since nobody could use an installation that finds out later.
"""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from qa_plan.commands import cause_of

TRIAL = 64 * 1024  # bytes


def data_folder(name: str) -> Path:
    """The folder, made where it isn't there; raises ImproperlyConfigured where nothing can be written into it."""
    folder = Path(name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as refusal:
        raise ImproperlyConfigured(
            f"数据目录 {folder} 无法建立（{cause_of(refusal)}），请检查 QA_PLAN_VAR。"
        ) from refusal
    if not os.access(folder, os.W_OK | os.X_OK):
        raise ImproperlyConfigured(f"数据目录 {folder} 不可写（磁盘只读或没有权限），请检查后重新启动。")
    return folder


def secret_key(folder: Path) -> str:
    """The key of an embedded installation: made once, readable by its owner only, never half written.

    Raises ImproperlyConfigured where the file holds none: a new key would end every session without a word.
    """
    path = folder / "secret_key"
    try:
        if not path.exists():
            kept_once(path, get_random_secret_key())
        key = path.read_text()
    except OSError as refusal:
        raise ImproperlyConfigured(f"密钥文件 {path} 无法读写（{cause_of(refusal)}）。") from refusal
    if not key.strip():
        raise ImproperlyConfigured(
            f"密钥文件 {path} 是空的：请从备份中恢复；没有备份的，删除该文件后重新启动，所有人员须重新登录。"
        )
    return key


@contextmanager
def alone_on(folder: Path, name: str = "running") -> Iterator[bool]:
    """Whether nobody else runs an installation upon this folder; nobody will, while this one does. Dies with it."""
    with (folder / name).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True


def trial(folder: Path) -> str:
    """Why nothing can be written into the folder, in Chinese; "" where some kilobytes can, and last."""
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(bytes(TRIAL))
            file.flush()
            os.fsync(file.fileno())
    except OSError as refusal:
        return cause_of(refusal)
    return ""


def kept_once(path: Path, text: str) -> None:
    """A file that its owner alone reads, whole or not there. Of those who write it at once, the first one's stays."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(file.name, path)
        except FileExistsError:
            return
