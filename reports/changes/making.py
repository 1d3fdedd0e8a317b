"""A long record of changes is written by the worker."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO

from django.http import QueryDict

from reports.background.working import Progress, person_of
from reports.changes.page import EXPORTED, ChangesPage
from reports.exports.csvlines import csv_lines, newest_first
from reports.models import LargeFile
from tasks.access import can_read_changes, require

TOLD_EVERY = 500  # rows


def make_changes(large: LargeFile, file: IO[bytes], progress: Progress, at: datetime) -> str:
    by = person_of(large)
    require(can_read_changes(by))
    found = ChangesPage(QueryDict(large.asked["query"]), by).found
    progress.write(total=found.count())
    lines = csv_lines(list(EXPORTED), _told(newest_first(found, EXPORTED.values()), progress))
    file.writelines(line.encode() for line in lines)
    return ""


def _told(rows: Iterable[list[object]], progress: Progress) -> Iterator[list[object]]:
    for number, row in enumerate(rows):
        if number % TOLD_EVERY == 0:
            progress.at(number)
        yield row
