"""Deeds at the same time: one counts, and the other is told of it."""

from datetime import date

import pytest
from django.db import transaction

from tasks.models import (
    ActionItem,
    Assignment,
    Closure,
    ItemRevision,
    ProgressReport,
    Review,
)
from tasks.workflow import (
    WorkflowError,
    amend_item,
    amend_items,
    assign,
    close_assignment,
    withdraw_assignment,
)
from tests.support.at_once import AtOnce, all_while_locked
from tests.support.factories import (
    ACCEPTED,
    ASSIST,
    LEAD,
    SENT_BACK,
    file_report,
    make_item,
    make_user,
    moment,
)
from tests.support.refusals import LATER, NOW, refused
from tests.tasks.workflow.test_filing import submit
from tests.tasks.workflow.test_reviews import decide

pytestmark = pytest.mark.django_db


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


@pytest.mark.django_db(transaction=True)
def test_of_thirty_due_dates_at_once_the_first_counts_and_the_others_are_told(item, coordinator):
    def amend(day):
        due_on = date(2016, 12, day)
        return amend_item(item=item, due_on=due_on, reason="依据", by=coordinator, at=NOW, basis=1)

    at_once = AtOnce(*(lambda day=day: amend(day) for day in range(1, 31)))
    with transaction.atomic():
        ActionItem.objects.select_for_update().get(pk=item.pk)
        at_once.begin()
    done, refusals = at_once.finish()
    assert done == [item.revisions.get(reason="依据")]
    assert {str(refusal) for refusal in refusals} == {
        "内容已被更新，本次未保存：完成时限或表述已被调整。请刷新页面，核对现行时限后再改。"
    }


@pytest.mark.django_db(transaction=True)
def test_of_thirty_forms_for_many_items_at_once_the_same_is_one_deed(item, coordinator):
    items = [item, make_item(item.plan)]
    what = {"items": items, "due_on": date(2016, 11, 30), "reason": "依据", "by": coordinator, "at": NOW}
    at_once = AtOnce(*(lambda: amend_items(**what, bases={each.pk: 1 for each in items}) for _ in range(30)))
    with transaction.atomic():
        list(ActionItem.objects.select_for_update().filter(pk__in=[each.pk for each in items]))
        at_once.begin()
    done, refusals = at_once.finish()
    assert refusals == []
    assert {tuple(made.pk for made in each) for each in done} == {
        tuple(ItemRevision.objects.filter(reason="依据").order_by("item").values_list("pk", flat=True))
    }
