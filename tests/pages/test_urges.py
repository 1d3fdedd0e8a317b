"""催办 in the browser: choosing what to urge, the lists of both sides, the answer, and the printed slip."""

import io
from datetime import date

import pytest
from docx import Document

from tasks.models import Urge, UrgeReply
from tests.support.factories import (
    accepted_report,
    answer,
    file_report,
    lock,
    make_assignment,
    make_item,
    make_period,
    make_urge,
    moment,
    review,
    revise,
    waive,
)

SENT = moment("2016-10-10 10:00")


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def urge(lead, coordinator):
    return make_urge(lead, by=coordinator, at=SENT)


@pytest.fixture
def second(plan):
    """The third quarter, after one in which agencies could have reported: who is behind is yellow."""
    make_period(plan, "2016Q2")
    return make_period(plan, "2016Q3")


def test_the_form_comes_filled_in_with_a_working_day_and_the_usual_words(as_coordinator, lead):
    page = as_coordinator.get(f"/urges/new/?assignment={lead.pk}")
    assert page.one("//input[@name='reply_by']").get("value") == "2016-10-19"
    assert "滞后原因" in page.text("//textarea[@name='text']")
    assert page.one("//input[@name='assignment']").get("checked") is not None


def test_of_a_plan_only_what_is_red_or_yellow_is_offered_and_ticked(as_coordinator, plan, lead, other_agency, second):
    good = make_assignment(make_item(plan), other_agency)
    accepted_report(good, percent=90, at=SENT)
    page = as_coordinator.get(f"/urges/new/?plan={plan.slug}")
    assert [box.get("value") for box in page.all("//input[@name='assignment']")] == [str(lead.pk)]


def test_of_an_agency_all_leads_are_offered_and_the_pressing_ones_ticked(
    as_coordinator, plan, lead, lead_agency, second
):
    good = make_assignment(make_item(plan), lead_agency)
    accepted_report(good, percent=90, at=SENT)
    page = as_coordinator.get(f"/urges/new/?plan={plan.slug}&agency={lead_agency.pk}")
    ticked = {box.get("value"): box.get("checked") is not None for box in page.all("//input[@name='assignment']")}
    assert ticked == {str(lead.pk): True, str(good.pk): False}


