"""Each deed, and beside it each reason for which it is refused. A refused deed changes nothing."""

import threading
import time
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from tasks.models import (
    ActionItem,
    Assignment,
    Closure,
    IndicatorReading,
    ItemRevision,
    ProgressReport,
    Receipt,
    ReportDraft,
    Review,
)
from tasks.workflow import (
    ReportContent,
    WorkflowError,
    acknowledge,
    amend_item,
    assign,
    close_assignment,
    follow_group,
    review_report,
    save_draft,
    submit_report,
    withdraw_assignment,
)
from tests.support.factories import (
    ACCEPTED,
    ASSIST,
    LEAD,
    SENT_BACK,
    accepted_report,
    close,
    file_report,
    make_assignment,
    make_draft,
    make_group,
    make_indicator,
    make_item,
    make_period,
    make_plan,
    make_user,
    moment,
    withdraw,
)

pytestmark = pytest.mark.django_db

NOW, LATER = moment("2016-10-12 10:00"), moment("2016-10-12 16:00")
FACTS = (Assignment, Closure, IndicatorReading, ItemRevision, ProgressReport, Receipt, Review)


def rows():
    return {model.__name__: list(model.objects.order_by("pk").values()) for model in (*FACTS, ReportDraft)}


@contextmanager
def refused(message, field=None):
    """The block raises a WorkflowError with that message at that field, and leaves every fact as it was."""
    before = rows()
    with pytest.raises(WorkflowError) as caught:
        yield
    assert caught.value.message == str(caught.value) == message
    assert caught.value.field == field
    assert rows() == before


# ── responsibility ───────────────────────────────────────────────────────────────────────────────────────────────


def test_assigning_makes_an_agency_answer_for_an_item(item, lead_agency, coordinator):
    assignment = assign(item=item, agency=lead_agency, role=LEAD, by=coordinator, at=NOW, weight=2)
    assert (assignment.item, assignment.agency, assignment.role) == (item, lead_agency, "lead")
    assert (assignment.weight, assignment.is_inferred, assignment.ended_at) == (2, False, None)
    assert (assignment.recorded_at, assignment.recorded_by) == (NOW, coordinator)


@pytest.mark.parametrize("role", [LEAD, ASSIST])
def test_an_agency_is_not_assigned_twice_in_whatever_role(item, lead, coordinator, role):
    with refused("省商务厅已承担（1）任务1，不能重复交办。"):
        assign(item=item, agency=lead.agency, role=role, by=coordinator, at=NOW)


def test_an_agency_whose_assignment_was_withdrawn_can_be_assigned_anew(item, lead, coordinator):
    withdraw(lead, at=NOW)
    assert assign(item=item, agency=lead.agency, role=LEAD, by=coordinator, at=LATER) != lead


def test_a_withdrawn_assignment_ends_with_its_reason(lead):
    withdraw_assignment(assignment=lead, reason="职责划转", by=None, at=NOW)
    lead.refresh_from_db()
    assert (lead.ended_at, lead.end_reason) == (NOW, "职责划转")


def test_an_assignment_is_not_withdrawn_twice(lead):
    withdraw_assignment(assignment=lead, reason="职责划转", by=None, at=NOW)
    with refused("该责任分工已经撤回。"):
        withdraw_assignment(assignment=lead, reason="又一次", by=None, at=LATER)


# ── members of a group ───────────────────────────────────────────────────────────────────────────────────────────


def open_roles(item):
    return {a.agency.name: (a.role, a.is_inferred) for a in item.assignments.filter(ended_at__isnull=True)}


def test_members_who_do_not_lead_the_item_assist_it(lead_agency, other_agency, coordinator):
    group = make_group(lead_agency, other_agency)
    item, elsewhere = make_item(assist_group=group), make_item()
    make_assignment(item, lead_agency)
    follow_group(group=group, by=coordinator, at=NOW)
    assert open_roles(item) == {"省商务厅": ("lead", False), "省水利厅": ("assist", True)}
    assert open_roles(elsewhere) == {}


def test_who_joins_the_group_assists_and_who_leaves_it_is_withdrawn(assisting_agency, other_agency, coordinator):
    group = make_group(assisting_agency)
    item = make_item(assist_group=group)
    follow_group(group=group, by=coordinator, at=NOW)
    group.memberships.all().delete()
    group.memberships.create(agency=other_agency)
    follow_group(group=group, by=coordinator, at=LATER)
    assert open_roles(item) == {"省水利厅": ("assist", True)}
    ended = item.assignments.get(agency=assisting_agency)
    assert (ended.ended_at, ended.end_reason) == (LATER, "不再是领导小组成员单位")


