"""历次报送: an agency reads what it has filed, takes it back until it is reviewed, and goes on from what it said."""

from datetime import date

import pytest

from agencies.models import Change
from tasks.models import AgencyRequest, ProgressReport, ReportDraft, ReportWithdrawal
from tasks.models.waiting import kept
from tasks.reminders.fact_rows import Asked, FactKind, read_facts
from tasks.standing.filing import Filing, filings
from tasks.workflow import (
    WorkflowError,
    decide_request,
    make_request,
    review_report,
    submit_report,
    withdraw_report,
    withdraw_request,
)
from tasks.workflow.filing import ReportContent
from tasks.workflow.versions import Basis
from tests.support.factories import (
    SENT_BACK,
    accepted_report,
    decide,
    file_report,
    lock,
    make_assignment,
    make_draft,
    make_evidence,
    make_indicator,
    make_period,
    make_user,
    moment,
    review,
    sign_receipt,
)

pytestmark = pytest.mark.django_db

TODAY = date(2016, 10, 12)
FILED, TAKEN, LATER = moment("2016-10-10 09:00"), moment("2016-10-11 09:00"), moment("2016-10-12 09:00")
SAID = {"progress": "举办培训12期。", "problems": "场地不足。", "next_steps": "再办3期。"}


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = TODAY


@pytest.fixture
def liaison(as_lead):
    return as_lead


@pytest.fixture
def part(liaison):
    return make_assignment(agency=liaison.user.agency)


def stands(part, at):
    return filings(make_period(part.item.plan), at).get(part.pk, Filing.MISSING)


# ── taking back ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_was_taken_back_was_never_filed_from_then_on_and_was_until_then(part, liaison):
    report = file_report(part, 60, at=FILED)
    withdraw_report(report=report, by=liaison.user, at=TAKEN, reason="数据有误")
    assert [stands(part, at) for at in (FILED, TAKEN)] == [Filing.WAITING, Filing.MISSING]
    assert ProgressReport.objects.waiting(FILED).get() == report
    assert not ProgressReport.objects.waiting(TAKEN).exists()


def test_what_it_said_is_a_draft_again(part, liaison):
    indicator, evidence = make_indicator(part.item), make_evidence(part, at=FILED)
    report = file_report(part, 60, at=FILED, readings={indicator: 5}, **SAID)
    report.evidence.add(evidence)
    withdraw_report(report=report, by=liaison.user, at=TAKEN)
    draft = ReportDraft.objects.get()
    assert {name: getattr(draft, name) for name in SAID} == SAID
    assert (draft.percent, draft.readings) == (60, {str(indicator.pk): "5.00"})
    assert list(draft.evidence.all()) == [evidence]


def facts_until(at):
    return Asked(at, due_until=at.date(), last=at.date())


def test_everything_since_the_last_review_is_taken_back_together(part, liaison):
    first = file_report(part, 50, at=FILED)
    review(first, SENT_BACK, at=moment("2016-10-10 10:00"))
    second = file_report(part, 55, at=moment("2016-10-10 11:00"))
    third = file_report(part, 60, at=moment("2016-10-10 12:00"))
    withdraw_report(report=third, by=liaison.user, at=TAKEN)
    assert set(ReportWithdrawal.objects.values_list("report", flat=True)) == {second.pk, third.pk}
    assert stands(part, TAKEN) == Filing.SENT_BACK
    assert FactKind.SENT_BACK in {row.what for row in read_facts(facts_until(TAKEN))}
    assert FactKind.SENT_BACK not in {row.what for row in read_facts(facts_until(moment("2016-10-10 13:00")))}


def test_what_was_reviewed_stays(part, liaison):
    report = accepted_report(part, 60, at=FILED)
    with pytest.raises(WorkflowError, match="已经审核"):
        withdraw_report(report=report, by=liaison.user, at=TAKEN)


def test_only_the_newest_is_taken_back(part, liaison):
    older = file_report(part, 55, at=FILED)
    file_report(part, 60, at=moment("2016-10-10 12:00"))
    with pytest.raises(WorkflowError, match="更新的一稿"):
        withdraw_report(report=older, by=liaison.user, at=TAKEN)


def test_nothing_is_taken_back_in_a_locked_period(part, liaison):
    report = file_report(part, 60, at=FILED)
    lock(report.period, at=FILED)
    with pytest.raises(WorkflowError, match="锁定"):
        withdraw_report(report=report, by=liaison.user, at=TAKEN)


def test_done_twice_is_done_once(part, liaison):
    report = file_report(part, 60, at=FILED)
    first = withdraw_report(report=report, by=liaison.user, at=TAKEN)
    assert withdraw_report(report=report, by=liaison.user, at=LATER) == first


def test_who_reviews_it_meanwhile_is_told(part, liaison):
    report = file_report(part, 60, at=FILED)
    withdraw_report(report=report, by=liaison.user, at=TAKEN)
    with pytest.raises(WorkflowError, match="已撤回"):
        review_report(report=report, verdict="accepted", by=make_user("office"), at=LATER)


