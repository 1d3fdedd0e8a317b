"""The report form between people and sessions: saved while typing, two at once, the head's consent, a session's end."""

from datetime import date

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from tasks.models import ProgressReport, ReportDraft
from tests.pages.conftest import Visitor
from tests.support.factories import (
    SENT_BACK,
    accepted_report,
    file_report,
    lock,
    make_assignment,
    make_indicator,
    make_item,
    make_user,
    moment,
    review,
)
from tests.support.reading import Page

HTMX = {"HX-Request": "true"}
ON_MY_PAGE = {**HTMX, "HX-Current-URL": "http://testserver/my/"}
WHOLE = {"action": "submit", "percent": "80", "progress": "举办培训12期。"}


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def url(lead, period):
    return f"/my/{lead.pk}/"


@pytest.fixture
def as_colleague(lead_agency):
    """A second liaison of the same agency."""
    return Visitor(make_user(role="liaison", agency=lead_agency, display_name="同事"))


def sent(page, **typed):
    """What a browser sends of the page's form."""
    return {**page.values(), **typed}


# ── saved while typing ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_typed_is_saved_and_the_form_learns_its_new_version(as_lead, url, lead):
    form = sent(as_lead.get(url), progress="才写了12个字")
    page = as_lead.post(url, 200, headers=HTMX, **form | {"action": "autosave"})
    assert "草稿已于18:00保存" in page.source
    assert "<form" not in page.source
    basis = page.one("//input[@name='basis']")
    assert (basis.get("id"), basis.get("value")) == (f"v{lead.pk}-2016Q3", "1-0")
    assert ReportDraft.objects.get().progress == "才写了12个字"
    as_lead.post(url, 200, headers=HTMX, **form | {"action": "autosave", "basis": "1-0"})
    assert ReportDraft.objects.get().version == 2


def test_a_number_that_makes_no_sense_does_not_keep_the_text_from_being_saved(as_lead, url):
    page = as_lead.post(url, 200, headers=HTMX, action="autosave", progress="写好的12行文字", percent="很多")
    assert "“进度”填写有误，未存" in page.source
    assert ReportDraft.objects.get().progress == "写好的12行文字"


def test_saving_while_typing_over_a_colleague_s_version_is_refused_in_one_line(as_lead, as_colleague, url):
    form = sent(as_lead.get(url), progress="我的")
    as_colleague.post(url, action="draft", progress="同事的")
    page = as_lead.post(url, 409, headers=HTMX, **form | {"action": "autosave"})
    assert "未保存" in page.source
    assert "basis" not in page.source
    assert ReportDraft.objects.get().progress == "同事的"


# ── hints ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_repeated_text_without_figures_is_filed_and_both_hints_are_said(as_lead, url, lead):
    accepted_report(lead, 60, at=moment("2016-07-12"), period="2016Q2", progress="继续推进各项工作。")
    page = as_lead.post_and_follow(url, **WHOLE | {"progress": "继续推进各项工作。"})
    assert page.messages[0] == "（1）已报送，等待审核。"
    assert page.messages[1:] == [
        "提示：进展中没有数据，建议写明数量或比例。",
        "提示：与上次通过的内容八成以上相同，请核对是否为本期进展。",
    ]
    assert ProgressReport.objects.count() == 2


def test_a_good_text_gets_no_hint(as_lead, url):
    assert as_lead.post_and_follow(url, **WHOLE).messages == ["（1）已报送，等待审核。"]


# ── what is known is filled in ───────────────────────────────────────────────────────────────────────────────────


def test_the_last_accepted_reading_is_in_the_form_and_beside_it(as_lead, url, lead):
    brands = make_indicator(lead.item, "安徽名牌")
    accepted_report(lead, 60, at=moment("2016-07-12"), period="2016Q2", readings={brands: 120})
    page = as_lead.get(url)
    assert page.values()[f"reading_{brands.pk}"] == "120"
    assert "上次120，目标170" in page.text(f"//div[.//input[@name='reading_{brands.pk}']][1]/ancestor::form")