def test_who_was_named_by_the_notice_stays_whoever_leaves_the_group(lead_agency, assisting_agency, coordinator):
    group = make_group()
    item = make_item(assist_group=group)
    make_assignment(item, lead_agency)
    make_assignment(item, assisting_agency, ASSIST)
    follow_group(group=group, by=coordinator, at=NOW)
    assert open_roles(item) == {"省商务厅": ("lead", False), "合肥海关": ("assist", False)}


def test_who_comes_back_to_the_group_assists_anew(other_agency, coordinator):
    group = make_group(other_agency)
    item = make_item(assist_group=group)
    withdraw(make_assignment(item, other_agency, ASSIST, is_inferred=True), at=NOW)
    follow_group(group=group, by=coordinator, at=LATER)
    assert [a.recorded_at for a in item.assignments.filter(ended_at__isnull=True)] == [LATER]


def test_following_a_group_twice_changes_nothing(assisting_agency, other_agency, coordinator):
    group = make_group(assisting_agency, other_agency)
    for _ in range(2):
        make_item(assist_group=group)
    follow_group(group=group, by=coordinator, at=NOW)
    before = rows()
    follow_group(group=group, by=coordinator, at=LATER)
    assert rows() == before
    assert Assignment.objects.count() == 4


# ── amending an item ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_due_date_is_a_new_row_and_the_former_stays(item, coordinator):
    revision = amend_item(item=item, due_on=date(2016, 9, 30), reason="提前", by=coordinator, at=NOW)
    assert (revision.due_on, revision.is_inferred, revision.reason) == (date(2016, 9, 30), False, "提前")
    assert (revision.recorded_at, revision.recorded_by) == (NOW, coordinator)
    assert [r.due_on for r in item.revisions.order_by("pk")] == [date(2016, 12, 31), date(2016, 9, 30)]


def test_an_item_can_be_made_never_due(item, coordinator):
    assert amend_item(item=item, due_on=None, reason="长期任务", by=coordinator, at=NOW).due_on is None


@pytest.mark.parametrize("reason", ["", " \n"])
def test_an_amendment_says_why(item, coordinator, reason):
    with refused("请写明调整原因。", "reason"):
        amend_item(item=item, due_on=date(2016, 9, 30), reason=reason, by=coordinator, at=NOW)


def test_nothing_is_due_before_the_notice_was_issued(item, coordinator):
    amend_item(item=item, due_on=date(2016, 5, 24), reason="当日", by=coordinator, at=NOW)
    with refused("完成时限不能早于公文印发日期。", "due_on"):
        amend_item(item=item, due_on=date(2016, 5, 23), reason="前一日", by=coordinator, at=NOW)


def test_a_new_due_date_keeps_the_wording_in_force(item, coordinator):
    amend_item(
        item=item, due_on=date(2016, 12, 31), wording="举办两期研讨班。", reason="后续文件", by=coordinator, at=NOW
    )
    amend_item(item=item, due_on=date(2016, 11, 30), reason="提前", by=coordinator, at=LATER)
    now = ActionItem.objects.as_of(LATER).get(pk=item.pk)
    assert (now.due_on, now.wording) == (date(2016, 11, 30), "举办两期研讨班。")


# ── receipts ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_second_receipt_is_the_first_one(lead, lead_liaison, approver):
    first = acknowledge(assignment=lead, by=lead_liaison, at=NOW)
    assert acknowledge(assignment=lead, by=approver, at=LATER) == first
    receipt = Receipt.objects.get()
    assert (receipt.assignment, receipt.recorded_at, receipt.recorded_by) == (lead, NOW, lead_liaison)


# ── closing ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", [Closure.Kind.CLOSED, Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED])
def test_what_runs_can_be_ended_and_what_has_ended_reopened(lead, coordinator, kind):
    closure = close_assignment(assignment=lead, kind=kind, reason="已验收", by=coordinator, at=NOW)
    assert (closure.assignment, closure.kind, closure.reason) == (lead, kind, "已验收")
    assert (closure.recorded_at, closure.recorded_by) == (NOW, coordinator)
    close_assignment(assignment=lead, kind=Closure.Kind.REOPENED, reason="复查", by=coordinator, at=LATER)
    assert Assignment.objects.as_of(LATER).get(pk=lead.pk).closure == "reopened"


def test_what_was_reopened_can_be_ended_again(lead, coordinator):
    close(lead, at=NOW)
    close(lead, Closure.Kind.REOPENED, at=NOW)
    close_assignment(assignment=lead, kind=Closure.Kind.CLOSED, reason="再验收", by=coordinator, at=LATER)
    assert Closure.objects.count() == 3


@pytest.mark.parametrize("ended", [Closure.Kind.CLOSED, Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED])
@pytest.mark.parametrize("kind", [Closure.Kind.CLOSED, Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED])
def test_what_has_ended_cannot_end_again(lead, coordinator, ended, kind):
    close(lead, ended, at=NOW)
    with refused("该责任分工已经办结或中止。"):
        close_assignment(assignment=lead, kind=kind, reason="重复", by=coordinator, at=LATER)


