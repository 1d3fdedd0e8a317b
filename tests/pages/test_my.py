"""我的填报: what an agency has to do now, and how it says what it has done."""

from datetime import date
from decimal import Decimal

import pytest

from tasks.models import IndicatorReading, ProgressReport, ReportDraft
from tests.support.factories import (
    SENT_BACK,
    accepted_report,
    close,
    file_report,
    make_assignment,
    make_draft,
    make_indicator,
    make_item,
    make_period,
    make_plan,
    moment,
    review,
    revise,
    withdraw,
)

TODAY = date(2016, 10, 12)
HTMX = {"HX-Request": "true"}
WHOLE = {"action": "submit", "percent": "80", "progress": "举办培训12期。"}


@pytest.fixture(autouse=True)
def october(settings):
    """Two working days before the reports of the third quarter are due."""
    settings.QA_PLAN_TODAY = TODAY


def form_url(assignment):
    return f"/my/{assignment.pk}/"


def cards(page):
    """The titles of the forms on the page, in order."""
    return [title.split("（", 1)[-1] for title in page.texts("//form[contains(@class, 'report')]//h3")]


# ── what to do now ───────────────────────────────────────────────────────────────────────────────────────────────


def test_it_counts_the_working_days_and_the_reports_that_are_left(demo_zhijian):
    page = demo_zhijian.get("/my/")
    assert page.title == "省质监局 · 2016年三季度进展填报"
    assert "2个工作日10月14日（周五）截止" in page.text("//div[@class='due']")
    seats = page.texts("//ul[@class='seats']/li/a")
    filed = [seat for seat in seats if seat[-1] in "✓审"]
    assert len(filed) + len(cards(page)) == len(seats) > 10
    assert f"{len(filed)} / {len(seats)}已报 / 应报" in page.text("//div[@class='due']")


def test_what_was_sent_back_comes_first_then_the_worst_light(demo_zhijian):
    page = demo_zhijian.get("/my/")
    forms = page.all("//form[contains(@class, 'report')]")
    assert cards(page)[0].startswith("十五）")
    assert "back" in forms[0].get("class")
    order = ["红 逾期", "黄 滞后", "蓝 临期", "绿 正常"]
    lights = page.texts("//form[contains(@class, 'report')]/header/span[contains(@class, 'light')]")[1:]
    assert lights == sorted(lights, key=order.index)


def test_the_comment_of_what_was_sent_back_stands_in_its_form_with_what_was_written(demo_zhijian, demo_assignment):
    assignment = demo_assignment(15, "省质监局")
    sent_back = ProgressReport.objects.filter(assignment=assignment).latest("pk")
    page = demo_zhijian.get("/my/")
    form = f"//form[@id='r{assignment.pk}-2016Q3']"
    assert sent_back.reviews.get().comment in page.text(f"{form}//p[@class='note back']")
    assert page.values(form)["progress"].strip() == sent_back.progress
    assert page.values(form)["percent"] == str(sent_back.percent)


def test_a_draft_is_there_again_as_it_was_left(demo_zhijian, demo_assignment):
    assignment = demo_assignment(2, "省质监局")
    form = f"//form[@id='r{assignment.pk}-2016Q3']"
    page = demo_zhijian.get("/my/")
    assert page.values(form)["percent"] == "72"
    assert page.values(form)["progress"].startswith("推广卓越绩效")
    assert "草稿" in page.text(f"{form}/header")


def test_the_last_accepted_text_and_percentage_stand_beside_the_form(as_lead, lead, period):
    accepted_report(lead, 55, at=moment("2016-07-12"), period="2016Q2", progress="上次的进展。")
    page = as_lead.get("/my/")
    assert "上次的进展。" in page.text("//div[@class='last']")
    assert page.values("//form[contains(@class, 'report')]")["percent"] == "55"


