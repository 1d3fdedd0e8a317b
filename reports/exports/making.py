"""A long ledger is made by the worker: what whoever asked for it may see, by the address that was asked for."""

from datetime import date, datetime
from typing import IO

from django.http import QueryDict
from django.utils import timezone

from reports.background.working import Progress, person_of
from reports.exports.ledgers import ledger_of
from reports.models import LargeFile
from tasks.rules.asof import AsOf


def make_ledger(large: LargeFile, file: IO[bytes], progress: Progress, at: datetime) -> str:
    asked = large.asked
    as_of = AsOf(date.fromisoformat(asked["day"]), timezone.localdate(at))
    ledger = ledger_of(person_of(large), large.kind, asked["slug"], QueryDict(asked["query"]), as_of)
    progress.write(total=len(ledger.keys))
    if asked["form"] == "xlsx":
        ledger.write(file, progress.at)
    else:
        file.writelines(text.encode() for text in ledger.texts(progress.at))
    return ""