def test_what_runs_cannot_be_reopened(lead, coordinator):
    with refused("该责任分工正在办理，无须恢复。"):
        close_assignment(assignment=lead, kind=Closure.Kind.REOPENED, reason="恢复", by=coordinator, at=NOW)


@pytest.mark.parametrize("reason", ["", "  "])
def test_closing_says_why(lead, coordinator, reason):
    with refused("请写明依据。", "reason"):
        close_assignment(assignment=lead, kind=Closure.Kind.CLOSED, reason=reason, by=coordinator, at=NOW)


def test_a_withdrawn_assignment_cannot_be_closed(lead, coordinator):
    withdraw(lead, at=NOW)
    with refused("该责任分工已经撤回。"):
        close_assignment(assignment=lead, kind=Closure.Kind.CLOSED, reason="已验收", by=coordinator, at=LATER)


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


# ── review ───────────────────────────────────────────────────────────────────────────────────────────────────────


def decide(report, verdict, by, *, at=LATER, **fields):
    return review_report(report=report, verdict=verdict, by=by, at=at, **fields)


def test_a_report_is_accepted_with_or_without_a_comment(lead, assist, coordinator):
    bare = decide(file_report(lead, at=NOW), ACCEPTED, coordinator)
    praised = decide(file_report(assist, at=NOW), ACCEPTED, coordinator, comment=" 数据扎实。 ")
    assert (bare.verdict, bare.comment, bare.recorded_at, bare.recorded_by) == ("accepted", "", LATER, coordinator)
    assert praised.comment == "数据扎实。"


def test_a_report_is_sent_back_with_a_comment(lead, coordinator):
    report = file_report(lead, at=NOW)
    for comment in ("", " \n"):
        with refused("退回须写明意见，供填报单位修改。", "comment"):
            decide(report, SENT_BACK, coordinator, comment=comment)
    assert decide(report, SENT_BACK, coordinator, comment="请补充数据。").verdict == "sent_back"


def test_a_report_that_has_a_verdict_is_not_reviewed_unknowingly(lead, coordinator):
    report = accepted_report(lead, at=NOW)
    for verdict in (SENT_BACK, ACCEPTED):
        with refused("该报告已审核，结论为“通过”，未作改动。"):
            decide(report, verdict, coordinator, comment="请补充数据。")
    seen = report.reviews.get().pk
    assert decide(report, SENT_BACK, coordinator, comment="数据有误。", seen=seen).verdict == "sent_back"
    with refused("该报告已审核，结论为“退回”，未作改动。"):
        decide(report, ACCEPTED, coordinator, seen=seen)


def test_a_verdict_is_not_given_twice_even_knowingly(lead, coordinator):
    report = accepted_report(lead, at=NOW)
    with refused("该报告的结论已经是“通过”。"):
        decide(report, ACCEPTED, coordinator, seen=report.reviews.get().pk)
    decide(report, SENT_BACK, coordinator, comment="数据有误。", seen=report.reviews.get().pk)
    with refused("该报告的结论已经是“退回”。"):
        decide(report, SENT_BACK, coordinator, comment="仍有误。", seen=report.reviews.latest("pk").pk)


def test_only_the_newest_report_of_a_period_is_reviewed(lead, coordinator):
    old, new = file_report(lead, at=NOW), file_report(lead, at=NOW)
    for seen in (0, old.pk):
        with refused("该单位已重新报送，请审核最新一稿。"):
            decide(old, ACCEPTED, coordinator, seen=seen)
    decide(new, ACCEPTED, coordinator)


def test_reports_of_other_periods_and_agencies_do_not_supersede(lead, assist, coordinator):
    report = file_report(lead, at=NOW, period="2016Q2")
    file_report(lead, at=LATER, period="2016Q3")
    file_report(assist, at=LATER, period="2016Q2")
    decide(report, ACCEPTED, coordinator)


def test_a_report_of_a_withdrawn_assignment_is_not_reviewed(lead, coordinator):
    report = file_report(lead, at=NOW)
    withdraw(lead, at=NOW)
    with refused("该责任分工已经撤回。"):
        decide(report, ACCEPTED, coordinator)


def test_a_report_filed_before_closing_is_still_reviewed(lead, coordinator):
    report = file_report(lead, at=NOW)
    close(lead, at=NOW)
    assert decide(report, ACCEPTED, coordinator).verdict == "accepted"


# ── at the same time ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_reviewer_who_looked_at_the_clock_first_is_told_what_was_decided_meanwhile(lead, coordinator):
    """Of two at once, whoever waits for the other may carry the earlier moment; the verdict is there all the same."""
    report = file_report(lead, at=moment("2016-10-12 09:00"))
    decide(report, ACCEPTED, coordinator, at=LATER)
    with refused("该报告已审核，结论为“通过”，未作改动。"):
        decide(report, SENT_BACK, coordinator, comment="请补充数据。", at=NOW)