def test_what_needs_no_report_has_no_form_but_is_listed(as_lead, plan, lead, lead_agency, period):
    finished = make_assignment(make_item(plan), lead_agency)
    filed = make_assignment(make_item(plan), lead_agency)
    close(finished, at=moment("2016-09-10"))
    file_report(filed, 70, at=moment("2016-10-10"))
    page = as_lead.get("/my/")
    assert len(cards(page)) == 1
    listed = page.rows("//section[@id='filed']//tbody/tr")
    assert [row[5] for row in listed] == ["已办结", "待审 报70% 查看 重新报送"]
    assert "1 / 2" in page.text("//div[@class='due']")


def test_assisting_tasks_may_be_reported_and_owe_nothing(as_assisting, assist, period):
    page = as_assisting.get("/my/")
    assert cards(page) == []
    assert page.link("填报").url == form_url(assist)
    assert "协助任务1项，可自愿报送，不作要求" in page.main


def test_without_an_open_period_there_is_nothing_to_file(as_lead, lead):
    page = as_lead.get("/my/")
    assert page.title == "省商务厅 · 我的任务"
    assert "当前没有开放的报告期" in page.main
    assert cards(page) == []


def test_when_all_is_filed_it_says_so(as_lead, lead, period):
    file_report(lead, 80, at=moment("2016-10-10"))
    assert "本期应报的报告已全部报送" in as_lead.get("/my/").main


def test_after_the_due_date_it_says_how_late_it_is_and_still_takes_reports(as_lead, lead, period, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 20)
    page = as_lead.get("/my/")
    assert "6天已过报送截止日10月14日，仍可补报" in page.main
    as_lead.post(form_url(lead), **WHOLE)
    assert ProgressReport.objects.count() == 1


def test_an_agency_without_tasks_is_told_so_and_no_other(as_other, as_lead, lead, period):
    assert "省水利厅目前没有承担任务" in as_other.get("/my/").main
    assert "没有承担任务" not in as_lead.get("/my/").main


def test_duties_of_several_plans_are_on_one_page(as_lead, lead, lead_agency, period):
    other = make_plan(title="某省人民政府关于印发2016年另一计划的通知")
    make_assignment(make_item(other), lead_agency)
    make_period(other, "2016Q3")
    page = as_lead.get("/my/")
    assert len(cards(page)) == 2
    for each in (lead.item.plan, other):  # two items may bear the same label
        assert len(page.all(f"//form[@class='report']/header/span[.='{each}']")) == 1
        assert len(page.all(f"//form[@id='receipts']//td/small[.='{each}']")) == 1


def test_a_card_that_named_its_plan_names_it_again(as_lead, lead, period):
    url, sent = f"/my/{lead.pk}/", {"action": "draft", "progress": "进展。", "period": "2016Q3"}
    plan = lead.item.plan.document_number
    assert plan in as_lead.post(url, 200, headers=HTMX, names_plan="1", **sent).text("//header")
    assert plan not in as_lead.post(url, 200, headers=HTMX, **sent).text("//header")


def test_of_one_plan_none_is_named(as_lead, lead, period):
    assert lead.item.plan.document_number not in as_lead.get("/my/").main


def test_more_than_twenty_forms_are_on_several_pages(as_lead, plan, lead, lead_agency, period):
    for _ in range(21):
        make_assignment(make_item(plan), lead_agency)
    page = as_lead.get("/my/")
    assert len(cards(page)) == 20
    assert len(cards(as_lead.get(page.link("下一页").url))) == 2


def test_it_warns_against_classified_matter(as_lead, lead, period):
    for url in ("/my/", form_url(lead)):
        assert "本系统为非涉密系统，严禁录入涉密信息" in as_lead.get(url).main


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_draft_keeps_whatever_is_there(as_lead, lead, period):
    page = as_lead.post_and_follow(form_url(lead), action="draft", progress="才写了一半")
    assert page.messages == ["（1）草稿已保存。"]
    draft = ReportDraft.objects.get()
    assert (draft.percent, draft.progress, draft.saved_by) == (None, "才写了一半", as_lead.user)
    assert ProgressReport.objects.count() == 0


