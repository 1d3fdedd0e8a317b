"""佐证材料: uploaded with a report, shown where the report's text is, served to those who may read it and as a file."""

import hashlib
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client

from agencies.models import Change
from tasks.models import Blob, Evidence, ProgressReport, ReportDraft, ReportEvidence, RequestEvidence
from tasks.workflow.versions import basis_of
from tests.support import uploads
from tests.support.factories import (
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
    sign_receipt,
)

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
        return uploads.kept(assignment, lead_liaison, at=NOW, name=name, data=data)

    return keep


def form_url(assignment):
    return f"/my/{assignment.pk}/"


def attach(report, *evidence):
    ReportEvidence.objects.bulk_create(ReportEvidence(report=report, evidence=one) for one in evidence)


def holdings(page):
    return page.texts("//ul[@class='files']/li/a[not(starts-with(@aria-label, '查看'))]")


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
    assert b"".join(response)


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
        assert b"".join(response) if response.streaming else True
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


# ── uploaded with a report ───────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_keeps_its_evidence_and_filing_takes_it_along(as_lead, lead, period):
    as_lead.post(form_url(lead), action="draft", progress="半截", evidence=uploads.uploaded("纪要.pdf"))
    evidence = ReportDraft.objects.get().evidence.get()
    assert (evidence.name, evidence.assignment, evidence.recorded_by) == ("纪要.pdf", lead, as_lead.user)
    assert holdings(as_lead.get("/my/")) == ["纪要.pdf"]
    photo = uploads.uploaded("照片.jpg", uploads.JPG)
    as_lead.post(form_url(lead), **WHOLE, evidence=[uploads.uploaded("表.xlsx", uploads.office("xlsx")), photo])
    report = ProgressReport.objects.get()
    assert set(report.evidence.values_list("name", flat=True)) == {"纪要.pdf", "表.xlsx", "照片.jpg"}


def test_a_form_takes_files_without_scripts(as_lead, lead, period):
    page = as_lead.get(form_url(lead))
    assert page.one("//main//form[@method='post']").get("enctype") == "multipart/form-data"
    control = page.one("//input[@type='file']")
    assert control.get("multiple") is not None
    assert page.texts(f"//label[@for='{control.get('id')}']") == ["佐证材料（选填）"]
    assert "20 MB" in page.text(f"//*[@id='{control.get('aria-describedby').split()[-1]}']")


def test_what_is_ticked_is_taken_out(as_lead, lead, period):
    files = [uploads.uploaded("纪要.pdf"), uploads.uploaded("照片.jpg", uploads.JPG)]
    as_lead.post(form_url(lead), action="draft", evidence=files)
    minutes, photo = ReportDraft.objects.get().evidence.order_by("pk")
    kept = {"evidence_kept": [minutes.pk, photo.pk]}
    as_lead.post(form_url(lead), action="draft", **kept, evidence_drop=[minutes.pk])
    assert holdings(as_lead.get(form_url(lead))) == ["照片.jpg"]
    as_lead.post(form_url(lead), **WHOLE, evidence_kept=[photo.pk])
    assert ProgressReport.objects.get().evidence.get() == photo


def test_what_was_sent_back_comes_back_with_its_evidence(as_lead, lead, period, stored):
    evidence = stored()
    report = file_report(lead, 70, at=moment("2016-10-08"))
    attach(report, evidence)
    review(report, SENT_BACK)
    page = as_lead.get(form_url(lead))
    assert holdings(page) == ["纪要.pdf"]
    as_lead.post(form_url(lead), **WHOLE, evidence_kept=page.one("//input[@name='evidence_kept']").get("value"))
    assert ProgressReport.objects.latest("pk").evidence.get() == evidence


def test_a_refused_report_keeps_the_files_that_came_with_it(as_lead, lead, period):
    """No browser fills a file field in again."""
    file = uploads.uploaded("纪要.pdf")
    page = as_lead.post(form_url(lead), 422, **{**WHOLE, "percent": "20"}, evidence=file)
    assert list(page.errors) == ["delay_reason"]
    assert holdings(page) == ["纪要.pdf"]
    kept = page.one("//input[@name='evidence_kept']").get("value")
    as_lead.post(form_url(lead), **WHOLE, evidence_kept=kept)
    assert ProgressReport.objects.get().evidence.get().name == "纪要.pdf"


