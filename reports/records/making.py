"""A long security log is written by the worker."""

from datetime import datetime
from typing import IO

from django.http import QueryDict

from reports.background.working import Progress, person_of
from reports.exports.csvlines import ROWS_READ, csv_lines, newest_first
from reports.models import LargeFile
from reports.records.page import EXPORTED, RecordsPage
from tasks.access import can_read_security_log, require


def make_security_log(large: LargeFile, file: IO[bytes], progress: Progress, at: datetime) -> str:
    require(can_read_security_log(person_of(large)))
    found = RecordsPage(QueryDict(large.asked["query"])).found
    progress.write(total=found.count())
    for number, line in enumerate(csv_lines(list(EXPORTED), newest_first(found, EXPORTED.values()))):
        if number % ROWS_READ == 0:
            progress.at(number)
        file.write(line.encode())
    return ""