def test_without_a_button_it_is_kept_as_a_draft(as_lead, lead, period):
    """Enter in a field presses no button in some browsers: nothing may be filed by accident."""
    as_lead.post(form_url(lead), percent="80", progress="举办培训12期。")
    assert ReportDraft.objects.count() == 1
    assert ProgressReport.objects.count() == 0


def test_saving_again_replaces_the_draft(as_lead, lead, period):
    as_lead.post(form_url(lead), action="draft", percent="60", progress="一稿", problems="有")
    as_lead.post(form_url(lead), action="draft", percent="61", progress="二稿", problems="")
    draft = ReportDraft.objects.get()
    assert (draft.percent, draft.progress, draft.problems) == (61, "二稿", "")


def test_a_draft_with_what_makes_no_sense_is_not_kept_and_nothing_typed_is_lost(as_lead, lead, period):
    page = as_lead.post(form_url(lead), 422, action="draft", percent="很多", progress="写好的文字")
    assert page.errors == {"percent": "“很多”不是数字。"}
    assert page.values()["percent"] == "很多"
    assert page.values()["progress"].strip() == "写好的文字"
    assert not ReportDraft.objects.exists()


def test_a_draft_keeps_readings_too(as_lead, lead, period):
    brands = make_indicator(lead.item, "安徽名牌")
    as_lead.post(form_url(lead), action="draft", **{f"reading_{brands.pk}": "131.5"})
    page = as_lead.get(form_url(lead))
    assert page.values()[f"reading_{brands.pk}"] == "131.5"


def test_approvers_see_and_continue_the_draft_of_their_liaison(visitor, approver, lead_liaison, lead, period):
    make_draft(lead, by=lead_liaison, at=moment("2016-10-11"), progress="联络员写的")
    assert "联络员写的" in visitor(approver).get("/my/").main
    visitor(approver).post(form_url(lead), **WHOLE)
    assert ProgressReport.objects.get().recorded_by == approver


# ── filing ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_filed_is_stored_whole_and_waits(as_lead, lead, period):
    brands = make_indicator(lead.item, "安徽名牌")
    texts = {"progress": "举办培训12期。", "problems": "经费不足。", "next_steps": "年底验收。", "delay_reason": ""}
    page = as_lead.post_and_follow(
        form_url(lead), action="submit", percent="80", **texts, **{f"reading_{brands.pk}": "131"}
    )
    assert page.messages == ["（1）已报送，等待审核。"]
    report = ProgressReport.objects.get()
    assert {name: getattr(report, name) for name in texts} == texts
    assert (report.percent, report.period, report.recorded_by) == (80, period, as_lead.user)
    assert IndicatorReading.objects.get().value == Decimal(131)
    assert page.rows("//section[@id='filed']//tbody/tr")[0][5] == "待审 报80% 查看 重新报送"


def test_filing_takes_the_draft_away(as_lead, lead, period):
    as_lead.post(form_url(lead), action="draft", progress="草稿")
    as_lead.post(form_url(lead), **WHOLE)
    assert ReportDraft.objects.count() == 0


def test_filing_again_is_a_new_report_and_the_first_stays(as_lead, lead, period):
    as_lead.post(form_url(lead), **WHOLE)
    as_lead.post(form_url(lead), **{**WHOLE, "percent": "81"})
    assert list(ProgressReport.objects.order_by("pk").values_list("percent", flat=True)) == [80, 81]


