"""Evidence goes along with what it was attached to: from the draft to the report, and nowhere else."""

import pytest

from agencies.models import Change
from tasks.models import Evidence, ProgressReport, ReportDraft, ReportEvidence
from tasks.workflow import ReportContent, WorkflowError, save_draft, submit_report
from tests.support.factories import make_assignment, make_evidence, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]
NOW = moment("2016-10-12 10:00")


@pytest.fixture
def where(lead, period, lead_liaison):
    return {"assignment": lead, "period": period, "by": lead_liaison, "at": NOW}


@pytest.fixture
def evidence(lead) -> list[Evidence]:
    return [make_evidence(lead, f"{name}.pdf", at=NOW) for name in "甲乙"]


def content(**fields):
    return ReportContent(percent=80, progress="举办培训12期。", **fields)


def test_a_draft_holds_what_is_given_and_keeps_it_where_nothing_is_said(where, evidence):
    save_draft(fields={"progress": "一稿", "evidence": evidence}, **where)
    draft = save_draft(fields={"progress": "二稿"}, **where)
    assert list(draft.evidence.order_by("pk")) == evidence
    draft = save_draft(fields={"evidence": evidence[:1]}, **where)
    assert list(draft.evidence.all()) == evidence[:1]
    assert draft.progress == "二稿"
    assert not save_draft(fields={"evidence": []}, **where).evidence.exists()


def test_a_report_takes_along_what_it_is_given_each_once(where, evidence):
    report = submit_report(content=content(evidence=[*evidence, evidence[0]]), **where)
    assert list(report.evidence.order_by("pk")) == evidence
    assert Change.objects.get(action="报送").new["evidence"] == [upload.pk for upload in evidence]


def test_a_report_that_says_nothing_takes_along_what_the_draft_holds(where, evidence):
    """As when it is filed by an offline workbook, which has no attachments."""
    save_draft(fields={"evidence": evidence}, **where)
    assert list(submit_report(content=content(), **where).evidence.order_by("pk")) == evidence


def test_a_report_given_nothing_takes_nothing_along(where, evidence):
    save_draft(fields={"evidence": evidence}, **where)
    assert not submit_report(content=content(evidence=[]), **where).evidence.exists()


def test_filing_takes_the_draft_away_and_leaves_its_evidence(where, evidence):
    save_draft(fields={"evidence": evidence}, **where)
    submit_report(content=content(evidence=evidence[:1]), **where)
    assert not ReportDraft.objects.exists()
    assert Evidence.objects.count() == 2


def test_evidence_of_another_assignment_is_refused(where, item):
    foreign = make_evidence(make_assignment(item), at=NOW)
    for deed in (
        lambda: submit_report(content=content(evidence=[foreign]), **where),
        lambda: save_draft(fields={"evidence": [foreign]}, **where),
    ):
        with pytest.raises(WorkflowError) as caught:
            deed()
        assert (caught.value.message, caught.value.field) == ("佐证材料不属于该责任分工。", "evidence")
    assert [model.objects.count() for model in (ProgressReport, ReportDraft, ReportEvidence)] == [0, 0, 0]
