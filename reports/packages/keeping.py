"""Contents go into the storage under a name of their own, are read back, and only then counted."""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError

from tasks.evidence.archives import CHUNK
from tasks.models import Blob
from tasks.standing.storage_audit import unused

logger = logging.getLogger(__name__)
FOLDER = "packages"


class StorageError(Exception):
    """The storage doesn't give back what it was given."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A content lies in the storage as it should; `written` names its new file, None where it lay there before."""

    sha256: str
    size: int
    media_type: str
    written: str | None

    def blob(self) -> Blob:
        """Gives its row. In a transaction, it waits for whoever is about to keep the same content, and takes theirs."""
        if self.written:
            new = Blob(sha256=self.sha256, size=self.size, media_type=self.media_type, file=self.written)
            Blob.objects.bulk_create([new], ignore_conflicts=True)
        return Blob.objects.get(sha256=self.sha256)


def keep(content: bytes, media_type: str) -> Kept:
    """Stores the content and verifies it. One with a row already is looked at, and its file put back where it is lost.

    Raises StorageError.
    """
    digest = hashlib.sha256(content).hexdigest()
    blob = Blob.objects.filter(sha256=digest).first()
    if blob is not None:
        if not is_whole(blob):
            _put_back(blob, content)
        return Kept(digest, len(content), media_type, None)
    written = default_storage.save(f"{FOLDER}/{digest[:2]}/{digest}-{uuid4().hex[:8]}", ContentFile(content))
    if _digest(written) != digest:
        discard(written)
        raise StorageError("存储返回的文件与写入的不一致。")
    return Kept(digest, len(content), media_type, written)


def _put_back(blob: Blob, content: bytes) -> None:
    """Puts back only ever the bytes that the row speaks of."""
    logger.error("Put back into the storage, where it was missing or altered: %s", blob.file.name)
    discard(str(blob.file.name))
    if default_storage.save(str(blob.file.name), ContentFile(content)) != blob.file.name or not is_whole(blob):
        raise StorageError("存储中的文件缺失且不能补回。")


def is_whole(blob: Blob) -> bool:
    """Says whether the file is there with the content that the row says. Reads it."""
    return _digest(str(blob.file.name)) == blob.sha256


def _digest(name: str) -> str:
    """Reckons the SHA-256 of the file of that name; "" where there is none."""
    try:
        with default_storage.open(name) as file:
            return digest_of(iter(partial(file.read, CHUNK), b""))
    except OSError:
        return ""


def digest_of(pieces: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def read(blob: Blob) -> bytes:
    """Reads the whole content. Raises StorageError where the file is lost."""
    try:
        with default_storage.open(str(blob.file.name)) as file:
            content: bytes = file.read()
    except OSError as error:
        raise StorageError("存储中的文件缺失。") from error
    return content


def discard_unless_used(kept: Kept) -> None:
    """Takes away what no row came to name."""
    if kept.written is None:
        return
    try:
        if Blob.objects.filter(file=kept.written).exists():
            return
    except DatabaseError:  # whether the transaction held is unknown: a file too many is better than one too few
        logger.exception("Left in the storage, perhaps unused: %s", kept.written)
        return
    discard(kept.written)


def discard(name: str) -> None:
    try:
        default_storage.delete(name)
    except Exception:  # each storage has errors of its own
        logger.exception("Left in the storage, unused: %s", name)


def left_over(before: datetime) -> Iterator[str]:
    """Finds files older than that which no row names: what a builder leaves that is killed."""
    return unused(before, FOLDER)
