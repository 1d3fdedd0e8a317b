"""A period that is locked while somebody files in it: real connections, both begun before either ends."""

from datetime import date

import pytest
from django.db import transaction

from tasks.models import PeriodLock, ProgressReport
from tasks.workflow import ReportContent, lock_period, submit_report
from tasks.workflow.current import lock_row
from tasks.workflow.opening import open_periods
from tasks.workflow.periods import require_unlocked
from tests.support.at_once import AtOnce
from tests.support.factories import make_assignment, make_item, make_user, moment

pytestmark = pytest.mark.django_db(transaction=True)

OPENING, NOW = date(2016, 9, 20), moment("2016-10-20 10:00")


def file(assignment, period, by):
    content = ReportContent(percent=90, progress="完成。", delay_reason="无")
    return submit_report(assignment=assignment, period=period, content=content, by=by, at=NOW)


def lock(period, by):
    return lock_period(period=period, reason="通报已印发", by=by, at=NOW)


def test_whoever_files_while_the_period_is_being_locked_waits_and_is_refused(lead, period, lead_liaison, coordinator):
    at_once = AtOnce(lambda: file(lead, period, lead_liaison))
    with transaction.atomic():
        lock(period, coordinator)
        at_once.begin()
    done, [refusal] = at_once.finish()
    assert done == []
    assert "已于10月20日锁定（通报已印发）" in str(refusal)
    assert ProgressReport.objects.count() == 0


def test_whoever_locks_the_period_waits_for_reports_that_are_being_filed(lead, period, lead_liaison, coordinator):
    at_once = AtOnce(lambda: lock(period, coordinator))
    with transaction.atomic():
        report = file(lead, period, lead_liaison)
        at_once.begin()
        assert PeriodLock.objects.count() == 0
    [locked], refusals = at_once.finish()
    assert refusals == []
    assert locked.recorded_at >= report.recorded_at


def test_of_two_who_lock_one_is_told_that_it_is_locked(period, coordinator):
    colleague = make_user()
    at_once = AtOnce(lambda: lock(period, colleague))
    with transaction.atomic():
        lock(period, coordinator)
        at_once.begin()
    done, refusals = at_once.finish()
    assert (done, [str(refusal) for refusal in refusals]) == ([], ["三季度报告期已经锁定，无须锁定。"])


def test_rounds_at_the_same_time_open_each_period_once(plan):
    at_once = AtOnce(*[lambda: open_periods(plan, OPENING)] * 2)
    with transaction.atomic():
        lock_row(plan, "NO KEY UPDATE")
        at_once.begin()
    done, refusals = at_once.finish()
    assert refusals == []
    assert sorted([period.code for period in opened] for opened in done) == [[], ["2016Q2", "2016Q3"]]


def test_those_who_file_do_not_wait_for_each_other(lead, plan, period, lead_liaison):
    """They hold the period together. Only the record's last rows are written one after another."""
    other = make_assignment(make_item(plan), lead.agency)
    with transaction.atomic():
        require_unlocked(period)
        at_once = AtOnce(lambda: file(other, period, lead_liaison))
        for thread in at_once.threads:
            thread.start()
        done, refusals = at_once.finish()
    assert (len(done), refusals) == (1, [])