def test_a_tick_stays_where_the_report_is_refused(as_lead, lead, period, stored):
    evidence = stored()
    sent = {**WHOLE, "percent": "20", "evidence_kept": evidence.pk, "evidence_drop": evidence.pk}
    page = as_lead.post(form_url(lead), 422, **sent)
    assert page.one("//input[@name='evidence_drop']").get("checked") is not None


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("纪要.pdf", b"MZ" + bytes(100), "“纪要.pdf”不是可接收的文件类型"),
        ("网页.pdf", b"<html></html>", "“网页.pdf”不是可接收的文件类型"),
        ("宏.docx", uploads.office("docx", main_type=uploads.MACRO_WORD), "“宏.docx”含有宏"),
        ("炸弹.zip", uploads.liar(uploads.archive({"a": "x"}), claimed=201 * 1024**2), "“炸弹.zip”解压后超过200 MB"),
        ("空.pdf", b"", "“空.pdf”是空文件"),
        ("大.pdf", uploads.PDF + bytes(21 * 1024**2), "“大.pdf”大小为21.0 MB，单个文件不超过20 MB"),
    ],
    ids=["exe", "html", "macro", "bomb", "empty", "large"],
)
def test_a_refused_file_is_named_at_the_field_and_leaves_nothing(as_lead, lead, period, stage, name, data, said):
    page = as_lead.post(form_url(lead), 422, **WHOLE, evidence=uploads.uploaded(name, data))
    assert list(page.errors) == ["evidence"]
    assert said in page.errors["evidence"]
    field = page.one("//input[@type='file']")
    assert said in page.text(f"//*[@id='{field.get('aria-describedby').split()[0]}']")
    assert [path for path in stage.rglob("*") if path.is_file()] == []
    assert (Evidence.objects.count(), Blob.objects.count(), ProgressReport.objects.count()) == (0, 0, 0)


def test_beside_a_refused_file_the_good_ones_are_kept(as_lead, lead, period):
    files = [uploads.uploaded("好.pdf"), uploads.uploaded("坏.pdf", b"MZ")]
    page = as_lead.post(form_url(lead), 422, **WHOLE, evidence=files)
    assert "“坏.pdf”" in page.errors["evidence"]
    assert holdings(page) == ["好.pdf"]


def test_more_files_than_a_report_may_have_are_refused(as_lead, lead, period):
    files = [uploads.uploaded(f"{n}.pdf") for n in range(11)]
    page = as_lead.post(form_url(lead), 422, **WHOLE, evidence=files)
    assert page.errors["evidence"] == "佐证材料最多10个，现有11个；可先打包为zip。"
    assert not Evidence.objects.exists()


def test_evidence_of_another_assignment_cannot_be_slipped_in(as_other, as_lead, lead, plan, period, stored):
    elsewhere = stored(assignment=make_assignment(make_item(plan), as_other.user.agency))
    for value in (elsewhere.pk, 999999, "x"):
        page = as_lead.post(form_url(lead), 422, **WHOLE, evidence_kept=value)
        assert page.errors == {"evidence": "所附佐证材料不属于该任务，请重新上传。"}
    assert not ReportEvidence.objects.exists()


def test_saving_while_typing_keeps_what_is_attached_and_takes_no_files(as_lead, lead, period):
    as_lead.post(form_url(lead), action="draft", evidence=uploads.uploaded("纪要.pdf"))
    sent = {"action": "autosave", "progress": "又写了一句", "evidence": uploads.uploaded("另一.pdf", uploads.JPG)}
    as_lead.post(form_url(lead), 200, headers={"HX-Request": "true"}, **sent)
    draft = ReportDraft.objects.get()
    assert draft.progress == "又写了一句"
    assert [evidence.name for evidence in draft.evidence.all()] == ["纪要.pdf"]


