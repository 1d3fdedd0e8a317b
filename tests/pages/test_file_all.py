"""提交全部 and 审签: many reports by one press, each as it was looked at; what contradicts itself is pointed out."""

from datetime import date

import pytest

from tasks.models import Message, ProgressReport, ReportDraft
from tests.pages.conftest import Visitor
from tests.support import uploads
from tests.support.factories import (
    accepted_report,
    make_assignment,
    make_draft,
    make_indicator,
    make_period,
    make_urge,
    moment,
)

pytestmark = pytest.mark.django_db

TODAY = date(2016, 10, 12)
NOW = moment("2016-10-11 09:00")


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = TODAY


def drafted(person, percent=80, **fields):
    part = make_assignment(agency=person.agency)
    make_period(part.item.plan)
    make_draft(part, by=person, at=NOW, percent=percent, **{"progress": "举办培训12期。", **fields})
    return part


def tokens(page, *, ticked=True):
    boxes = page.all(f"//input[@name='row'][{'@checked' if ticked else 'not(@disabled)'}]")
    return [box.get("value") for box in boxes]


# ── many at once ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_whole_drafts_are_filed_by_one_press(as_lead):
    parts = [drafted(as_lead.user) for _ in range(3)]
    page = as_lead.get("/my/submit/")
    assert len(tokens(page)) == 3
    as_lead.post("/my/submit/", row=tokens(page))
    assert {report.assignment_id for report in ProgressReport.objects.all()} == {part.pk for part in parts}
    assert not ReportDraft.objects.exists()


def test_what_lacks_something_can_not_be_chosen_and_says_what(as_lead):
    drafted(as_lead.user, progress="")
    page = as_lead.get("/my/submit/")
    assert tokens(page, ticked=False) == []
    assert "请填写进展情况" in page.main


def test_what_was_saved_after_the_look_is_not_filed_unseen(as_lead):
    drafted(as_lead.user)
    token = tokens(as_lead.get("/my/submit/"))
    ReportDraft.objects.update(version=7)
    page = as_lead.post_and_follow("/my/submit/", row=token)
    assert any("内容已被更新" in said for said in page.messages)
    assert not ProgressReport.objects.exists()


def test_the_head_consents_to_many_by_one_press_and_the_message_is_read(as_lead, lead_agency, approver):
    lead_agency.requires_consent = True
    lead_agency.save()
    for _ in range(3):
        drafted(as_lead.user)
    as_lead.post("/my/submit/", row=tokens(as_lead.get("/my/submit/")))
    [message] = Message.objects.filter(recipient=approver, kind="consent")
    assert "等3份报告待审签" in message.text
    head = Visitor(approver)
    head.post("/my/submit/", row=tokens(head.get("/my/submit/")))
    assert ProgressReport.objects.filter(recorded_by=approver, prepared_by=as_lead.user).count() == 3
    message.refresh_from_db()
    assert message.read_at is not None
    report = ProgressReport.objects.first()
    assert "经单位负责人审签" in head.get(report.assignment.item.get_absolute_url()).main


# ── what speaks against itself ───────────────────────────────────────────────────────────────────────────────────


def test_no_change_with_another_percentage_is_pointed_out_and_filed_if_meant(as_lead):
    part = make_assignment(agency=as_lead.user.agency)
    accepted_report(part, 60, at=moment("2016-07-10"), period="2016Q2")
    make_period(part.item.plan)
    typed = {"action": "submit", "percent": "65", "unchanged": "待上级部署或其他单位配合"}
    page = as_lead.post(f"/my/{part.pk}/", 422, **typed)
    assert "由上次的60%改为65%" in page.one("//*[@autofocus]").text_content()
    as_lead.post(f"/my/{part.pk}/", **typed, meant=page.values()["meant"])
    assert ProgressReport.objects.latest("pk").percent == 65


