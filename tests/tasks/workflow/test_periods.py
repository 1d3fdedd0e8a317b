"""报告期: locked after the briefing, unlocked with a reason; one assignment excused from its report; who filed late."""

from datetime import date, timedelta

import pytest

from agencies.models import Change
from qa_plan.clock import end_of
from tasks.models import Assignment, PeriodLock, ProgressReport, ReportDraft, Review, Waiver
from tasks.standing.filing import Filed, late_filings, newest_lock
from tasks.workflow import (
    ReportContent,
    WorkflowError,
    lock_period,
    restore_report,
    review_report,
    save_draft,
    submit_report,
    unlock_period,
    waive_report,
)
from tests.support.factories import (
    ACCEPTED,
    SENT_BACK,
    close,
    file_report,
    lock,
    make_assignment,
    make_item,
    make_period,
    moment,
    review,
    waive,
    withdraw,
)

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

BEFORE_DUE, OCTOBER_20, LATER = moment("2016-10-12 10:00"), moment("2016-10-20 09:00"), moment("2016-10-21 09:00")
REFUSAL = "三季度报告期已于10月20日锁定（通报已印发），如需补报请联系统筹人员解锁。"
CONTENT = ReportContent(percent=90, progress="完成。", delay_reason="无")


def lock_of(period, when):
    """The lock in force, None while the period is open."""
    last = newest_lock(period, when)
    return last if last and last.is_locked else None


@pytest.fixture
def locked_period(period, coordinator):
    lock_period(period=period, reason="通报已印发", by=coordinator, at=OCTOBER_20)
    return period


# ── 锁定、解锁 ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_period_is_locked_and_unlocked_with_reasons_and_at_every_moment_is_what_it_then_was(period, coordinator):
    lock_period(period=period, reason=" 通报已印发 ", by=coordinator, at=OCTOBER_20)
    unlock_period(period=period, reason="省商务厅补报", by=coordinator, at=LATER)
    assert lock_of(period, OCTOBER_20 - timedelta(microseconds=1)) is None
    assert lock_of(period, OCTOBER_20).reason == "通报已印发"
    assert lock_of(period, LATER) is None
    assert list(PeriodLock.objects.order_by("pk").values_list("is_locked", "reason", "recorded_by")) == [
        (True, "通报已印发", coordinator.pk),
        (False, "省商务厅补报", coordinator.pk),
    ]


def test_locking_and_unlocking_are_in_the_record_of_changes(period, coordinator):
    lock_period(period=period, reason="通报已印发", by=coordinator, at=OCTOBER_20)
    unlock_period(period=period, reason="补报", by=coordinator, at=LATER)
    assert list(Change.objects.order_by("pk").values_list("action", "subject", "old", "new", "reason", "by")) == [
        ("锁定报告期", "三季度", {"is_locked": False}, {"is_locked": True}, "通报已印发", coordinator.pk),
        ("解锁报告期", "三季度", {"is_locked": True}, {"is_locked": False}, "补报", coordinator.pk),
    ]


@pytest.mark.parametrize(("switch", "word"), [(lock_period, "锁定"), (unlock_period, "解锁")])
def test_neither_is_done_without_a_reason(period, coordinator, switch, word):
    with pytest.raises(WorkflowError) as refused:
        switch(period=period, reason="  ", by=coordinator, at=OCTOBER_20)
    assert (refused.value.message, refused.value.field) == (f"请写明{word}原因。", "reason")
    assert PeriodLock.objects.count() == 0


def test_what_is_locked_is_not_locked_again_and_what_is_open_not_unlocked(period, coordinator):
    with pytest.raises(WorkflowError, match="三季度报告期没有锁定，无须解锁。"):
        unlock_period(period=period, reason="补报", by=coordinator, at=OCTOBER_20)
    lock_period(period=period, reason="通报已印发", by=coordinator, at=OCTOBER_20)
    with pytest.raises(WorkflowError, match="三季度报告期已经锁定，无须锁定。"):
        lock_period(period=period, reason="再次锁定", by=coordinator, at=LATER)
    assert PeriodLock.objects.count() == 1 == Change.objects.count()


def test_a_deed_that_looked_at_the_clock_early_is_still_the_latest(period, coordinator):
    lock_period(period=period, reason="通报已印发", by=coordinator, at=OCTOBER_20)
    unlock_period(period=period, reason="补报", by=coordinator, at=OCTOBER_20 - timedelta(seconds=1))
    assert lock_of(period, LATER) is None


