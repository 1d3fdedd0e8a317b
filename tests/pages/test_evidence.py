"""佐证材料: uploaded with a report, shown where the report's text is, served to those who may read it and as a file."""

import hashlib
from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tasks.evidence import inspect
from tasks.models import Blob, Evidence, ProgressReport, ReportDraft, ReportEvidence, RequestEvidence
from tasks.workflow.evidence import store
from tests.factories import (
    SENT_BACK,
    accepted_report,
    file_report,
    make_assignment,
    make_draft,
    make_evidence,
    make_item,
    make_request,
    moment,
    review,
)
from tests.tasks import uploads

WHOLE = {"action": "submit", "percent": "80", "progress": "举办培训12期。"}
NOW = moment("2016-10-12 10:00")
EVERYBODY = ("as_coordinator", "as_leader", "as_lead", "as_assisting", "as_other")


@pytest.fixture(autouse=True)
def stage(settings, tmp_path) -> Path:
    settings.QA_PLAN_TODAY = NOW.date()
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def stored(lead, lead_liaison):
    """By name: kept for the lead assignment."""

    def keep(name="纪要.pdf", data=uploads.PDF, assignment=lead):
        file = SimpleUploadedFile(name, data)
        upload = inspect(file, name, len(data), limit=10**7)
        return store(upload=upload, assignment=assignment, by=lead_liaison, at=NOW)

    return keep


def form_url(assignment):
    return f"/my/{assignment.pk}/"


def attach(report, *evidence):
    ReportEvidence.objects.bulk_create(ReportEvidence(report=report, evidence=one) for one in evidence)


def holdings(page):
    return page.texts("//ul[@class='files']/li/a")


# ── served ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_served_as_a_file_to_be_saved_and_never_as_a_page(as_lead, stored):
    evidence = stored("会议纪要（9月）.pdf")
    response = as_lead.client.get(evidence.get_absolute_url())
    assert b"".join(response.streaming_content) == uploads.PDF
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote('会议纪要（9月）.pdf')}"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Length"] == str(len(uploads.PDF))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cache-Control"] == "private, no-cache"


def test_a_name_in_latin_letters_is_quoted(as_lead, stored):
    response = as_lead.client.get(stored('a" b;c.pdf').get_absolute_url())
    assert response["Content-Disposition"] == 'attachment; filename="a b;c.pdf"'
    response.close()


def test_what_has_lost_its_file_is_not_found(as_lead, lead, stored, stage):
    evidence = stored()
    (stage / evidence.blob.file.name).unlink()
    as_lead.get(evidence.get_absolute_url(), 404)
    as_lead.get(make_evidence(lead, at=NOW).get_absolute_url(), 404)


def test_without_sign_in_it_leads_to_the_sign_in_page(client, stored):
    assert client.get(stored().get_absolute_url()).status_code == 302


def test_nobody_sends_anything_there(as_lead, stored):
    as_lead.post(stored().get_absolute_url(), 405)


def who_sees(request, evidence):
    answers = {who: request.getfixturevalue(who).client.get(evidence.get_absolute_url()) for who in EVERYBODY}
    for response in answers.values():
        response.close()
    assert {response.status_code for response in answers.values()} <= {200, 404}
    return {who for who, response in answers.items() if response.status_code == 200}


OVERSEERS = {"as_coordinator", "as_leader"}


def test_what_belongs_to_nothing_or_a_draft_is_for_its_agency_alone(request, lead, lead_liaison, period, stored):
    evidence = stored()
    assert who_sees(request, evidence) == {"as_lead"}
    make_draft(lead, by=lead_liaison, at=NOW).evidence.add(evidence)
    assert who_sees(request, evidence) == {"as_lead"}


def test_what_waits_or_was_sent_back_is_for_its_agency_and_those_who_oversee_it(request, lead, stored):
    evidence = stored()
    report = file_report(lead, 70, at=moment("2016-10-08"))
    attach(report, evidence)
    assert who_sees(request, evidence) == {"as_lead", *OVERSEERS}
    review(report, SENT_BACK)
    assert who_sees(request, evidence) == {"as_lead", *OVERSEERS}


def test_what_was_accepted_is_for_everybody(request, lead, stored):
    evidence = stored()
    attach(accepted_report(lead, 70, at=moment("2016-10-08")), evidence)
    assert who_sees(request, evidence) == set(EVERYBODY)


def test_what_a_request_was_made_with_is_for_its_agency_and_those_who_oversee_it(request, lead, stored):
    evidence = stored()
    RequestEvidence.objects.create(request=make_request(lead, at=moment("2016-10-08")), evidence=evidence)
    assert who_sees(request, evidence) == {"as_lead", *OVERSEERS}


def test_the_same_content_of_another_agency_is_another_upload(request, lead, assist, stored):
    """That a file is the same as an open one opens nothing else."""
    attach(accepted_report(lead, 70, at=moment("2016-10-08")), stored())
    assert who_sees(request, stored(assignment=assist)) == {"as_assisting"}
    assert Blob.objects.count() == 1


# ── shown ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_is_shown_with_type_size_and_hash_where_the_text_of_the_report_is(
    as_coordinator, as_other, plan, item, lead, lead_agency, stored, settings
):
    evidence = stored()
    report = file_report(lead, 70, at=moment("2016-10-08"))
    attach(report, evidence)
    shown = f"纪要.pdf PDF · 0.1 KB · {hashlib.sha256(uploads.PDF).hexdigest()[:12]}"
    agency_page = f"{plan.get_absolute_url()}agencies/{lead_agency.pk}/"
    assert shown in as_coordinator.get(f"/reviews/{report.pk}/").main
    assert shown in as_coordinator.get(agency_page).main
    for url in (agency_page, item.get_absolute_url()):
        assert "纪要.pdf" not in as_other.get(url).main
    review(report, at=moment("2016-10-09"))
    for url in (agency_page, item.get_absolute_url()):
        assert shown in as_other.get(url).main
        assert as_other.get(url).link("纪要.pdf").url == evidence.get_absolute_url()


def test_a_report_without_evidence_says_so_to_its_reviewer(as_coordinator, lead):
    report = file_report(lead, 70, at=moment("2016-10-08"))
    assert "未附佐证材料" in as_coordinator.get(f"/reviews/{report.pk}/").main