def test_no_form_from_before_is_taken_for_current_afterwards(part, liaison):
    """Whoever had the draft open that was filed, and taken back, compares before it is written over."""
    period = make_period(part.item.plan)
    make_draft(part, by=liaison.user, at=FILED, percent=40, progress="旧稿。")
    content = ReportContent(percent=60, progress="新稿。")
    report = submit_report(assignment=part, period=period, content=content, by=liaison.user, at=FILED)
    withdraw_report(report=report, by=liaison.user, at=TAKEN)
    with pytest.raises(WorkflowError, match="已有人保存或报送"):
        submit_report(assignment=part, period=period, content=content, by=liaison.user, at=LATER, basis=Basis(1, 0))


def test_a_report_filed_anew_after_the_close_is_late(part, liaison, settings):
    on_time = file_report(part, 60, at=FILED)
    withdraw_report(report=on_time, by=liaison.user, at=TAKEN)
    anew = file_report(part, 60, at=moment("2016-10-20 09:00"))
    assert ProgressReport.objects.with_first_filing(moment("2016-10-21")).get(pk=anew.pk).is_late


def test_its_evidence_is_no_longer_read_by_others(part, liaison):
    report = file_report(part, 60, at=FILED)
    withdraw_report(report=report, by=liaison.user, at=TAKEN)
    assert not ProgressReport.objects.filter(kept(TAKEN), pk=report.pk).exists()
    assert ProgressReport.objects.filter(kept(FILED), pk=report.pk).exists()


# ── the pages ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_filed_report_is_read_as_it_was_filed(part, liaison):
    report = file_report(part, 60, at=FILED, **SAID)
    text = liaison.get(f"/my/reports/{report.pk}/").main
    assert all(words in text for words in ("60%", "待审", *SAID.values()))


def test_taking_it_back_leads_to_its_form_with_what_it_said(part, liaison):
    report = file_report(part, 60, at=FILED, **SAID)
    values = liaison.post_and_follow(f"/my/reports/{report.pk}/", reason="数据有误").values()
    assert (values["percent"], values["progress"]) == ("60", SAID["progress"])
    assert "已撤回" in liaison.get("/my/reports/").main


def test_the_course_of_the_item_names_the_withdrawal(part, liaison):
    report = file_report(part, 60, at=FILED)
    withdraw_report(report=report, by=liaison.user, at=TAKEN, reason="数据有误")
    text = liaison.get(part.item.get_absolute_url()).main
    assert f"{part.agency}撤回三季度报告" in text


def test_filing_again_begins_with_what_was_filed(part, liaison):
    file_report(part, 60, at=FILED, **SAID)
    values = liaison.get(f"/my/{part.pk}/").values()
    assert (values["percent"], values["progress"]) == ("60", SAID["progress"])


# ── requests ─────────────────────────────────────────────────────────────────────────────────────────────────────


def asked(part, by):
    sign_receipt(part, at=moment("2016-05-10"))
    return make_request(assignment=part, kind="extension", reason="汛期", due_on=date(2017, 3, 1), by=by, at=FILED)


def test_a_request_that_was_taken_back_waits_no_more_and_may_be_made_again(part, liaison):
    request = asked(part, liaison.user)
    withdraw_request(request=request, by=liaison.user, at=TAKEN)
    assert AgencyRequest.objects.waiting(FILED).get() == request
    assert not AgencyRequest.objects.waiting(TAKEN).exists()
    assert (
        make_request(
            assignment=part, kind="extension", reason="汛期", due_on=date(2017, 3, 1), by=liaison.user, at=LATER
        ).pk
        > request.pk
    )


def test_a_request_that_was_decided_stays(part, liaison):
    request = asked(part, liaison.user)
    decide(request, at=TAKEN, due_on=request.due_on)
    with pytest.raises(WorkflowError, match="已经答复"):
        withdraw_request(request=request, by=liaison.user, at=LATER)


def test_a_deed_is_noted(part, liaison):
    report = file_report(part, 60, at=FILED)
    withdraw_report(report=report, by=liaison.user, at=TAKEN, reason="数据有误")
    assert Change.objects.latest("pk").action == "撤回报告"


def test_its_agency_finds_it_in_its_own_list_and_takes_it_back_there(part, liaison):
    request = asked(part, liaison.user)
    assert "延期申请" in liaison.get("/my/requests/").main
    page = liaison.post_and_follow(f"/requests/{request.pk}/withdraw/")
    assert page.messages == [f"已撤回{part.item.label}的申请（延期申请）。"]
    assert "已撤回" in liaison.get("/my/requests/").main


def test_coordinators_do_not_decide_what_was_taken_back(part, liaison, as_coordinator):
    request = asked(part, liaison.user)
    withdraw_request(request=request, by=liaison.user, at=TAKEN)
    assert not as_coordinator.get(f"/requests/{request.pk}/").all("//form[contains(@class, 'verdict')]")
    with pytest.raises(WorkflowError, match="已由申请单位撤回"):
        decide_request(request=request, is_granted=True, by=as_coordinator.user, at=LATER)
