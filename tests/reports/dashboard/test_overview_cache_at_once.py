"""What is kept while others commit: real connections, as of several processes."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from reports.dashboard import overview_cache
from tasks.models import Plan
from tasks.rules.asof import AsOf
from tasks.workflow import ReportContent, submit_report
from tests.support.factories import moment

pytestmark = pytest.mark.django_db(transaction=True)

TODAY = date(2016, 10, 12)


def versioned(plan):
    return Plan.objects.with_version().get(pk=plan.pk)


def filed(plan):
    return overview_cache.get(plan, AsOf(TODAY, TODAY)).filing.filed


def elsewhere(deed):
    """In a connection of its own, committed when this returns."""

    def run():
        try:
            deed()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()


@pytest.fixture
def file(lead, period, lead_liaison):
    content = ReportContent(percent=60, progress="完成。", delay_reason="原因")
    now = moment("2016-10-12 10:00")
    return lambda: submit_report(assignment=lead, period=period, content=content, by=lead_liaison, at=now)


def test_what_another_connection_committed_is_seen_by_the_next_request(lead, file):
    assert filed(versioned(lead.item.plan)) == 0
    elsewhere(file)
    assert filed(versioned(lead.item.plan)) == 1


def test_whoever_read_the_version_before_a_commit_keeps_nothing_for_those_who_come_after_it(lead, file):
    early = versioned(lead.item.plan)
    elsewhere(file)
    assert filed(early) == 1  # kept under the old version, and newer than that
    later = versioned(lead.item.plan)
    assert later.version != early.version
    assert overview_cache.get(later, AsOf(TODAY, TODAY)) is not overview_cache.get(early, AsOf(TODAY, TODAY))
    assert filed(later) == 1


def test_what_is_undone_leaves_no_version(lead, file):
    before = versioned(lead.item.plan).version
    with transaction.atomic():
        file()
        amid = versioned(lead.item.plan)
        assert filed(amid) == 1
        transaction.set_rollback(True)
    assert versioned(lead.item.plan).version == before != amid.version
    assert filed(versioned(lead.item.plan)) == 0
    file()
    assert versioned(lead.item.plan).version not in (before, amid.version)
    assert overview_cache._overview.cache_info().currsize == 2