def test_nothing_is_filed_saved_or_reviewed_in_a_locked_period(lead, lead_liaison, coordinator, locked_period):
    report = file_report(lead, at=BEFORE_DUE)
    deeds = [
        lambda: submit_report(assignment=lead, period=locked_period, content=CONTENT, by=lead_liaison, at=LATER),
        lambda: save_draft(assignment=lead, period=locked_period, by=lead_liaison, at=LATER, fields={"percent": 90}),
        lambda: review_report(report=report, verdict=ACCEPTED, by=coordinator, at=LATER),
        lambda: waive_report(assignment=lead, period=locked_period, reason="无", by=coordinator, at=BEFORE_DUE),
    ]
    for refused_deed in deeds:
        with pytest.raises(WorkflowError) as refused:
            refused_deed()
        assert refused.value.message == REFUSAL
    assert ProgressReport.objects.count() == 1
    assert ReportDraft.objects.count() == Review.objects.count() == Waiver.objects.count() == 0


def test_other_periods_stay_open(lead, lead_liaison, locked_period):
    fourth = make_period(lead.item.plan, "2016Q4")
    assert submit_report(
        assignment=lead, period=fourth, content=CONTENT, by=lead_liaison, at=moment("2016-12-21 10:00")
    )


def test_unlocked_it_takes_reports_again(lead, lead_liaison, coordinator, locked_period):
    unlock_period(period=locked_period, reason="补报", by=coordinator, at=LATER)
    report = submit_report(assignment=lead, period=locked_period, content=CONTENT, by=lead_liaison, at=LATER)
    assert review_report(report=report, verdict=ACCEPTED, by=coordinator, at=LATER)


# ── 免报 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def owing(period, when):
    return list(Assignment.objects.reporting(period.terms_at(when)).filter(obligation="owed"))


def obligation(assignment, period, when):
    return Assignment.objects.as_of(when, period).get(pk=assignment.pk).obligation


def test_a_waived_assignment_owes_nothing_from_then_on_until_it_is_restored(lead, period, coordinator):
    waived_at, restored_at = moment("2016-09-25 10:00"), moment("2016-10-08 10:00")
    waive_report(assignment=lead, period=period, reason="机构改革", by=coordinator, at=waived_at)
    restore_report(assignment=lead, period=period, reason="职能已明确", by=coordinator, at=restored_at)
    moments = (waived_at - timedelta(microseconds=1), waived_at, restored_at)
    assert [owing(period, when) for when in moments] == [[lead], [], [lead]]
    assert [obligation(lead, period, when) for when in moments] == ["owed", "waived", "owed"]


def test_waivers_are_in_the_record_of_changes(lead, period, coordinator):
    waive_report(assignment=lead, period=period, reason="机构改革", by=coordinator, at=BEFORE_DUE)
    restore_report(assignment=lead, period=period, reason="职能已明确", by=coordinator, at=BEFORE_DUE)
    assert list(Change.objects.order_by("pk").values_list("action", "new", "reason", "agency")) == [
        ("免报", {"period": "2016Q3", "is_waived": True}, "机构改革", lead.agency_id),
        ("恢复应报", {"period": "2016Q3", "is_waived": False}, "职能已明确", lead.agency_id),
    ]


def test_a_waiver_is_of_one_period_and_one_assignment(lead, period):
    other = make_assignment(make_item(lead.item.plan), lead.agency)
    waive(lead, period="2016Q2", at=moment("2016-07-01"))
    assert owing(period, BEFORE_DUE) == [lead, other]
    waive(lead, at=moment("2016-10-01"))
    assert owing(period, BEFORE_DUE) == [other]


def test_what_the_period_s_close_left_owed_stays_owed(lead, period):
    """A waiver recorded after the due date moves no number of the period."""
    waive(lead, at=moment("2016-10-15"))
    assert obligation(lead, period, LATER) == "owed"


def test_what_has_ended_or_only_assists_is_neither_owed_nor_waived(lead, assist, period):
    for assignment in (lead, assist):
        waive(assignment, at=moment("2016-10-01"))
    close(lead, at=moment("2016-10-05"))
    assert [obligation(assignment, period, BEFORE_DUE) for assignment in (lead, assist)] == ["", ""]
    period.plan.assists_owe_reports = True
    assert obligation(assist, period, BEFORE_DUE) == "waived"


