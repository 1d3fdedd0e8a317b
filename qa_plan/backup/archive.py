"""The archive: a plain tar file, whose last member lists all others with size and SHA-256.

Any `tar` opens it. One that was cut off, or in which anything was altered, is refused before it is used.
"""

import hashlib
import io
import json
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import IO, Any

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database"
FILES = "files/"
KEY = "secret_key"
PIECE = 1024 * 1024


class Damaged(Exception):
    """Says in Chinese why the archive can't be used."""


@dataclass(frozen=True)
class Part:
    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What the archive is of. `head` and `changes`: the last row of the record of changes, and how many there are.

    `key` tells the secret key from any other, and nothing of what it is.
    """

    version: str
    made_at: str
    engine: str
    is_demo: bool
    has_files: bool
    head: str
    changes: int
    migrations: dict[str, list[str]]
    key: str = ""
    parts: list[Part] = field(default_factory=list)
    format: int = FORMAT


class Writer:
    """Adds member after member to an archive, and its list at the end."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.parts: list[Part] = []

    def add(self, name: str, file: IO[bytes], size: int) -> None:
        """Adds that many bytes of the file: what grows meanwhile is taken as it was."""
        digest = _Digest(file)
        self.tar.addfile(_info(name, size), digest)
        self.parts.append(Part(name, size, digest.sum.hexdigest()))

    def end(self, manifest: Manifest) -> None:
        content = json.dumps({**asdict(manifest), "parts": [asdict(part) for part in self.parts]}, ensure_ascii=False)
        data = content.encode()
        self.tar.addfile(_info(MANIFEST, len(data)), io.BytesIO(data))


class _Digest:
    """A file that reckons the sum of what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.sum = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        data = self.file.read(size)
        self.sum.update(data)
        return data


def _info(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info


def members(tar: tarfile.TarFile) -> Iterator[tuple[tarfile.TarInfo, IO[bytes]]]:
    """The members in their order, each with its content."""
    for info in tar:
        content = tar.extractfile(info) if info.isreg() else None
        if content is None:
            raise Damaged(f"其中的 {info.name} 不是普通文件")
        yield info, content


def checked(tar: tarfile.TarFile) -> Manifest:
    """The list of an archive of which every member is whole and as it was written; reads all of it once."""
    try:
        found = list(_read(tar))
    except (tarfile.TarError, EOFError) as error:
        raise Damaged("文件不完整或不是备份文件") from error
    parts, manifest = found[:-1], found[-1] if found else None
    if not isinstance(manifest, Manifest):
        raise Damaged("末尾没有清单，文件不完整或不是备份文件")
    if parts != manifest.parts:
        raise Damaged(f"与清单不符：{_first_difference(parts, manifest.parts)}")
    return manifest


def _read(tar: tarfile.TarFile) -> Iterator[Part | Manifest]:
    for info, content in members(tar):
        yield _manifest(content.read()) if info.name == MANIFEST else Part(info.name, info.size, _sum(content))


def _manifest(data: bytes) -> Manifest:
    try:
        content: dict[str, Any] = json.loads(data)
        if content["format"] > FORMAT:
            raise Damaged("由更新的版本制作，请换用该版本恢复")
        return Manifest(**{**content, "parts": [Part(**part) for part in content["parts"]]})
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged("清单无法读取") from error


def _sum(content: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while piece := content.read(PIECE):
        digest.update(piece)
    return digest.hexdigest()


def _first_difference(found: Sequence[Part | Manifest], listed: list[Part]) -> str:
    for one, other in zip(found, listed, strict=False):
        if one != other:
            is_same = isinstance(one, Part) and one.name == other.name
            return f"{other.name} 的内容或大小已改变" if is_same else f"{other.name} 缺失"
    return f"应有{len(listed)}个文件，实有{len(found)}个"