UNFIT = [
    ({"percent": ""}, "percent", "请填写进度。"),
    ({"percent": "101"}, "percent", "进度应为0到100之间的整数。"),
    ({"percent": "-1"}, "percent", "进度应为0到100之间的整数。"),
    ({"percent": "60.5"}, "percent", "进度应为0到100之间的整数。"),
    ({"percent": "六十五"}, "percent", "“六十五”不是数字，请用阿拉伯数字填写，如65。"),
    ({"percent": "6 5"}, "percent", "分不清是一个数还是几个数"),
    ({"percent": "1,234"}, "percent", "进度应为0到100之间的整数。"),
    ({"progress": ""}, "progress", "请填写进展情况。"),
    ({"progress": "  \n "}, "progress", "请填写进展情况。"),
    ({"progress": "字" * 2001}, "progress", "2000"),
    ({"problems": "字" * 2001}, "problems", "2000"),
    ({"percent": "20"}, "delay_reason", "20%低于黄灯线53.8%，请写明原因和预计赶上的时间。"),
    ({"reading": "很多"}, "reading", "“很多”不是数字。"),
    ({"reading": "1,23"}, "reading", "逗号分不清"),
    ({"reading": "12.345"}, "reading", "累计值的小数不超过2位。"),
    ({"reading": "-1"}, "reading", "累计值不能小于0。"),
    ({"reading": "1e30"}, "reading", "“1e30”不是数字。"),
    ({"reading": "123456789012345"}, "reading", "数字过大"),
    ({"reading": "NaN"}, "reading", "“NaN”不是数字。"),
]


def test_what_cannot_be_filed_is_said_at_its_field_and_nothing_is_lost(as_lead, lead, period):
    name = f"reading_{make_indicator(lead.item).pk}"
    for changes, field, message in UNFIT:
        sent = {name if key == "reading" else key: value for key, value in {**WHOLE, **changes}.items()}
        page = as_lead.post(form_url(lead), 422, **sent)
        assert list(page.errors) == [name if field == "reading" else field], changes
        assert message in page.errors[name if field == "reading" else field], changes
        values = page.values()
        assert {key: values[key].strip() for key in sent if key != "action"} == {
            key: value.strip() for key, value in sent.items() if key != "action"
        }, changes
        assert ProgressReport.objects.count() == 0, changes


@pytest.mark.parametrize(("percent", "reading"), [("９０％", "１，２３４"), ("90", "1,234.50"), ("90.0", " 1234 ")])
def test_numbers_are_read_as_people_type_them(as_lead, lead, period, percent, reading):
    name = f"reading_{make_indicator(lead.item, unit='亿元').pk}"
    as_lead.post(form_url(lead), **{**WHOLE, "percent": percent, name: reading})
    assert ProgressReport.objects.get().percent == 90
    assert IndicatorReading.objects.get().value in (1234, Decimal("1234.5"))


def test_nothing_that_is_typed_is_cut_by_the_browser(as_lead, lead, period):
    assert as_lead.get(form_url(lead)).all("//main//*[@name='percent' or self::textarea][@maxlength]") == []


def test_the_limit_of_a_text_stands_beside_its_field_and_a_line_break_is_one_sign(as_lead, lead, period):
    field = as_lead.get(form_url(lead)).one("//p[label[text()='本期进展']]")
    assert field.findtext("span[@class='limit']") == "最多2000字"
    assert field.find("textarea").get("data-limit") == "2000"
    as_lead.post(form_url(lead), action="draft", progress="第一行\r\n" + "进" * 1996)
    assert ReportDraft.objects.get().progress == "第一行\n" + "进" * 1996
    page = as_lead.post(form_url(lead), 422, action="draft", progress="进" * 2001)
    assert page.errors == {"progress": "最多2000字，现有2001字，请压缩。"}


def test_a_field_with_an_error_points_to_its_message(as_lead, lead, period):
    page = as_lead.post(form_url(lead), 422, **{**WHOLE, "percent": "20"})
    field = page.one("//textarea[@name='delay_reason']")
    assert field.get("aria-invalid") == "true"
    assert page.text(f"//*[@id='{field.get('aria-describedby').split()[0]}']").startswith("20%低于黄灯线")
    assert page.all("//details[@open][.//textarea[@name='delay_reason']]")