def test_no_change_with_a_reason_of_one_s_own_and_what_was_said_before(as_lead, url, lead):
    accepted_report(lead, 80, at=moment("2016-07-12"), period="2016Q2", progress="培训12期。", delay_reason="缺设备")
    as_lead.post(url, action="submit", percent="80", unchanged="other", progress="等部里批复")
    report = ProgressReport.objects.latest("pk")
    assert (report.is_unchanged, report.progress) == (True, "无变化原因：等部里批复\n培训12期。")
    assert report.delay_reason == "缺设备"


def test_no_change_without_a_reason_is_refused_at_the_text(as_lead, url, lead):
    accepted_report(lead, 80, at=moment("2016-07-12"), period="2016Q2")
    page = as_lead.post(url, 422, action="submit", percent="80", unchanged="other", progress="")
    assert page.errors == {"progress": "请写明无变化的原因。"}


def test_the_reason_of_a_draft_is_chosen_again_and_not_repeated_next_time(as_lead, url, lead):
    accepted_report(
        lead, 80, at=moment("2016-07-12"), period="2016Q2", progress="无变化原因：旧因\n培训12期。", is_unchanged=True
    )
    reason = "已完成主要工作，待验收"
    as_lead.post(url, action="draft", percent="80", unchanged=reason)
    assert as_lead.get(url).values()["unchanged"] == reason
    as_lead.post(url, action="submit", percent="80", unchanged=reason)
    assert ProgressReport.objects.latest("pk").progress == f"无变化原因：{reason}\n培训12期。"


def test_who_is_still_behind_finds_the_last_reason_there(as_lead, url, lead):
    accepted_report(lead, 20, at=moment("2016-07-12"), period="2016Q2", delay_reason="缺设备，10月到货。")
    assert as_lead.get(url).values()["delay_reason"].strip() == "缺设备，10月到货。"


def test_going_back_behind_the_last_percentage_needs_a_reason_at_its_field(as_lead, url, lead):
    accepted_report(lead, 85, at=moment("2016-07-12"), period="2016Q2")
    assert as_lead.get(url).all("//details[not(@open)][.//textarea[@name='lower_reason']]")
    page = as_lead.post(url, 422, **WHOLE)
    assert page.errors == {"lower_reason": "80%低于上次通过的85%，请写明回调原因。"}
    field = page.one("//textarea[@name='lower_reason']")
    described = [page.text(f"//*[@id='{key}']") for key in field.get("aria-describedby").split()]
    assert page.errors["lower_reason"] in described
    as_lead.post(url, **WHOLE, lower_reason="重新核算")
    assert ProgressReport.objects.latest("pk").lower_reason == "重新核算"


def test_of_a_locked_period_the_card_says_so_and_keeps_what_was_typed(as_lead, url, period):
    lock(period, at=moment("2016-10-11"))
    page = as_lead.post(url, 422, **WHOLE)
    assert "锁定" in page.errors[""]
    assert page.values()["progress"].strip() == WHOLE["progress"]
    page = as_lead.post(url, 422, headers=HTMX, **WHOLE | {"action": "autosave"})
    assert "锁定" in page.source


# ── two at once ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("action", ["draft", "submit"])
def test_a_stale_form_is_refused_with_both_versions_side_by_side(as_lead, as_colleague, url, action):
    mine = sent(as_lead.get(url), percent="80", progress="我写的12件事")
    as_colleague.post(url, **sent(as_colleague.get(url), action="draft", percent="70", progress="同事写的7件事"))
    page = as_lead.post(url, 409, **mine | {"action": action})
    conflict = "//section[@class='conflict']"
    assert "同事10月12日 18:00已保存草稿" in page.text(f"{conflict}/p[contains(@class, 'note')]")
    rows = {row[0]: row[1:] for row in page.rows(f"{conflict}//tbody/tr")}
    assert rows["本期进展 不同"] == ["同事写的7件事", "我写的12件事"]
    assert rows["进度 不同"] == ["70%", "80%"]
    assert ReportDraft.objects.get().progress == "同事写的7件事"
    assert ProgressReport.objects.count() == 0
    assert page.text(f"{conflict}//button") == "以我的为准"

    as_lead.post(url, **sent(page, action=page.one(f"{conflict}//button").get("value")))
    kept = ProgressReport if action == "submit" else ReportDraft
    assert kept.objects.get().progress == "我写的12件事"


