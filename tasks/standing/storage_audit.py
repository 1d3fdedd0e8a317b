"""Taking stock of the evidence's storage: contents whose file is missing or altered, and files that nothing uses."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from django.core.files.storage import default_storage

from tasks.evidence.archives import CHUNK
from tasks.models import Blob

EVIDENCE = "evidence"  # its folder in the storage


def faults() -> Iterator[tuple[Blob, str]]:
    """Each content that can't be served as it was uploaded, and why. Reads every file once."""
    for blob in Blob.objects.order_by("pk").iterator(1000):
        try:
            with default_storage.open(str(blob.file.name)) as file:
                digest = hashlib.sha256()
                while chunk := file.read(CHUNK):
                    digest.update(chunk)
        except OSError:
            yield blob, "文件缺失"
            continue
        if digest.hexdigest() != blob.sha256:
            yield blob, "文件内容与登记的校验码不符"


def unused(before: datetime, folder: str = EVIDENCE) -> Iterator[str]:
    """Files older than that which no content names: a process leaves one if it is killed while writing."""
    try:
        parts, _ = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    for part in parts:
        _, names = default_storage.listdir(f"{folder}/{part}")
        stored = {f"{folder}/{part}/{name}" for name in names}
        used = set(Blob.objects.filter(file__in=stored).values_list("file", flat=True))
        yield from (name for name in sorted(stored - used) if default_storage.get_modified_time(name) < before)
