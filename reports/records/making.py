"""A long security log is written by the worker."""

from datetime import datetime
from typing import IO

from django.http import QueryDict

from reports.background.working import Progress, person_of
from reports.chained.making import write_record
from reports.models import LargeFile
from reports.records.page import RecordsPage
from tasks.access import can_read_security_log, require


def make_security_log(large: LargeFile, file: IO[bytes], progress: Progress, at: datetime) -> str:
    require(can_read_security_log(person_of(large)))
    write_record(RecordsPage(QueryDict(large.asked["query"])), file, progress)
    return ""