def test_one_may_leave_what_the_other_wrote(as_lead, as_colleague, url):
    mine = sent(as_lead.get(url), progress="我写的")
    as_colleague.post(url, **sent(as_colleague.get(url), action="draft", progress="同事写的"))
    page = as_lead.post(url, 409, **mine | {"action": "draft"})
    theirs = as_lead.get(page.link("以对方的为准").url)
    assert theirs.values()["progress"].strip() == "同事写的"


def test_a_report_that_was_filed_meanwhile_is_shown_and_not_filed_twice(as_lead, as_colleague, url):
    mine = sent(as_lead.get(url), percent="80", progress="我写的12件事")
    as_colleague.post(url, **sent(as_colleague.get(url), action="submit", percent="70", progress="同事报的7件事"))
    page = as_lead.post(url, 409, headers=HTMX, **mine | {"action": "submit"})
    assert page.source.lstrip().startswith("<form")
    assert "已报送" in page.text("//section[@class='conflict']")
    assert next(row[1:] for row in page.rows("//section[@class='conflict']//tbody/tr")) == [
        "同事报的7件事",
        "我写的12件事",
    ]
    assert ProgressReport.objects.count() == 1
    as_lead.post(url, **page.values("//form") | {"action": "submit"})
    assert ProgressReport.objects.count() == 2


def test_an_error_does_not_hide_that_the_form_is_stale(as_lead, as_colleague, url):
    """The form that comes back with an error is still made from what its writer saw."""
    mine = sent(as_lead.get(url), percent="101", progress="我写的12件事")
    as_colleague.post(url, action="draft", progress="同事写的")
    page = as_lead.post(url, 422, **mine | {"action": "submit"})
    as_lead.post(url, 409, **sent(page, percent="80", action="submit"))


def test_pressing_twice_files_once(as_lead, url):
    form = sent(as_lead.get(url), **WHOLE)
    as_lead.post(url, **form)
    as_lead.post(url, **form)
    assert ProgressReport.objects.count() == 1


# ── the next card ────────────────────────────────────────────────────────────────────────────────────────────────


def test_after_filing_on_the_page_of_all_the_next_card_gets_the_focus(as_lead, url, plan, lead, lead_agency):
    second, third = (make_assignment(make_item(plan), lead_agency) for _ in range(2))
    page = as_lead.get("/my/")
    form = page.values(f"//form[@id='r{lead.pk}-2016Q3']")
    assert form["shown"].split() == [f"{a.pk}-2016Q3" for a in (lead, second, third)]
    answer = as_lead.post(url, 200, headers=ON_MY_PAGE, **form | WHOLE)
    assert answer.text("//p[@role='status']") == "（1）已报送，等待审核。"
    focused = answer.one("//*[@autofocus]")
    assert (focused.tag, focused.get("id")) == ("h3", f"r{second.pk}-2016Q3-t")
    assert "1 / 3" in answer.text("//div[@id='due']")
    assert "（1）" in answer.text("//div[@id='filed-list']")


def test_after_the_last_card_the_one_left_above_is_next_and_then_none(as_lead, url, plan, lead, lead_agency):
    second = make_assignment(make_item(plan), lead_agency)
    form = as_lead.get("/my/").values(f"//form[@id='r{second.pk}-2016Q3']")
    answer = as_lead.post(f"/my/{second.pk}/", 200, headers=ON_MY_PAGE, **form | WHOLE)
    assert answer.one("//*[@autofocus]").get("id") == f"r{lead.pk}-2016Q3-t"
    answer = as_lead.post(url, 200, headers=ON_MY_PAGE, **form | WHOLE | {"basis": "0-0"})
    assert answer.one("//*[@autofocus]").get("role") == "status"


def test_the_keys_go_from_the_text_to_the_percentage_to_the_readings_to_the_buttons(as_lead, url, lead):
    brands = make_indicator(lead.item, "安徽名牌")
    accepted_report(lead, 60, at=moment("2016-07-12"), period="2016Q2")
    controls = as_lead.get(url).all("//form[contains(@class, 'report')]//*[@name and not(@type='hidden')]")
    names = [control.get("value") if control.tag == "button" else control.get("name") for control in controls]
    assert names[:4] == ["progress", "percent", f"reading_{brands.pk}", "unchanged"]
    buttons = [control.get("value") for control in controls if control.tag == "button"]
    assert buttons == ["submit", "draft", "unchanged"]  # Enter presses the first


