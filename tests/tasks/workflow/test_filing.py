"""Drafts and reports; beside each deed each reason for which it is refused."""

from datetime import date
from decimal import Decimal

import pytest

from tasks.models import (
    Assignment,
    Closure,
    ProgressReport,
    ReportDraft,
)
from tasks.workflow import (
    ReportContent,
    WorkflowError,
    amend_item,
    review_report,
    save_draft,
    submit_report,
)
from tests.support.factories import (
    ACCEPTED,
    SENT_BACK,
    close,
    make_assignment,
    make_draft,
    make_indicator,
    make_item,
    make_period,
    make_plan,
    moment,
    withdraw,
)
from tests.support.refusals import LATER, NOW, refused

pytestmark = pytest.mark.django_db


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_is_kept_however_incomplete_and_replaces_the_one_before(lead, period, lead_liaison, approver):
    save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"progress": "起草"})
    save_draft(assignment=lead, period=period, by=approver, at=LATER, fields={"percent": 60})
    draft = ReportDraft.objects.get()
    assert (draft.percent, draft.progress, draft.saved_at, draft.saved_by) == (60, "起草", LATER, approver)
    assert not ProgressReport.objects.exists()


# ── filing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def submit(assignment, period, by, percent=70, *, at=NOW, progress="已完成抽检。", **fields):
    content = ReportContent(percent, progress, **fields)
    return submit_report(assignment=assignment, period=period, content=content, by=by, at=at)


def test_a_report_is_filed_as_written_and_waits(lead, period, lead_liaison):
    report = submit(
        lead,
        period,
        lead_liaison,
        70,
        progress=" 已完成抽检。\n",
        problems=" 经费不足。",
        next_steps="复检。 ",
        delay_reason=" 无 ",
        is_unchanged=True,
    )
    report.refresh_from_db()
    assert (report.assignment, report.period, report.percent) == (lead, period, 70)
    assert (report.progress, report.problems, report.next_steps) == ("已完成抽检。", "经费不足。", "复检。")
    assert (report.delay_reason, report.is_unchanged) == ("无", True)
    assert (report.recorded_at, report.recorded_by) == (NOW, lead_liaison)
    assert list(ProgressReport.objects.waiting(NOW)) == [report]
    assert Assignment.objects.as_of(NOW).get(pk=lead.pk).percent == 0


def test_filing_ends_the_draft_of_that_report_and_no_other(lead, assist, period, lead_liaison, assisting_liaison):
    make_draft(lead, by=lead_liaison, at=NOW)
    others = [
        make_draft(lead, by=lead_liaison, at=NOW, period="2016Q2"),
        make_draft(assist, by=assisting_liaison, at=NOW),
    ]
    submit(lead, period, lead_liaison)
    assert list(ReportDraft.objects.order_by("pk")) == others


def test_readings_are_filed_with_the_report(item, lead, period, lead_liaison):
    indicator = make_indicator(item)
    report = submit(lead, period, lead_liaison, readings={indicator.pk: Decimal("128.5")})
    assert [(r.indicator, r.value) for r in report.readings.all()] == [(indicator, Decimal("128.5"))]


def test_a_reading_of_another_item_s_indicator_is_refused_and_nothing_is_filed(item, lead, period, lead_liaison):
    elsewhere = make_indicator(make_item(item.plan))
    with pytest.raises(WorkflowError, match="不属于该任务"):
        submit(lead, period, lead_liaison, readings={elsewhere.pk: Decimal(1)})
    assert not ProgressReport.objects.exists()


def test_assisting_agencies_may_file(assist, period, assisting_liaison):
    assert submit(assist, period, assisting_liaison).assignment == assist


def test_late_filing_is_allowed(lead, period, lead_liaison):
    assert period.due_on == date(2016, 10, 14)
    late = moment("2016-11-01 09:00")
    assert submit(lead, period, lead_liaison, 80, at=late).recorded_at == late


def test_filing_again_is_a_new_row_that_takes_the_place_of_the_one_before(lead, period, lead_liaison):
    first = submit(lead, period, lead_liaison, 70)
    second = submit(lead, period, lead_liaison, 75, at=LATER)
    assert list(ProgressReport.objects.order_by("pk")) == [first, second]
    assert list(ProgressReport.objects.waiting(LATER)) == [second]