def test_the_head_files_what_the_liaison_attached(as_lead, visitor, approver, lead, lead_agency, period):
    lead_agency.requires_consent = True
    lead_agency.save()
    as_lead.post(form_url(lead), **WHOLE, evidence=uploads.uploaded("纪要.pdf"))
    assert not ProgressReport.objects.exists()
    assert holdings(as_lead.get("/my/")) == ["纪要.pdf"]
    head = visitor(approver)
    assert holdings(head.get("/my/")) == ["纪要.pdf"]
    head.post(form_url(lead), **WHOLE)
    assert ProgressReport.objects.get().evidence.get().name == "纪要.pdf"


def test_a_request_is_made_with_evidence(as_lead, as_coordinator, lead):
    sign_receipt(lead, at=moment("2016-06-01"))
    url = f"/assignments/{lead.pk}/requests/new/"
    page = as_lead.post(url, 422, kind="completion", reason="", evidence=uploads.uploaded("验收.pdf"))
    assert holdings(page) == ["验收.pdf"]
    kept = page.one("//input[@name='evidence_kept']").get("value")
    page = as_lead.post(url, kind="completion", reason="已完成。", evidence_kept=kept)
    assert lead.requests.get().evidence.get().name == "验收.pdf"
    assert "验收.pdf" in as_coordinator.get(page.response.url).main


# ── stored as soon as they are chosen ────────────────────────────────────────────────────────────────────────────


def test_a_chosen_file_is_in_the_draft_and_the_answer_leaves_the_rest_of_the_card_alone(as_lead, lead, period):
    sent = {"action": "attach", "period": period.code, "progress": "举办培训12期。", "percent": "一百"}
    page = as_lead.post(form_url(lead), 200, **sent, evidence=uploads.uploaded("签到表.pdf"))
    draft = ReportDraft.objects.get()
    assert (draft.evidence.get().name, draft.progress) == ("签到表.pdf", "举办培训12期。")
    assert "“进度”填写有误，未存" in page.source
    assert holdings(page) == ["签到表.pdf"]
    assert f'value="{basis_of(draft, None)}" hx-swap-oob="true"' in page.source
    assert "<textarea" not in page.source


def test_of_chosen_files_the_good_ones_are_stored_and_the_others_named(as_lead, lead, period):
    files = [uploads.uploaded("签到表.pdf"), uploads.uploaded("程序.pdf", b"MZ")]
    page = as_lead.post(form_url(lead), 422, action="attach", period=period.code, evidence=files)
    assert ReportDraft.objects.get().evidence.get().name == "签到表.pdf"
    assert "“程序.pdf”不是可接收的文件类型" in page.source


def test_a_chosen_file_is_kept_though_somebody_else_has_saved_meanwhile(as_lead, lead, lead_liaison, period):
    make_draft(lead, by=lead_liaison, at=moment("2016-10-12 09:00"))
    sent = {"action": "attach", "period": period.code, "basis": "7-0", "evidence": uploads.uploaded("签到表.pdf")}
    page = as_lead.post(form_url(lead), 409, **sent)
    assert holdings(page) == ["签到表.pdf"]
    assert "草稿未保存" in page.source
    assert not ReportDraft.objects.get().evidence.exists()


def test_a_file_that_was_chosen_for_a_request_goes_along_when_it_is_made(as_lead, lead, period):
    sign_receipt(lead, at=moment("2016-06-01"))
    url = f"/assignments/{lead.pk}/requests/new/"
    page = as_lead.post(url, 200, kind="completion", action="attach", evidence=uploads.uploaded("验收.pdf"))
    assert holdings(page) == ["验收.pdf"]
    assert not lead.requests.exists()


# ── marks of secrecy inside ──────────────────────────────────────────────────────────────────────────────────────


def secret():
    return uploads.uploaded("说明.txt", "秘密★1年".encode())