# ── the head's consent ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def as_head(lead_agency, approver):
    lead_agency.requires_consent = True
    lead_agency.save()
    return Visitor(approver)


def test_a_report_goes_to_the_head_and_from_there_to_the_coordinators(as_lead, as_head, as_coordinator, url, lead):
    page = as_lead.post_and_follow(url, **sent(as_lead.get(url), **WHOLE))
    assert page.messages == ["（1）已送单位负责人审签。"]
    assert "商务联络员已送单位负责人审签" in page.text("//form[contains(@class, 'report')]")
    assert not page.all("//form[contains(@class, 'report')]//textarea")
    assert "待审签1" in page.text("//div[@class='due']")
    assert "举办培训12期" not in as_coordinator.get(lead.item.get_absolute_url()).main

    page = as_head.get("/my/")
    form = "//form[contains(@class, 'report')]"
    assert "商务联络员10月12日18:00送审签" in page.text(form)
    assert page.texts(f"{form}//button") == ["同意报送", "存草稿", "退回联络员"]
    as_head.post(url, **page.values(form) | {"action": "submit"})
    report = ProgressReport.objects.get()
    assert (report.recorded_by, report.prepared_by) == (as_head.user, as_lead.user)


def test_the_head_returns_it_with_a_comment(as_lead, as_head, url):
    as_lead.post(url, **WHOLE)
    form = "//form[contains(@class, 'report')]"
    page = as_head.get("/my/")
    refused = as_head.post(url, 422, **page.values(form) | {"action": "return"})
    assert refused.errors == {"returned_comment": "请写明修改意见，供联络员修改。"}
    as_head.post(url, **page.values(form) | {"action": "return", "returned_comment": "请补数据"})
    page = as_lead.get("/my/")
    assert "审签退回：请补数据" in page.text(form)
    assert page.values(form)["progress"].strip() == WHOLE["progress"]
    assert page.texts(f"{form}//button") == ["送审签", "存草稿"]


def test_the_liaison_takes_it_back(as_lead, as_head, url):
    as_lead.post(url, **WHOLE)
    form = "//form[contains(@class, 'report')]"
    page = as_lead.get("/my/")
    assert page.texts(f"{form}//button") == ["取回修改"]
    page = as_lead.post(url, 200, headers=HTMX, **page.values(form) | {"action": "take_back"})
    assert page.values("//form")["progress"].strip() == WHOLE["progress"]
    assert ReportDraft.objects.get().handed_in_at is None


def test_what_lies_with_the_head_can_be_seen_at_its_own_address_too(as_lead, as_head, url):
    as_lead.post(url, **WHOLE)
    assert "已送单位负责人审签" in as_lead.get(url).main
    page = as_lead.post(url, 422, action="draft", progress="改")
    assert page.errors == {"": "已送单位负责人审签，修改请先取回。"}
    assert page.values()["progress"].strip() == "改"


def test_taking_back_what_the_head_has_filed_meanwhile_changes_nothing(as_lead, as_head, url):
    as_lead.post(url, **WHOLE)
    form = as_lead.get(url).values()
    as_head.post(url, **WHOLE)
    page = as_lead.post(url, 409, **form | {"action": "take_back"})
    assert "本单位已有人保存或报送了这份报告" in page.text("//form[contains(@class, 'report')]")
    assert ProgressReport.objects.count() == 1


def test_only_the_head_returns_what_was_handed_in(as_lead, as_colleague, as_head, url):
    as_lead.post(url, **WHOLE)
    as_colleague.post(url, 403, action="return", percent="80", returned_comment="改")
    assert ReportDraft.objects.get().handed_in_at is not None


def test_a_head_may_file_directly(as_head, url):
    as_head.post(url, **WHOLE)
    assert ProgressReport.objects.get().prepared_by is None


def test_the_administrator_switches_consent_on(visitor, administrator, lead_agency):
    page = visitor(administrator).get(f"/admin/agencies/agency/{lead_agency.pk}/change/")
    assert page.all("//input[@name='requires_consent']")


