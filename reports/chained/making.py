"""A long record is written by the worker."""

from collections.abc import Iterable, Iterator
from typing import IO

from reports.background.working import Progress
from reports.chained.page import RecordPage
from reports.exports.csvlines import csv_lines, newest_first

TOLD_EVERY = 500  # rows


def write_record(record: RecordPage, file: IO[bytes], progress: Progress) -> None:
    """Writes exactly what the filter finds, and says now and then how far it is."""
    progress.write(total=record.found.count())
    rows = newest_first(record.found, record.exported.values())
    file.writelines(line.encode() for line in csv_lines(list(record.exported), _told(rows, progress)))


def _told(rows: Iterable[list[object]], progress: Progress) -> Iterator[list[object]]:
    for number, row in enumerate(rows):
        if number % TOLD_EVERY == 0:
            progress.at(number)
        yield row