def test_who_is_behind_and_says_why_may_file(as_lead, lead, period):
    as_lead.post(form_url(lead), **{**WHOLE, "percent": "20", "delay_reason": "设备到货晚，11月赶上。"})
    assert ProgressReport.objects.get().delay_reason == "设备到货晚，11月赶上。"


def test_the_line_below_which_a_reason_is_needed_is_shown(as_lead, lead, period):
    hint = as_lead.get(form_url(lead)).text("//input[@name='percent']/following-sibling::span")
    assert hint == "尚无通过的报告，序时63.8%，黄灯线53.8%"


def test_a_due_date_that_was_moved_stands_beside_the_original(as_lead, lead, period):
    revise(lead.item, date(2016, 10, 31), at=moment("2016-08-01"))
    assert "完成时限 2016-10-31（调整）（原2016-12-31推定）" in as_lead.get("/my/").main


def test_what_has_no_end_needs_no_reason(as_lead, lead, period):
    revise(lead.item, None, at=moment("2016-08-01"))
    as_lead.post(form_url(lead), **{**WHOLE, "percent": "1"})
    assert ProgressReport.objects.get().percent == 1


def test_without_change_the_last_text_and_readings_are_repeated(as_lead, lead, period):
    brands = make_indicator(lead.item, "安徽名牌")
    accepted_report(lead, 75, at=moment("2016-07-12"), period="2016Q2", progress="上次的进展。", readings={brands: 120})
    as_lead.post(form_url(lead), action="submit", percent="75", unchanged="按计划推进，未到下一节点", progress="")
    report = ProgressReport.objects.latest("pk")
    assert (report.progress, report.is_unchanged) == ("无变化原因：按计划推进，未到下一节点\n上次的进展。", True)
    assert report.readings.get().value == 120


def test_one_press_files_what_has_not_changed_for_the_usual_reason_or_for_the_one_that_is_chosen(as_lead, lead, period):
    accepted_report(lead, 75, at=moment("2016-07-12"), period="2016Q2", progress="上次的进展。")
    page = as_lead.get(form_url(lead))
    assert page.one("//button[@value='unchanged']").text == "本期无变化"
    assert page.one("(//form[contains(@class, 'report')]//button)[1]").get("value") == "submit"  # that Enter presses
    as_lead.post(form_url(lead), action="unchanged", percent="75", unchanged="", progress="")
    report = ProgressReport.objects.latest("pk")
    assert (report.progress, report.is_unchanged) == ("无变化原因：按计划推进，未到下一节点\n上次的进展。", True)
    as_lead.post(form_url(lead), action="unchanged", percent="75", unchanged="已完成主要工作，待验收", progress="")
    assert ProgressReport.objects.latest("pk").progress == "无变化原因：已完成主要工作，待验收\n上次的进展。"


def test_a_press_that_contradicts_what_is_typed_is_asked_about_with_its_reason_chosen(as_lead, lead, period):
    accepted_report(lead, 75, at=moment("2016-07-12"), period="2016Q2", progress="上次的进展。")
    page = as_lead.post(form_url(lead), 422, action="unchanged", percent="80", unchanged="", progress="")
    assert "选了“本期无变化”，但进度由上次的75%改为80%" in page.main
    assert page.one("//input[@name='unchanged'][@checked]").get("value") == "按计划推进，未到下一节点"
    assert page.all("//details[@open]//input[@name='unchanged']")


def test_without_an_earlier_report_there_is_nothing_to_repeat(as_lead, lead, period):
    assert not as_lead.get(form_url(lead)).all("//input[@name='unchanged'] | //button[@value='unchanged']")
    fields = {"percent": "75", "unchanged": "按计划推进，未到下一节点", "progress": ""}
    page = as_lead.post(form_url(lead), 422, action="submit", **fields)
    assert "progress" in page.errors


def test_readings_of_other_items_are_not_taken(as_lead, lead, plan, period):
    foreign = make_indicator(make_item(plan), "别项指标")
    as_lead.post(form_url(lead), **WHOLE, **{f"reading_{foreign.pk}": "5"})
    assert IndicatorReading.objects.count() == 0