# ── the end of a session ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def typist(as_lead):
    """With a session in the database, as it is in the product: there it can end."""
    as_lead.client = Client()
    as_lead.client.force_login(as_lead.user)
    return as_lead


def expire():
    Session.objects.all().delete()


def sign_in_again(visitor, user):
    """By the sign-in page, as people do: the session of the visitor who is not signed in goes along."""
    user.set_password("zhiliang-2016")
    user.save()
    data = {"username": user.username, "password": "zhiliang-2016", "next": "/"}
    response = visitor.client.post("/accounts/login/", data)
    assert response.status_code == 302


@pytest.mark.parametrize("action", ["draft", "submit"])
def test_what_is_sent_after_the_session_has_ended_is_there_again_after_sign_in(typist, url, action):
    form = sent(typist.get(url), percent="80", progress="写了一小时的12件事", action=action)
    expire()
    assert typist.post(url, **form).response.url == f"/accounts/login/?next={url}"
    sign_in_again(typist, typist.user)
    page = typist.get(url)
    assert page.values()["progress"].strip() == "写了一小时的12件事"
    assert "登录已过期时填写的内容已恢复，尚未保存" in page.main
    assert not ReportDraft.objects.exists()
    typist.post(url, **sent(page, action="draft"))
    assert ReportDraft.objects.get().progress == "写了一小时的12件事"
    assert "已恢复" not in typist.get(url).main


def test_it_is_shown_to_nobody_else(typist, as_colleague, url):
    form = sent(typist.get(url), progress="写了一小时的12件事", action="draft")
    expire()
    typist.post(url, **form)
    sign_in_again(typist, as_colleague.user)
    assert "写了一小时" not in typist.get(url).main


def test_what_a_colleague_saved_meanwhile_is_not_overwritten_by_it(typist, as_colleague, url):
    form = sent(typist.get(url), progress="我写的12件事", action="draft")
    as_colleague.post(url, action="draft", progress="同事写的")
    expire()
    typist.post(url, **form)
    sign_in_again(typist, typist.user)
    typist.post(url, 409, **sent(typist.get(url), action="draft"))


def test_nothing_large_and_nothing_empty_is_kept_for_nobody(typist, url):
    expire()
    for typed in ({"progress": "长" * 70_000}, {"progress": ""}):
        typist.post(url, **typed)
        assert "typed" not in typist.client.session


def test_a_page_that_htmx_keeps_alive_stays_and_says_so(typist, url):
    expire()
    page = typist.post(url, 401, headers=HTMX, action="autosave", progress="字")
    assert "登录已过期，请在新窗口登录后继续，所填内容仍在本页。" in page.text("//p")
    assert page.response.headers["HX-Retarget"] == "#session"
    assert page.response.headers["HX-Reselect"] == "unset"  # whatever part of an answer the page wanted
    assert page.one("//a").get("target") == "_blank"
    assert "typed" not in typist.client.session


def test_after_sign_in_in_a_second_window_the_page_gets_the_new_token(lead_liaison, url):
    client = Client(enforce_csrf_checks=True)
    client.force_login(lead_liaison)
    form = Page(client.get(url), url).values()
    stale = {**form, "csrfmiddlewaretoken": "x" * 64, "action": "autosave", "progress": "字12"}
    answer = client.post(url, stale, headers=HTMX)
    assert answer.status_code == 401
    token = Page(answer, url).one("//input[@name='csrfmiddlewaretoken']")
    assert token.get("hx-swap-oob") == "outerHTML:[name=csrfmiddlewaretoken]"
    fresh = {**stale, "csrfmiddlewaretoken": token.get("value")}
    assert client.post(url, fresh, headers=HTMX).status_code == 200
    assert ReportDraft.objects.get().progress == "字12"


def test_what_was_sent_back_is_in_the_form_with_its_reasons(as_lead, url, lead):
    review(file_report(lead, 40, at=moment("2016-10-08"), delay_reason="缺设备", lower_reason="核算"), SENT_BACK)
    values = as_lead.get(url).values()
    assert (values["delay_reason"].strip(), values["lower_reason"].strip()) == ("缺设备", "核算")
