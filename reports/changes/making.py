"""A long record of changes is written by the worker."""

from datetime import datetime
from typing import IO

from django.http import QueryDict

from reports.background.working import Progress, person_of
from reports.chained.making import write_record
from reports.changes.page import ChangesPage
from reports.models import LargeFile
from tasks.access import can_read_changes, require


def make_changes(large: LargeFile, file: IO[bytes], progress: Progress, at: datetime) -> str:
    by = person_of(large)
    require(can_read_changes(by))
    write_record(ChangesPage(QueryDict(large.asked["query"]), by), file, progress)
    return ""