def test_what_was_sent_back_can_be_filed_again(as_lead, lead, period):
    review(file_report(lead, 70, at=moment("2016-10-08")), SENT_BACK, comment="请附数据")
    as_lead.post(form_url(lead), **WHOLE)
    assert ProgressReport.objects.count() == 2
    assert cards(as_lead.get("/my/")) == []


# ── who, and when not ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("url", ["/my/", "assignment"])
@pytest.mark.parametrize("who", ["coordinator", "leader", "administrator"])
def test_only_agencies_file_reports(request, visitor, lead, period, who, url):
    someone = visitor(request.getfixturevalue(who))
    someone.get(form_url(lead) if url == "assignment" else url, 403)
    assert "我的填报" not in someone.get("/plans/").text("//header")


def test_another_agency_s_assignment_is_refused(as_other, lead, period):
    as_other.get(form_url(lead), 403)
    for action in ("draft", "submit"):
        as_other.post(form_url(lead), 403, **{**WHOLE, "action": action})
    assert (ProgressReport.objects.count(), ReportDraft.objects.count()) == (0, 0)


def test_an_assignment_that_is_not_there_is_not_found(as_lead, lead, period):
    as_lead.get("/my/999999/", 404)
    withdraw(lead, at=moment("2016-10-01"))
    as_lead.get(form_url(lead), 404)


def test_what_has_ended_takes_no_report_and_says_so(as_lead, lead, period):
    close(lead, at=moment("2016-10-01"))
    assert as_lead.get(form_url(lead), 302).response.url == "/my/"
    assert as_lead.get("/my/").messages == ["该任务当前没有开放的报告期，或已办结。"]
    page = as_lead.post(form_url(lead), 422, **WHOLE)
    assert page.errors == {"": "该任务已办结或中止，不再填报。"}
    assert page.values()["progress"].strip() == WHOLE["progress"]
    assert ProgressReport.objects.count() == 0


def test_before_the_period_opens_nothing_can_be_filed(as_lead, lead, period, settings):
    settings.QA_PLAN_TODAY = date(2016, 9, 19)
    assert as_lead.get(form_url(lead), 302).response.url == "/my/"
    settings.QA_PLAN_TODAY = date(2016, 9, 20)
    as_lead.get(form_url(lead))


# ── without reloading the page ───────────────────────────────────────────────────────────────────────────────────


def test_a_draft_saved_by_htmx_answers_with_the_form_alone(as_lead, lead, period):
    page = as_lead.post(form_url(lead), 200, headers=HTMX, action="draft", percent="60", progress="半截")
    assert page.source.lstrip().startswith("<form")
    assert page.tree.get("id") == f"r{lead.pk}-2016Q3"
    assert page.text("//p[@role='status']") == "草稿已保存。"
    assert page.values("//form")["percent"] == "60"
    assert "草稿" in page.text("//header")


def test_an_error_by_htmx_answers_with_the_form_alone_and_the_message(as_lead, lead, period):
    page = as_lead.post(form_url(lead), 422, headers=HTMX, action="submit", percent="20", progress="慢了")
    assert page.source.lstrip().startswith("<form")
    assert "delay_reason" in page.errors
    assert page.values("//form")["progress"].strip() == "慢了"


def test_what_is_filed_by_htmx_leads_the_whole_page_on(as_lead, lead, period):
    page = as_lead.post(form_url(lead), 204, headers=HTMX, **WHOLE)
    assert page.response.headers["HX-Redirect"] == "/my/"
    assert as_lead.get("/my/").messages == ["（1）已报送，等待审核。"]


def test_two_forms_on_one_page_have_different_fields(as_lead, plan, lead, lead_agency, period):
    make_assignment(make_item(plan), lead_agency)
    ids = as_lead.get("/my/").all("//@id")
    assert len(ids) == len(set(ids))