def test_two_agencies_are_urged_at_once_and_each_gets_its_own(as_coordinator, as_lead, plan, lead, other_agency):
    other = make_assignment(make_item(plan), other_agency)
    said = {"assignment": [lead.pk, other.pk], "text": "请抓紧。", "reply_by": "2016-10-19"}
    page = as_coordinator.post_and_follow(f"/urges/new/?assignment={lead.pk}&assignment={other.pk}", **said)
    assert "已发出督催〔2016〕1号、督催〔2016〕2号，共2个单位。" in page.main
    assert [row[1] for row in page.rows("//section[@id='rows']//tbody/tr")] == ["省商务厅", "省水利厅"]
    assert [row[0] for row in as_lead.get("/urges/").rows("//section[@id='rows']//tbody/tr")] == ["督催〔2016〕1号"]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"assignment": []}, "请选择要催办的任务。"),
        ({"text": ""}, "请写明催办内容。"),
        ({"reply_by": ""}, "请填写答复期限。"),
        ({"reply_by": "2016-10-15"}, "2016-10-15不是工作日，请另选一天。"),
        ({"assignment": ["99999999"]}, "所选任务已经不能催办，请重新选择。"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_sent(as_coordinator, lead, changed, message):
    said = {"assignment": [lead.pk], "text": "请抓紧。", "reply_by": "2016-10-19", **changed}
    page = as_coordinator.post(f"/urges/new/?assignment={lead.pk}", 422, **said)
    assert message in page.main
    assert not Urge.objects.exists()


def test_an_address_with_nonsense_leads_nowhere(as_coordinator):
    as_coordinator.get("/urges/new/?assignment=x", 404)
    as_coordinator.get("/urges/?turn=x", 404)


def test_the_agency_answers_on_the_page_of_the_urge(as_lead, as_coordinator, urge):
    page = as_lead.post_and_follow(f"/urges/{urge.pk}/", text="已完成八成，月底办结。")
    assert "已答复" in page.main
    assert UrgeReply.objects.get().text == "已完成八成，月底办结。"
    assert "已完成八成，月底办结。" in as_coordinator.get(f"/urges/{urge.pk}/").main


def test_an_empty_answer_is_refused_at_the_field(as_lead, urge):
    assert "请填写答复。" in as_lead.post(f"/urges/{urge.pk}/", 422, text="").main


def test_a_second_answer_is_told_that_there_is_one_and_keeps_the_first(as_lead, urge):
    as_lead.post(f"/urges/{urge.pk}/", text="先答。")
    page = as_lead.post(f"/urges/{urge.pk}/", 422, text="后答。")
    assert "该催办已经答复，未作改动。" in page.main
    assert "先答。" in page.main


def test_another_agency_does_not_see_it_and_leaders_only_read(as_other, as_leader, urge):
    as_other.get(f"/urges/{urge.pk}/", 404)
    assert "没有等待答复的催办" in as_other.get("/urges/").main
    assert not as_leader.get(f"/urges/{urge.pk}/").all("//textarea")
    as_leader.post(f"/urges/{urge.pk}/", 403, text="代答。")


def test_an_agency_that_nobody_signs_in_for_is_said_when_it_is_urged(as_coordinator, lead, lead_liaison):
    address = f"/urges/new/?assignment={lead.pk}"
    asked = {"assignment": [lead.pk], "text": "请抓紧。", "reply_by": "2016-10-19"}
    page = as_coordinator.post_and_follow(address, **asked)
    assert page.messages == ["已发出督催〔2016〕1号，共1个单位。"]
    lead.agency.users.update(is_active=False)
    page = as_coordinator.post_and_follow(address, **asked)
    assert page.messages[1] == "省商务厅没有在用账号，收不到消息，请打印催办单另行送达。"


def test_only_the_agency_answers_also_once_it_has_answered(as_coordinator, as_leader, as_lead, urge):
    for visitor in (as_coordinator, as_leader):
        visitor.post(f"/urges/{urge.pk}/", 403, text="代答。")
    as_lead.post(f"/urges/{urge.pk}/", text="已整改。")
    for visitor in (as_coordinator, as_leader):
        visitor.post(f"/urges/{urge.pk}/", 403, text="代答。")


def test_a_late_answer_is_told_as_late(as_coordinator, lead, coordinator):
    late = make_urge(lead, by=coordinator, at=moment("2016-09-20"), reply_by=date(2016, 9, 26))
    assert "超期16天未答复" in as_coordinator.get(f"/urges/{late.pk}/").main
    turns = as_coordinator.get("/urges/").texts("//nav[@aria-label='办理情况']/a")
    assert turns == ["待答复 1", "超期未答复 1", "已答复 0", "全部 1"]


def test_on_a_past_day_the_list_knows_nothing_of_what_came_later(as_coordinator, urge):
    assert "还没有发出过催办" in as_coordinator.get("/urges/?turn=all&as_of=2016-10-09").main
    as_coordinator.get(f"/urges/{urge.pk}/?as_of=2016-10-09", 404)


def test_the_slip_shows_the_task_as_it_stood_when_it_was_urged(as_coordinator, settings, lead, urge):
    accepted_report(lead, percent=95, at=moment("2016-10-11"))
    settings.SITE_URL = "https://qa.example.gov.cn"
    page = as_coordinator.get(f"/urges/{urge.pk}/slip/")
    assert "第一部分（1）任务1：尚无通过的报告，序时63%，完成时限2016年12月31日" in page.text("//article")
    assert f"https://qa.example.gov.cn/urges/{urge.pk}/" in page.text("//article")
    assert page.all("//article//*[name()='svg']")


def test_the_slip_says_where_the_date_comes_from(as_coordinator, lead):
    inferred = make_urge(lead, at=SENT)
    assert "完成时限2016年12月31日（推定）" in as_coordinator.get(f"/urges/{inferred.pk}/slip/").text("//article")
    revise(lead.item, date(2016, 11, 30), at=moment("2016-10-11"), due_words="11月底前")
    written = make_urge(lead, at=moment("2016-10-12 10:00"))
    page = as_coordinator.get(f"/urges/{written.pk}/slip/")
    assert "完成时限2016年11月30日（公文载明“11月底前”）" in page.text("//article")


def test_what_an_agency_writes_stays_text(as_lead, urge):
    page = as_lead.post_and_follow(f"/urges/{urge.pk}/", text="<script>alert(1)</script>")
    assert not page.all("//main//script")


def test_the_task_s_page_offers_to_urge_to_coordinators_alone(as_coordinator, as_lead, lead):
    url = lead.item.get_absolute_url()
    assert f"/urges/new/?assignment={lead.pk}" in [link.url for link in as_coordinator.get(url).links()]
    assert not [link for link in as_lead.get(url).links() if link.url.startswith("/urges/new/")]


def test_urge_and_answer_are_on_the_task_s_line_of_time(as_coordinator, as_other, lead, lead_liaison, urge):
    answer(urge, at=moment("2016-10-11"), text="月底办结。", by=lead_liaison)
    told = as_coordinator.get(lead.item.get_absolute_url()).text("//ol[@class='line']")
    assert f"督催〔2016〕{urge.number}号：省商务厅，2016-10-14前答复" in told
    assert "请抓紧办理并书面答复。" in told
    assert f"省商务厅答复督催〔2016〕{urge.number}号" in told
    assert "月底办结。" in told
    assert "月底办结。" not in as_other.get(lead.item.get_absolute_url()).text("//ol[@class='line']")


# ── 催办单 ───────────────────────────────────────────────────────────────────────────────────────────────────────


def slip_of(page):
    return "".join(page.text("//article").split())


def test_a_slip_has_what_an_official_letter_has_and_its_date_once(as_coordinator, settings, urge):
    settings.URGE_SIGNER, settings.URGE_PHONE, settings.URGE_PREFIX = "张三", "0551-12345678", "皖质督"
    slip = slip_of(as_coordinator.get(f"/urges/{urge.pk}/slip/"))
    for words in (
        f"皖质督〔2016〕{urge.number}号",
        "签发人：张三",
        "主送：省商务厅",
        "2016年10月14日（含当日）",
        "省质量工作领导小组办公室（盖章）2016年10月10日",
        "抄送：省质量工作领导小组",
        "联系人：统筹员电话：0551-12345678",
    ):
        assert words in slip, words
    assert slip.count("2016年10月10日") == 1


def test_a_slip_names_the_report_that_is_owed_until_it_is_filed(as_coordinator, lead, coordinator, second, urge):
    asked = "请于2016年10月14日（含当日）前报送三季度进展报告。"
    assert asked in slip_of(as_coordinator.get(f"/urges/{urge.pk}/slip/"))
    file_report(lead, 30, at=moment("2016-10-11"))
    later = make_urge(lead, by=coordinator, at=moment("2016-10-11 15:00"))
    said = slip_of(as_coordinator.get(f"/urges/{later.pk}/slip/"))
    assert "三季度进展报告已报送，待审。" in said
    assert "请于" not in said
    assert asked in slip_of(as_coordinator.get(f"/urges/{urge.pk}/slip/"))


def test_a_slip_after_the_due_date_or_a_refusal_says_so(as_coordinator, settings, lead, coordinator, second):
    settings.QA_PLAN_TODAY = date(2016, 10, 18)
    review(file_report(lead, 30, at=SENT), "sent_back", at=moment("2016-10-11"))
    early = make_urge(lead, by=coordinator, at=moment("2016-10-12"))
    late = make_urge(lead, by=coordinator, at=moment("2016-10-17"))
    assert "前重新报送三季度进展报告。" in slip_of(as_coordinator.get(f"/urges/{early.pk}/slip/"))
    said = slip_of(as_coordinator.get(f"/urges/{late.pk}/slip/"))
    assert "三季度进展报告应于2016年10月14日（含当日）前报送，退回后尚未重报，请抓紧报送。" in said


def test_no_slip_asks_for_a_report_in_a_locked_period_or_of_who_is_excused(as_coordinator, lead, coordinator, second):
    waived = make_assignment(make_item(lead.item.plan), lead.agency)
    waive(waived, at=SENT)
    excused = make_urge(waived, by=coordinator, at=moment("2016-10-11"))
    said = slip_of(as_coordinator.get(f"/urges/{excused.pk}/slip/"))
    assert "三季度进展报告免报。" in said
    assert "请于" not in said
    lock(second, at=moment("2016-10-11"))
    locked = make_urge(lead, by=coordinator, at=moment("2016-10-12"))
    assert "进展报告" not in slip_of(as_coordinator.get(f"/urges/{locked.pk}/slip/"))


@pytest.mark.parametrize("site", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_no_slip_sends_anybody_to_an_address_of_this_machine(as_coordinator, settings, urge, site):
    settings.SITE_URL = site
    page = as_coordinator.get(f"/urges/{urge.pk}/slip/")
    assert not page.all("//article//*[name()='svg']")
    assert "扫码" not in page.text("//article")


def test_several_slips_are_one_print_and_one_file(as_coordinator, as_lead, plan, lead, other_agency, coordinator, urge):
    other = make_assignment(make_item(plan), other_agency)
    second = make_urge(other, by=coordinator, at=moment("2016-10-11"))
    address = f"/urges/slips/?id={second.pk}&id={urge.pk}"
    page = as_coordinator.get(address)
    assert [" ".join(text.split()) for text in page.texts("//p[@class='slip-to']")] == [
        "主送：省商务厅",
        "主送：省水利厅",
    ]
    [word] = [link.url for link in page.links() if "slips.docx" in link.url]
    content = as_coordinator.client.get(word).content
    document = Document(io.BytesIO(content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert [line for line in lines if line.startswith("主送")] == ["主送：省商务厅", "主送：省水利厅"]
    assert sum(paragraph.paragraph_format.page_break_before is True for paragraph in document.paragraphs) == 1
    assert [[round(column.width.mm) for column in table.columns] for table in document.tables] == [[30, 126]] * 2
    assert as_coordinator.client.get(word).content == content
    as_lead.get(address, 404)


@pytest.mark.parametrize("address", ["/urges/slips/", "/urges/slips.docx"])
def test_where_no_urge_is_chosen_the_slips_lead_to_the_list(as_coordinator, address):
    assert as_coordinator.get(address, 302).response.url == "/urges/"


@pytest.mark.parametrize("query", ["?id=x", "?id=999999", f"?{'&'.join(f'id={n}' for n in range(201))}"])
def test_an_address_of_no_slips_or_too_many_leads_nowhere(as_coordinator, urge, query):
    as_coordinator.get(f"/urges/slips/{query}", 404)
    as_coordinator.get(f"/urges/slips.docx{query}", 404)
