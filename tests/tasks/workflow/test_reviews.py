"""Verdicts on reports; beside each deed each reason for which it is refused."""

import pytest

from tasks.workflow import (
    review_report,
)
from tests.support.factories import (
    ACCEPTED,
    SENT_BACK,
    accepted_report,
    close,
    file_report,
    withdraw,
)
from tests.support.refusals import LATER, NOW, refused

pytestmark = pytest.mark.django_db


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