def test_a_report_with_a_marked_file_is_filed_by_a_second_press_and_the_reviewer_is_told(
    as_lead, as_coordinator, lead, period
):
    page = as_lead.post(form_url(lead), 422, **WHOLE, evidence=secret())
    said = "“说明.txt”内含“秘密”字样。本系统为非涉密系统，请核对，涉密的不得录入。"
    assert page.one("//input[@name='meant']").get("value") == said
    kept = page.one("//input[@name='evidence_kept']").get("value")
    as_lead.post(form_url(lead), **WHOLE, meant=said, evidence_kept=kept)
    report = ProgressReport.objects.get()
    assert said in as_coordinator.get(f"/reviews/{report.pk}/").main
    assert "标密字样" in as_coordinator.get("/reviews/").main
    assert Change.objects.get(action="上传佐证材料").new["marks"] == ["秘密"]


def test_other_forms_ask_once_before_a_marked_file_goes_along(as_lead, lead):
    sign_receipt(lead, at=moment("2016-06-01"))
    url, sent = f"/assignments/{lead.pk}/requests/new/", {"kind": "completion", "reason": "已完成。"}
    page = as_lead.post(url, 422, **sent, evidence=secret())
    confirmed = page.one("//input[@name='confirmed']").get("value")
    assert f"{confirmed}确认不涉密的，请再按一次提交。" in page.main
    kept = page.one("//input[@name='evidence_kept']").get("value")
    as_lead.post(url, **sent, confirmed=confirmed, evidence_kept=kept)
    assert "内含“秘密”字样" in as_lead.get(f"/requests/{lead.requests.get().pk}/").main


# ── requests that send too much ──────────────────────────────────────────────────────────────────────────────────


class Endless:
    """A body that is read and never ends, as the server hands it over."""

    def __init__(self):
        self.given = 0

    def read(self, size):
        self.given += size
        return bytes(size)

    readline = read


def test_a_request_over_the_limit_gets_a_page_before_anything_of_it_is_kept(as_lead, lead, period, settings):
    settings.REQUEST_LIMIT = 1024**2
    page = as_lead.post(form_url(lead), 413, **WHOLE, evidence=uploads.uploaded("大.pdf", bytes(2 * 1024**2)))
    assert page.title == "上传内容过大"
    assert "文件合计不超过1 MB" in page.main
    assert not ProgressReport.objects.exists()


def test_a_page_that_htmx_keeps_alive_says_so_at_its_top(as_lead, lead, period, settings):
    settings.REQUEST_LIMIT = 1024**2
    sent = {**WHOLE, "evidence": uploads.uploaded("大.pdf", bytes(2 * 1024**2))}
    page = as_lead.post(form_url(lead), 413, headers={"HX-Request": "true"}, **sent)
    assert page.source.startswith('<p class="note back too-large"><b>上传内容过大</b>')
    assert page.response["HX-Retarget"] == "#session"
    assert "413" in as_lead.get("/my/").one("//meta[@name='htmx-config']").get("content")


def test_far_too_much_is_not_even_read(settings):
    body = Endless()
    sent = {"wsgi.input": body, "CONTENT_LENGTH": "99999999999", "CONTENT_TYPE": "multipart/form-data; boundary=x"}
    response = Client().post("/accounts/login/", **sent)
    assert response.status_code == 413
    assert body.given == 0


@pytest.mark.parametrize("kind", ["fields", "files", "text"])
def test_what_django_refuses_on_its_own_gets_the_same_page(as_lead, lead, period, kind):
    sent = {
        "fields": {f"f{n}": "1" for n in range(1100)},
        "files": {"evidence": [uploads.uploaded(f"{n}.pdf") for n in range(60)]},
        "text": {"progress": "x" * 3 * 1024**2},
    }[kind]
    assert as_lead.post(form_url(lead), 413, **sent).title == "上传内容过大"


def test_a_request_that_makes_no_sense_is_still_a_bad_one(as_lead, lead):
    response = as_lead.client.post(form_url(lead), b"nonsense", content_type="multipart/form-data")
    assert response.status_code == 400
    assert "请求有误" in response.content.decode()