def test_filing_after_a_report_was_sent_back_or_accepted_waits_again(lead, period, lead_liaison, coordinator):
    for verdict, comment in ((SENT_BACK, "请补充数据。"), (ACCEPTED, "")):
        report = submit(lead, period, lead_liaison)
        review_report(report=report, verdict=verdict, comment=comment, by=coordinator, at=NOW)
    again = submit(lead, period, lead_liaison, 90, at=LATER)
    assert list(ProgressReport.objects.waiting(LATER)) == [again]
    assert Assignment.objects.as_of(LATER).get(pk=lead.pk).percent == 70


@pytest.mark.parametrize("time_of_day", ["00:00", "23:59:59.999999"])
def test_a_period_takes_reports_from_the_day_on_which_it_opens(lead, period, lead_liaison, time_of_day):
    assert period.opens_on == date(2016, 9, 20)
    with refused("三季度报告2016-09-20开放填报。"):
        submit(lead, period, lead_liaison, at=moment(f"2016-09-19 {time_of_day}"))
    submit(lead, period, lead_liaison, at=moment(f"2016-09-20 {time_of_day}"))


def test_a_report_goes_to_a_period_of_the_same_plan(lead, lead_liaison):
    elsewhere = make_period(make_plan(), "2016Q3")
    with refused("报告期不属于该行动计划。"):
        submit(lead, elsewhere, lead_liaison)


@pytest.mark.parametrize("kind", [Closure.Kind.CLOSED, Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED])
def test_what_has_ended_takes_no_reports_until_it_is_reopened(lead, period, lead_liaison, kind):
    close(lead, kind, at=moment("2016-10-01"))
    with refused("该任务已办结或中止，不再填报。"):
        submit(lead, period, lead_liaison)
    close(lead, Closure.Kind.REOPENED, at=moment("2016-10-02"))
    submit(lead, period, lead_liaison)


def test_a_withdrawn_assignment_takes_no_reports(lead, period, lead_liaison):
    withdraw(lead, at=moment("2016-10-01"))
    with refused("该责任分工已经撤回。"):
        submit(lead, period, lead_liaison)


@pytest.mark.parametrize("percent", [-1, 101])
def test_a_percentage_lies_between_nought_and_a_hundred(lead, period, lead_liaison, percent):
    with refused("进度应为0到100之间的整数。", "percent"):
        submit(lead, period, lead_liaison, percent, delay_reason="说明")
    for edge in (0, 100):
        submit(lead, period, lead_liaison, edge, delay_reason="说明")


@pytest.mark.parametrize("progress", ["", " \n\t"])
def test_a_report_says_what_was_done(lead, period, lead_liaison, progress):
    with refused("请填写进展情况。", "progress"):
        submit(lead, period, lead_liaison, progress=progress)


def test_who_stands_below_the_yellow_line_says_why(plan, lead_agency, lead_liaison):
    """Due on 1 September, a hundred days after the notice: on 13 July 50 % are expected, and 40 % are the line."""
    lead = make_assignment(make_item(plan, due_on=date(2016, 9, 1)), lead_agency)
    second_quarter = make_period(plan, "2016Q2")
    day = moment("2016-07-13 10:00")
    for reason in ("", "  "):
        with refused("39%低于黄灯线40.0%，请写明原因和预计赶上的时间。", "delay_reason"):
            submit(lead, second_quarter, lead_liaison, 39, at=day, delay_reason=reason)
    submit(lead, second_quarter, lead_liaison, 39, at=day, delay_reason="汛期停工，8月赶上。")
    submit(lead, second_quarter, lead_liaison, 40, at=day)


def test_the_yellow_line_is_that_of_the_day_of_filing_and_the_due_date_in_force(
    lead, item, period, lead_liaison, coordinator
):
    """On 12 October, 141 of 221 days have passed: the line stands at 53.8 %; due a year later, it is lower."""
    with refused("53%低于黄灯线53.8%，请写明原因和预计赶上的时间。", "delay_reason"):
        submit(lead, period, lead_liaison, 53)
    submit(lead, period, lead_liaison, 54)
    amend_item(item=item, due_on=date(2017, 12, 31), reason="延期", by=coordinator, at=NOW)
    submit(lead, period, lead_liaison, 53, at=LATER)


def test_what_is_never_due_needs_no_reason_for_delay(lead_agency, plan, period, lead_liaison):
    lead = make_assignment(make_item(plan, due_on=None), lead_agency)
    submit(lead, period, lead_liaison, 0)
