"""审签: a report reaches the coordinators only after the agency's head consents, where the agency has it so."""

import pytest

from agencies.models import Change
from tasks.models import Message, ProgressReport, ReportDraft
from tasks.workflow import ReportContent, WorkflowError, hand_over, save_draft, submit_report
from tasks.workflow.consent import hand_in, return_draft, take_back
from tasks.workflow.versions import Basis, StaleError
from tests.support.factories import moment

pytestmark = pytest.mark.django_db
NOW, LATER = moment("2016-10-12 10:00"), moment("2016-10-12 16:00")
CONTENT = ReportContent(percent=80, progress="举办培训12期。")
FIELDS = {"percent": 80, "progress": "举办培训12期。"}


@pytest.fixture(autouse=True)
def consent_is_needed(lead_agency, approver):
    lead_agency.requires_consent = True
    lead_agency.save()


@pytest.fixture
def by_liaison(lead, period, lead_liaison):
    return {"assignment": lead, "period": period, "by": lead_liaison, "at": NOW}


@pytest.fixture
def by_head(lead, period, approver):
    return {"assignment": lead, "period": period, "by": approver, "at": LATER}


@pytest.fixture
def handed_in(by_liaison):
    return hand_in(content=CONTENT, fields=FIELDS, **by_liaison)


def test_a_liaison_does_not_file_past_the_head(by_liaison):
    with pytest.raises(WorkflowError, match="须经单位负责人审签"):
        submit_report(content=CONTENT, **by_liaison)
    assert ProgressReport.objects.count() == 0


@pytest.mark.any_database
def test_what_is_handed_in_stays_a_draft_and_the_head_is_told(handed_in, lead_liaison, approver):
    assert (handed_in.handed_in_at, handed_in.handed_in_by) == (NOW, lead_liaison)
    assert ProgressReport.objects.count() == 0
    message = Message.objects.get()
    assert (message.recipient, message.kind) == (approver, "consent")
    assert "待审签" in message.text
    assert Change.objects.latest("pk").action == "送审签"


def test_what_could_not_be_filed_is_not_handed_in_either(by_liaison):
    with pytest.raises(WorkflowError, match="请填写进展情况"):
        hand_in(content=ReportContent(percent=80, progress=" "), fields=FIELDS, **by_liaison)
    assert not ReportDraft.objects.exists()


@pytest.mark.any_database
def test_the_head_s_filing_is_the_consent_and_names_the_liaison(handed_in, by_head, lead_liaison, approver):
    report = submit_report(content=CONTENT, **by_head)
    assert (report.recorded_by, report.prepared_by) == (approver, lead_liaison)
    assert not ReportDraft.objects.exists()


def test_the_head_may_file_what_nobody_handed_in(by_head):
    assert submit_report(content=CONTENT, **by_head).prepared_by is None


@pytest.mark.any_database
def test_what_is_returned_says_why_to_the_liaison(handed_in, by_head, lead_liaison):
    return_draft(comment=" 请补数据 ", **by_head)
    draft = ReportDraft.objects.get()
    assert (draft.handed_in_at, draft.handed_in_by, draft.returned_comment) == (None, None, "请补数据")
    assert draft.progress == "举办培训12期。"
    assert "请补数据" in Message.objects.get(recipient=lead_liaison).text
    assert Change.objects.latest("pk").reason == "请补数据"


@pytest.mark.any_database
def test_where_the_liaison_has_left_the_one_in_the_place_is_told(handed_in, by_head, lead_liaison, coordinator):
    new = {"new_name": "新联络员", "new_username": "xin", "password": "k7mp-w3xh-9dte", "reason": "调动"}
    successor = hand_over(old=lead_liaison, by=coordinator, at=NOW, **new)
    return_draft(comment="请补数据", **by_head)
    assert "请补数据" in Message.objects.get(recipient=successor).text


def test_returning_without_a_comment_is_refused(handed_in, by_head):
    with pytest.raises(WorkflowError) as caught:
        return_draft(comment=" ", **by_head)
    assert caught.value.field == "returned_comment"
    assert ReportDraft.objects.get().handed_in_at == NOW


def test_handing_in_again_takes_the_old_comment_away(handed_in, by_head, by_liaison):
    return_draft(comment="请补数据", **by_head)
    assert hand_in(content=CONTENT, fields=FIELDS, **by_liaison).returned_comment == ""


def test_what_lies_with_the_head_is_changed_by_the_head_alone(handed_in, by_liaison, by_head):
    with pytest.raises(WorkflowError, match="修改请先取回"):
        save_draft(fields={"progress": "改"}, **by_liaison)
    assert save_draft(fields={"progress": "负责人改"}, **by_head).handed_in_at == NOW


def test_what_is_taken_back_can_be_changed_again(handed_in, by_liaison):
    take_back(**by_liaison)
    assert save_draft(fields={"progress": "改"}, **by_liaison).progress == "改"


def test_nothing_is_taken_back_or_returned_that_was_not_handed_in(by_liaison, by_head):
    save_draft(fields={"progress": "半截"}, **by_liaison)
    for deed in (lambda: take_back(**by_liaison), lambda: return_draft(comment="改", **by_head)):
        with pytest.raises(WorkflowError, match="没有送审签"):
            deed()


def test_a_head_who_has_not_seen_the_newest_version_is_refused(handed_in, by_liaison, by_head):
    take_back(**by_liaison)
    hand_in(content=CONTENT, fields={**FIELDS, "progress": "改过的12期。"}, **by_liaison)
    with pytest.raises(StaleError):
        submit_report(content=CONTENT, basis=Basis(handed_in.version, 0), **by_head)


def test_without_a_head_nothing_is_handed_in(by_liaison, approver):
    approver.is_active = False
    approver.save()
    with pytest.raises(WorkflowError, match="还没有单位负责人账号"):
        hand_in(content=CONTENT, fields=FIELDS, **by_liaison)


def test_where_no_consent_is_needed_one_files(by_liaison, lead_agency):
    lead_agency.requires_consent = False
    lead_agency.save()
    by_liaison["assignment"].agency = lead_agency
    with pytest.raises(WorkflowError, match="无须审签"):
        hand_in(content=CONTENT, fields=FIELDS, **by_liaison)
    assert submit_report(content=CONTENT, **by_liaison).prepared_by is None
