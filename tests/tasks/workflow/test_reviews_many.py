"""One verdict for many reports, each decided by itself; and comments that coordinators make among themselves."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from agencies.changes import request_id
from agencies.models import Change
from tasks.models import Comment, Message, ProgressReport, Review
from tasks.workflow import WorkflowError, comment_on_report, review_report, review_reports
from tests.support.factories import (
    ACCEPTED,
    SENT_BACK,
    file_report,
    make_assignment,
    make_item,
    make_user,
    moment,
    review,
    withdraw,
)

NOW = moment("2016-10-12 18:00")
FILED = moment("2016-10-10")


@pytest.fixture
def reports(plan, period):
    return [file_report(make_assignment(make_item(plan)), 60 + n, at=FILED) for n in range(4)]


def verdicts():
    return dict(Review.objects.values_list("report", "verdict"))


def test_all_chosen_reports_get_the_verdict_and_the_comment(reports, coordinator):
    chosen = reports[:3]
    assert review_reports(reports=chosen, verdict=SENT_BACK, comment=" 请补充。 ", by=coordinator, at=NOW) == []
    assert verdicts() == {report.pk: SENT_BACK for report in chosen}
    assert set(Review.objects.values_list("comment", flat=True)) == {"请补充。"}
    assert list(ProgressReport.objects.waiting(NOW)) == [reports[3]]


@pytest.mark.any_database
def test_what_is_refused_stops_nothing_else_and_says_why(reports, coordinator):
    decided, replaced, withdrawn, fine = reports
    review(decided, SENT_BACK, at=moment("2016-10-11"))
    file_report(replaced.assignment, 90, at=moment("2016-10-11"))
    withdraw(withdrawn.assignment, at=moment("2016-10-11"))
    refused = review_reports(reports=reports, verdict=ACCEPTED, by=coordinator, at=NOW)
    assert {report.pk: why for report, why in refused} == {
        decided.pk: "该报告已审核，结论为“退回”，未作改动。",
        replaced.pk: "该单位已重新报送，请审核最新一稿。",
        withdrawn.pk: "该责任分工已经撤回。",
    }
    assert verdicts() == {decided.pk: SENT_BACK, fine.pk: ACCEPTED}
    assert set(Change.objects.values_list("subject_id", flat=True)) == {str(fine.pk)}


def test_sending_back_needs_a_comment_and_does_nothing_without(reports, coordinator):
    with pytest.raises(WorkflowError) as error:
        review_reports(reports=reports, verdict=SENT_BACK, comment="  ", by=coordinator, at=NOW)
    assert error.value.field == "comment"
    assert verdicts() == {}


def test_the_record_shows_one_request_for_all(reports, coordinator):
    token = request_id.set(number := uuid4())
    try:
        review_reports(reports=reports, verdict=ACCEPTED, by=coordinator, at=NOW)
    finally:
        request_id.reset(token)
    assert list(Change.objects.values_list("request_id", flat=True)) == [number] * 4


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_who_decide_the_same_reports_at_once_decide_each_only_once(plan, period, coordinator):
    reports = [file_report(make_assignment(make_item(plan)), 60, at=FILED) for _ in range(6)]
    second = make_user("coordinator2")
    refused = {}
    start = threading.Barrier(2)

    def decide(person, chosen):
        start.wait(timeout=30)
        try:
            refused[person.pk] = review_reports(reports=chosen, verdict=ACCEPTED, by=person, at=NOW)
        finally:
            connection.close()

    others = threading.Thread(target=decide, args=(second, reports[::-1]))
    others.start()
    decide(coordinator, reports)
    others.join(timeout=30)
    assert sorted(len(left) for left in refused.values()) == [0, 6]
    assert Review.objects.count() == 6


def test_a_stale_form_is_refused_and_a_knowing_one_is_not(reports, coordinator):
    report = reports[0]
    first = review(report, ACCEPTED, at=moment("2016-10-11"))
    second = review_report(report=report, verdict=SENT_BACK, comment="有误", seen=first.pk, by=coordinator, at=NOW)
    with pytest.raises(WorkflowError, match="结论为“退回”，未作改动"):
        review_report(report=report, verdict=ACCEPTED, seen=first.pk, by=coordinator, at=NOW)
    assert review_report(report=report, verdict=ACCEPTED, seen=second.pk, by=coordinator, at=NOW).verdict == ACCEPTED


# ── comments ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_comment_is_kept_with_whom_it_mentions_and_they_are_told(reports, coordinator):
    colleague, other = make_user(display_name="张科"), make_user(display_name="李科")
    report = reports[0]
    comment = comment_on_report(
        report=report, text=" 数据与省统计局不一致。 ", mentions=[colleague], by=coordinator, at=NOW
    )
    assert (comment.text, comment.recorded_by, comment.recorded_at) == ("数据与省统计局不一致。", coordinator, NOW)
    assert list(comment.mentions.all()) == [colleague]
    [message] = Message.objects.all()
    assert (message.recipient, message.kind) == (colleague, Message.Kind.MENTIONED)
    assert message.text.startswith("统筹员在")
    assert message.text.endswith("批注中提到您：数据与省统计局不一致。")
    assert message.link == f"/reviews/{report.pk}/#comments"
    assert not Message.objects.filter(recipient=other).exists()


def test_the_agency_is_told_nothing_of_comments(lead, period, lead_liaison, coordinator):
    report = file_report(lead, 60, at=FILED)
    comment_on_report(report=report, text="内部说法", mentions=[], by=coordinator, at=NOW)
    assert not Message.objects.exists()


def test_an_empty_comment_is_refused(reports, coordinator):
    with pytest.raises(WorkflowError) as error:
        comment_on_report(report=reports[0], text=" \n", mentions=[], by=coordinator, at=NOW)
    assert error.value.field == "text"
    assert not Comment.objects.exists()


def test_a_comment_is_in_the_record_of_changes(reports, coordinator):
    comment_on_report(report=reports[0], text="请核实", mentions=[], by=coordinator, at=NOW)
    change = Change.objects.get()
    assert (change.action, change.new) == ("内部批注", {"text": "请核实", "mentions": []})
