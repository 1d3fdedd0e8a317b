"""The demonstration's third quarter and its files, built once for all tests that only read them."""

from functools import cache

from qa_plan import clock
from reports.briefing import build_briefing
from reports.quarter import Definition, Snapshot, take_snapshot
from reports.quarter.book import build_workbook
from tasks.models import Plan
from tests.conftest import DEMO_DAY


@cache
def snapshot() -> Snapshot:
    """To be asked for on the stage of the demonstration, before a test alters anything there."""
    return take_snapshot(Definition((Plan.objects.get().slug,), "2016Q3", clock.end_of(DEMO_DAY)))


@cache
def workbook() -> bytes:
    return build_workbook(snapshot())


@cache
def briefing() -> bytes:
    return build_briefing(snapshot())