def test_a_reading_that_falls_and_halves_of_a_unit_are_pointed_out_to_both_sides(as_lead, as_coordinator):
    part = make_assignment(agency=as_lead.user.agency)
    indicator = make_indicator(part.item, "示范企业", 10, "家")
    accepted_report(part, 60, at=moment("2016-07-10"), period="2016Q2", readings={indicator: 5})
    make_period(part.item.plan)
    typed = {"action": "submit", "percent": "65", "progress": "培训12期。", f"reading_{indicator.pk}": "3.5"}
    page = as_lead.post(f"/my/{part.pk}/", 422, **typed)
    assert "上次5家，本次3.5家" in page.main
    assert "一般为整数" in page.main
    as_lead.post(f"/my/{part.pk}/", **typed, meant=page.values()["meant"])
    review = as_coordinator.get(f"/reviews/{ProgressReport.objects.latest('pk').pk}/").main
    assert "上次5家，本次3.5家" in review


def test_the_reasons_open_as_soon_as_the_percentage_calls_for_them(as_lead):
    part = make_assignment(agency=as_lead.user.agency)
    accepted_report(part, 60, at=moment("2016-07-10"), period="2016Q2")
    make_period(part.item.plan)
    headers = {"HX-Request": "true"}
    closed = as_lead.post(f"/my/{part.pk}/", 200, headers=headers, action="look", percent="80")
    opened = as_lead.post(f"/my/{part.pk}/", 200, headers=headers, action="look", percent="50")
    assert not closed.all("//details[@open]")
    assert opened.all("//details[@open]//textarea[@name='lower_reason']")
    assert not ReportDraft.objects.exists()


def test_the_keyboard_is_at_the_first_field_that_is_wrong(as_lead):
    part = drafted(as_lead.user)
    page = as_lead.post(f"/my/{part.pk}/", 422, action="submit", percent="一百二", progress="培训12期。")
    assert [field.get("name") for field in page.all("//*[@autofocus]")] == ["percent"]


# ── evidence ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_picture_is_shown_within_a_page_that_shuts_it_off(as_lead, stage_of_media):
    part = make_assignment(agency=as_lead.user.agency)
    upload = uploads.kept(part, as_lead.user, at=NOW, name="照片.png", data=uploads.png())
    page = as_lead.get(f"/evidence/{upload.pk}/view/")
    assert page.one("//main//img").get("src") == f"/evidence/{upload.pk}/shown/"
    response = as_lead.client.get(f"/evidence/{upload.pk}/shown/")
    assert response["Content-Security-Policy"].startswith("default-src 'none'")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("inline")


def test_other_kinds_are_not_shown(as_lead, stage_of_media):
    part = make_assignment(agency=as_lead.user.agency)
    upload = uploads.kept(part, as_lead.user, at=NOW, name="说明.txt", data="通知".encode())
    as_lead.get(f"/evidence/{upload.pk}/view/", 404)
    as_lead.get(f"/evidence/{upload.pk}/shown/", 404)


@pytest.mark.parametrize(("text", "is_warned"), [("机密★1年", True), ("绝 密文件", True), ("保护商业秘密12件", False)])
def test_marks_of_secrecy_are_pointed_out(as_lead, text, is_warned):
    part = make_assignment(agency=as_lead.user.agency)
    make_period(part.item.plan)
    sent = {"action": "submit", "percent": "80", "progress": f"{text}，12期。"}
    page = as_lead.post(f"/my/{part.pk}/", 422 if is_warned else 302, **sent)
    assert ("本系统为非涉密系统，请核对" in page.source) == is_warned


@pytest.fixture
def stage_of_media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


# ── urges ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_urge_is_answered_task_by_task_with_evidence(as_lead, as_coordinator, stage_of_media):
    first, second = (make_assignment(agency=as_lead.user.agency) for _ in range(2))
    urge = make_urge(first, about=[first, second], at=NOW)
    sent = {f"part_{first.pk}": "已会签，10月底印发。", f"part_{second.pk}": "场地已定。"}
    page = as_lead.post_and_follow(f"/urges/{urge.pk}/", **sent, evidence=uploads.uploaded("会签单.pdf"))
    assert all(words in page.main for words in (*sent.values(), "会签单.pdf"))
    assert "场地已定。" in as_coordinator.get(second.item.get_absolute_url()).main
    assert "10月底印发" not in as_coordinator.get(second.item.get_absolute_url()).main


def test_an_answer_without_any_text_is_refused_at_its_field(as_lead):
    part = make_assignment(agency=as_lead.user.agency)
    urge = make_urge(part, at=NOW)
    assert as_lead.post(f"/urges/{urge.pk}/", 422).errors == {"text": "请填写答复。"}
