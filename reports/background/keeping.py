"""Where large files lie, and until when."""

from datetime import datetime
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db.models import QuerySet

from agencies.models import User
from reports.models import LargeFile
from reports.models.large_files import KEPT

FOLDER = "background"


def large_files_of(user: User) -> QuerySet[LargeFile]:
    """Whoever asked for one sees it, and nobody else; the newest first."""
    return LargeFile.objects.filter(recorded_by=user)


def name_of(large: LargeFile) -> str:
    """Where this attempt's file lies: each has one of its own, so that none writes into another's."""
    return f"{FOLDER}/{large.pk}/{large.attempt}{PurePosixPath(large.name).suffix}"


def sweep(now: datetime) -> int:
    """Takes away what is older than it is kept, with its files; how many there were."""
    old = list(LargeFile.objects.filter(recorded_at__lt=now - KEPT))
    for large in old:
        forget_files(large)
        large.delete()
    return len(old)


def forget_files(large: LargeFile) -> None:
    """Every attempt's, and the upload."""
    for attempt in range(1, large.attempt + 1):
        large.attempt = attempt
        default_storage.delete(name_of(large))
    if large.source:
        default_storage.delete(large.source)