def test_whoever_closes_is_told_what_was_closed_meanwhile(lead, coordinator):
    close_assignment(assignment=lead, kind=Closure.Kind.CLOSED, reason="已验收", by=coordinator, at=LATER)
    with refused("该责任分工已经办结或中止。"):
        close_assignment(assignment=lead, kind=Closure.Kind.CANCELLED, reason="并入他项", by=coordinator, at=NOW)


def test_of_two_filings_at_once_the_last_one_waits_whatever_its_clock_says(lead, period, lead_liaison, coordinator):
    submit(lead, period, lead_liaison, 70, at=LATER)
    last = submit(lead, period, lead_liaison, 75, at=NOW)
    assert list(ProgressReport.objects.waiting(LATER)) == [last]
    decide(last, ACCEPTED, coordinator)
    assert list(ProgressReport.objects.waiting(LATER)) == []


def waiting_for_locks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


class AtOnce:
    """Deeds in connections of their own. They begin within a transaction that holds what they need, and wait for it."""

    def __init__(self, *deeds):
        self.results = []
        self.threads = [threading.Thread(target=self._run, args=(deed,)) for deed in deeds]

    def _run(self, deed):
        try:
            self.results.append(deed())
        except Exception as error:
            self.results.append(error)
        finally:
            connection.close()

    def begin(self):
        for thread in self.threads:
            thread.start()
        deadline = time.monotonic() + 30
        while waiting_for_locks() < len(self.threads):
            assert time.monotonic() < deadline, self.results
            time.sleep(0.01)

    def finish(self):
        for thread in self.threads:
            thread.join(30)
        refusals = [result for result in self.results if isinstance(result, Exception)]
        return [result for result in self.results if result not in refusals], refusals


def all_while_locked(assignment, *deeds):
    at_once = AtOnce(*deeds)
    with transaction.atomic():
        Assignment.objects.select_for_update().get(pk=assignment.pk)
        at_once.begin()
    return at_once.finish()


@pytest.mark.django_db(transaction=True)
def test_of_two_reviews_at_once_one_counts_and_the_other_is_told(lead, coordinator):
    report, colleague = file_report(lead, at=NOW), make_user()
    done, refusals = all_while_locked(
        lead,
        lambda: decide(report, ACCEPTED, coordinator),
        lambda: decide(report, SENT_BACK, colleague, comment="请补充数据。"),
    )
    review = Review.objects.get()
    assert done == [review]
    assert [str(refusal) for refusal in refusals] == [
        f"该报告已审核，结论为“{review.get_verdict_display()}”，未作改动。"
    ]


@pytest.mark.django_db(transaction=True)
def test_of_two_withdrawals_at_once_one_counts_and_the_other_is_told(lead):
    done, refusals = all_while_locked(
        lead,
        lambda: withdraw_assignment(assignment=lead, reason="职责划转", by=None, at=NOW),
        lambda: withdraw_assignment(assignment=lead, reason="机构撤并", by=None, at=NOW),
    )
    assert done == [None]
    assert [str(refusal) for refusal in refusals] == ["该责任分工已经撤回。"]
    lead.refresh_from_db()
    assert lead.ended_at == NOW


@pytest.mark.django_db(transaction=True)
def test_of_a_report_and_a_closure_at_once_the_report_comes_first_or_is_refused(
    lead, period, lead_liaison, coordinator
):
    _, refusals = all_while_locked(
        lead,
        lambda: submit(lead, period, lead_liaison),
        lambda: close_assignment(assignment=lead, kind=Closure.Kind.CLOSED, reason="已验收", by=coordinator, at=NOW),
    )
    assert Closure.objects.count() == 1
    if ProgressReport.objects.exists():
        assert refusals == []
    else:
        assert [str(refusal) for refusal in refusals] == ["该任务已办结或中止，不再填报。"]


@pytest.mark.django_db(transaction=True)
def test_of_two_assignments_at_once_one_counts_and_the_other_is_told(item, lead_agency, coordinator):
    colleague = make_user()
    at_once = AtOnce(lambda: assign(item=item, agency=lead_agency, role=ASSIST, by=colleague, at=NOW))
    with transaction.atomic():
        first = assign(item=item, agency=lead_agency, role=LEAD, by=coordinator, at=NOW)
        at_once.begin()
    done, refusals = at_once.finish()
    assert done == []
    assert [(type(refusal), str(refusal)) for refusal in refusals] == [
        (WorkflowError, "省商务厅已承担（1）任务1，不能重复交办。")
    ]
    assert Assignment.objects.get() == first