def refused(deed, lead, period, by, *, at=BEFORE_DUE, reason="机构改革"):
    with pytest.raises(WorkflowError) as error:
        deed(assignment=lead, period=period, reason=reason, by=by, at=at)
    return error.value


def test_a_waiver_needs_a_reason(lead, period, coordinator):
    error = refused(waive_report, lead, period, coordinator, reason=" ")
    assert (error.message, error.field) == ("请写明免报原因。", "reason")
    assert refused(restore_report, lead, period, coordinator, reason="").message == "请写明恢复应报原因。"
    assert Waiver.objects.count() == 0


def test_a_waiver_is_refused_after_the_due_date(lead, period, coordinator):
    last = end_of(period.due_on)
    error = refused(waive_report, lead, period, coordinator, at=last + timedelta(microseconds=1))
    assert error.message == "三季度报告已于10月14日截止，免报和恢复应报须在截止日之前办理。"
    assert waive_report(assignment=lead, period=period, reason="机构改革", by=coordinator, at=last)


def test_a_waiver_is_refused_where_it_would_change_nothing(lead, assist, period, coordinator):
    assert "没有免报，无须恢复应报" in refused(restore_report, lead, period, coordinator).message
    assert refused(waive_report, assist, period, coordinator).message == "协助单位不应报，无须免报。"
    waive_report(assignment=lead, period=period, reason="机构改革", by=coordinator, at=BEFORE_DUE)
    assert "已经免报，无须免报" in refused(waive_report, lead, period, coordinator, reason="另有原因").message


@pytest.mark.parametrize("verdict", [None, ACCEPTED])
def test_what_was_filed_needs_no_waiver(lead, period, coordinator, verdict):
    report = file_report(lead, at=moment("2016-10-08"))
    if verdict:
        review(report, verdict)
    assert "已经报送，无须免报" in refused(waive_report, lead, period, coordinator).message


def test_what_was_sent_back_may_be_waived(lead, period, coordinator):
    review(file_report(lead, at=moment("2016-10-08")), SENT_BACK)
    assert waive_report(assignment=lead, period=period, reason="机构改革", by=coordinator, at=BEFORE_DUE)


def test_what_has_ended_cannot_be_waived(lead, period, coordinator):
    close(lead, at=moment("2016-10-01"))
    assert refused(waive_report, lead, period, coordinator).message == "该任务已办结或中止，不再应报。"
    withdraw(lead, at=moment("2016-10-02"))
    assert refused(waive_report, lead, period, coordinator).message == "该责任分工已经撤回。"


def test_a_waived_agency_may_file_all_the_same(lead, lead_liaison, period):
    waive(lead, at=moment("2016-10-01"))
    submit_report(assignment=lead, period=period, content=CONTENT, by=lead_liaison, at=BEFORE_DUE)
    assert obligation(lead, period, BEFORE_DUE) == "waived"


# ── 迟报 ─────────────────────────────────────────────────────────────────────────────────────────────────────────

ON_TIME, LATE = end_of(date(2016, 10, 14)), moment("2016-10-15")


def late(period, when=LATER):
    rows = ProgressReport.objects.as_of(when).filter(period=period).values_list(*Filed._fields)
    return late_filings(period, [Filed(*row) for row in rows])


def test_late_is_what_was_first_filed_after_the_end_of_the_due_date(lead, period):
    prompt = make_assignment(make_item(lead.item.plan))
    file_report(prompt, at=ON_TIME)
    file_report(lead, at=LATE)
    assert late(period) == {lead.pk}
    assert late(period, ON_TIME) == set()


def test_filed_in_time_and_again_later_is_not_late(lead, period):
    review(file_report(lead, at=ON_TIME), SENT_BACK, at=LATE)
    file_report(lead, at=LATE + timedelta(hours=1))
    assert late(period) == set()


def test_filed_late_it_stays_late_when_filed_again(lead, period):
    review(file_report(lead, at=LATE), SENT_BACK, at=LATE)
    review(file_report(lead, at=LATE + timedelta(hours=1)), ACCEPTED)
    assert late(period) == {lead.pk}


def test_another_period_s_report_makes_nothing_late(lead, period):
    file_report(lead, at=LATE, period="2016Q2")
    assert late(period) == set()


def test_a_lock_is_of_one_period(lead, period):
    lock(make_period(lead.item.plan, "2016Q2"), at=OCTOBER_20)
    assert lock_of(period, LATER) is None
