"""One item: the notice's words, who answers for it, how it stands, why, and what happened."""

import re
from datetime import date

import pytest

from tasks.models import ActionItem, DailySnapshot
from tasks.workflow.daily import daily_round
from tests.support.factories import (
    ACCEPTED,
    SENT_BACK,
    accepted_report,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_indicator,
    make_item,
    make_period,
    make_plan,
    moment,
    review,
    revise,
    sign_receipt,
    withdraw,
)

ITEM = "/plans/2016-76/items/{}/"


def quoted(page):
    """The quotation without the numbers that the page puts into it."""
    quote = page.one("//blockquote")
    for number in quote.xpath(".//a[@class='n']"):
        number.drop_tree()
    return quote.text_content()


def why(page):
    return dict(page.rows("//details[contains(@class, 'why')]//tr"))


def timeline(page):
    return page.texts("//ol[@class='line']/li")


def table(page):
    """The lead agencies' rows by name; the state on the assignment's course stands behind it."""
    return {row[0].split()[0]: row[1:] for row in page.rows("//section[.//h2='负责单位']//tbody/tr")}


# ── the notice's words ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_words_of_every_item_are_the_notice_s_and_nothing_else(demo, demo_leader):
    for item in demo.items.all():
        page = demo_leader.get(item.get_absolute_url())
        assert quoted(page) == item.text == demo.notice_text[item.start : item.end]
        assert page.title.startswith(f"{item.label}{item.title}")


def test_measures_are_numbered_and_targets_stand_out(demo_leader):
    page = demo_leader.get(ITEM.format(3))
    numbers = page.texts("//blockquote/a[@class='n']")
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]
    assert len(page.all("//blockquote/mark")) == len(numbers) > 3
    assert any("170" in target for target in page.texts("//blockquote/mark/b"))


def test_it_says_where_in_the_notice_the_words_stand(demo_leader):
    item = ActionItem.objects.get(number=3)
    page = demo_leader.get(ITEM.format(3))
    assert f"出自第一部分，全文第{item.start + 1}至{item.end}字" in page.main
    link = page.one("//a[.='在全文中查看']").get("href")
    path, _, anchor = link.partition("#")
    assert item.text in demo_leader.get(path).one(f"//*[@id='{anchor}']").text_content()


def test_a_later_wording_stands_beside_the_notice_s_never_in_its_place(as_leader, plan):
    item = make_item(plan, text="公文的原话。", end=6)
    revise(item, plan.due_on, at=moment("2016-08-01"), wording="后续文件的新表述。")
    page = as_leader.get(item.get_absolute_url())
    assert quoted(page) == "公文的原话。"
    assert "调整后的表述 后续文件的新表述。" in page.main
    assert "新表述" not in as_leader.get(f"{item.get_absolute_url()}?as_of=2016-07-31").main


# ── the light and why ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("percent", "day", "light", "step", "remedy"),
    [
        (20, "2016-09-30", "黄 滞后", ("省商务厅 20%", "黄 滞后"), "报送并通过不低于49%的进展"),
        (95, "2017-01-03", "红 逾期", ("完成时限2016-12-31", "已过3天"), "办结"),
        (95, "2016-12-20", "蓝 临期", ("距完成时限不超过15天为临期", "还有11天"), "临期是提示"),
        (60, "2016-09-30", "绿 正常", ("1家负责单位", "60%"), None),
    ],
)
def test_a_light_explains_itself_by_rule_inputs_and_remedy(as_leader, item, lead, percent, day, light, step, remedy):
    make_period(item.plan, "2016Q2")
    accepted_report(lead, percent, at=moment("2016-08-01 10:00"))
    page = as_leader.get(f"{item.get_absolute_url()}?as_of={day}")
    assert page.text("//h1/span[contains(@class, 'badge')]") == light
    assert f"{light[0]}灯的亮灯依据" in page.text("//details[contains(@class,'why')]/summary")
    assert step in why(page).items()
    assert why(page)["按最严重的灯色显示"] == light
    explanation = page.text("//details[contains(@class, 'why')]")
    assert remedy is None or remedy in explanation
    assert ("整改要求" in explanation) == (light[0] in "红黄")


def test_the_reckoning_of_the_expected_share_is_shown(as_leader, item, lead):
    page = as_leader.get(f"{item.get_absolute_url()}?as_of=2016-09-30")
    assert why(page)["序时进度＝已过129天÷全程221天"] == "58.4%"
    assert why(page)["黄灯线＝序时进度−10（本计划设定）"] == "48.4%"


def test_it_says_since_when_the_light_is_what_it_is(demo_leader):
    page = demo_leader.get(ITEM.format(10))
    assert "自10月1日起，今天是第12天" in page.text("//details[contains(@class,'why')]/summary")
    assert "截至日是第3天" in demo_leader.get(f"{ITEM.format(10)}?as_of=2016-10-03").text(
        "//details[contains(@class,'why')]/summary"
    )


def test_the_one_that_is_closed_is_grey_and_says_why(demo_leader):
    page = demo_leader.get(ITEM.format(8))
    assert page.text("//h1/span") == "灰 已办结"
    assert "整改要求" not in page.main


# ── dates ────────────────────────────────────────────────────────────────────────────────────────────────────────


def fact(page, name):
    return page.text(f"//dl[contains(@class, 'facts')]/div[starts-with(dt, '{name}')]/dd")


def test_an_inferred_due_date_says_so(demo_leader):
    assert fact(demo_leader.get(ITEM.format(1)), "完成时限") == "2016-12-31 推定，还有80天"


def test_both_the_present_and_the_original_due_date_are_shown_for_ever(demo_leader):
    due = fact(demo_leader.get(ITEM.format(15)), "完成时限")
    assert due.startswith("2016-10-20 调整，还有8天")
    assert "原定 2016-12-31（推定）" in due
    assert "原定" not in fact(demo_leader.get(f"{ITEM.format(15)}?as_of=2016-06-20"), "完成时限")


def test_an_item_without_an_end_goes_on(as_leader, plan):
    item = make_item(plan, due_on=None)
    make_assignment(item, make_agency())
    page = as_leader.get(item.get_absolute_url())
    assert fact(page, "完成时限") == "持续推进 调整"
    assert page.text("//h1/span") == "绿 正常"


def test_that_it_was_overdue_stays_visible_after_repair(as_coordinator, item, lead):
    """The rounds go on after the last day that was recorded."""
    revise(item, date(2016, 8, 31), at=moment("2016-06-01"))
    DailySnapshot.objects.create(plan=item.plan, day=date(2016, 8, 29), percent=0, expected_percent=0)
    list(daily_round(date(2016, 9, 10)))
    revise(item, date(2016, 12, 31), at=moment("2016-09-10 09:00"))
    list(daily_round(date(2016, 9, 20)))
    url = item.get_absolute_url()
    assert fact(as_coordinator.get(f"{url}?as_of=2016-08-31"), "逾期") == "未曾逾期"
    assert fact(as_coordinator.get(f"{url}?as_of=2016-09-05"), "逾期") == "现逾期 5天"
    assert fact(as_coordinator.get(f"{url}?as_of=2016-09-20"), "逾期") == "曾逾期 2016-09-01起"


# ── who answers for it ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_leads_stand_side_by_side_worst_first_with_their_words(demo_leader):
    page = demo_leader.get(ITEM.format(3))
    rows = table(page)
    assert next(iter(rows)) == "省商务厅"
    assert rows["省商务厅"][0] == "黄 滞后"
    assert rows["省商务厅"][2] == "41%"
    assert all(len(row[3]) > 20 for row in rows.values())


def test_assisting_agencies_are_apart_and_their_rule_is_quoted(demo_leader):
    page = demo_leader.get(ITEM.format(6))
    part = page.text("//section[.//h2='协助单位']")
    assert "“省质量工作领导小组其他成员单位协助”" in part
    assert len(page.all("//section[.//h2='协助单位']/p/a")) == 22
    assert not table(page).keys() & set(page.texts("//section[.//h2='协助单位']/p/a"))


def test_what_waits_shows_as_waiting_and_counts_nowhere(as_leader, item, lead, period):
    file_report(lead, 88, at=moment("2016-09-21 10:00"), progress="尚未审核的文字")
    page = as_leader.get(f"{item.get_absolute_url()}?as_of=2016-09-30")
    row = table(page)["省商务厅"]
    assert row[2] == "尚无"
    assert row[-1] == "待审首报88%"
    assert fact(page, "进度 / 序时").startswith("尚无通过的报告")
    assert "尚未审核的文字" not in page.source


def test_an_item_that_nobody_leads_says_so(as_leader, item):
    page = as_leader.get(item.get_absolute_url())
    assert "未明确负责单位" in page.main


def test_indicators_show_the_accepted_reading_against_the_target(as_leader, item, lead):
    brands = make_indicator(item, "安徽名牌", 170, "个")
    make_indicator(item, "驰名商标", 10, "件")
    accepted_report(lead, 40, at=moment("2016-07-10"), readings={brands: 68})
    file_report(lead, 60, at=moment("2016-09-21"), readings={brands: 999})
    bullets = as_leader.get(f"{item.get_absolute_url()}?as_of=2016-09-30").texts("//ul[@class='bullets']/li")
    assert bullets[0].startswith("安徽名牌")
    assert "68 / 170 个" in bullets[0]
    assert "40.0%" in bullets[0]
    assert "· / 10 件" in bullets[1]
    assert "999" not in "".join(bullets)


# ── what happened ────────────────────────────────────────────────────────────────────────────────────────────────


def test_everything_that_happened_is_in_one_line_of_time_newest_first(as_coordinator, item, lead, assist, period):
    sign_receipt(lead, at=moment("2016-05-26 10:00"))
    revise(item, date(2016, 11, 30), at=moment("2016-06-20 10:00"), reason="与国家要求同步")
    report = file_report(lead, 30, at=moment("2016-09-20 10:00"))
    review(report, SENT_BACK, at=moment("2016-09-21 10:00"), comment="数字不符")
    review(file_report(lead, 50, at=moment("2016-09-22 10:00")), ACCEPTED, at=moment("2016-09-23 10:00"))
    close(lead, at=moment("2016-09-26 10:00"), reason="验收合格")
    close(lead, "reopened", at=moment("2016-09-27 10:00"), reason="还有尾工")
    withdraw(assist, at=moment("2016-09-28 10:00"))
    lines = timeline(as_coordinator.get(f"{item.get_absolute_url()}?as_of=2016-09-30"))
    told = [
        "09-28 撤回合肥海关的责任分工",
        "09-27 省商务厅恢复办理",
        "09-26 省商务厅办结销号",
        "09-23 通过省商务厅三季度报告（50%）",
        "09-22 省商务厅报送三季度进展（50%）",
        "09-21 退回省商务厅三季度报告（30%）",
        "09-20 省商务厅报送三季度进展（30%）",
        "06-20 完成时限定为2016-11-30",
        "05-26 省商务厅签收",
    ]
    assert [line[:5] for line in lines] == sorted((line[:5] for line in lines), reverse=True)
    for line, start in zip(lines, told, strict=False):
        assert line.replace(" ", "").startswith(start.replace(" ", ""))
    text = " ".join(lines)
    for note in ("与国家要求同步", "数字不符", "验收合格", "还有尾工"):
        assert note in text
    assert re.search("交办.*合肥海关.*协助", text)
    assert lines[-1].endswith("印发")


def test_before_the_first_quarter_opens_a_past_day_shows_who_had_the_task_then(as_leader, item, lead):
    withdraw(make_assignment(item, make_agency("省粮食局")), at=moment("2016-08-20"))
    assert "省粮食局" in table(as_leader.get(f"{item.get_absolute_url()}?as_of=2016-08-19"))
    assert "省粮食局" not in table(as_leader.get(f"{item.get_absolute_url()}?as_of=2016-08-20"))


def test_the_line_of_time_ends_at_the_day(as_leader, item, lead, period):
    accepted_report(lead, 50, at=moment("2016-09-22 10:00"))
    assert "三季度" not in " ".join(timeline(as_leader.get(f"{item.get_absolute_url()}?as_of=2016-09-21")))


def test_changes_of_the_light_are_part_of_it(demo_leader):
    lines = timeline(demo_leader.get(ITEM.format(10)))
    assert any(line.startswith("10-01") and "红 逾期" in line for line in lines)


# ── ways to other pages ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_items_before_and_after_it_are_one_step_away(demo_leader):
    first, middle, last = (demo_leader.get(ITEM.format(n)) for n in (1, 9, 17))
    crumb = "//nav[@class='crumb']"
    steps = [
        {link.text: link.url for link in page.links(crumb) if link.text in ("上一项", "下一项")}
        for page in (first, middle, last)
    ]
    assert steps == [
        {"下一项": ITEM.format(2)},
        {"上一项": ITEM.format(8), "下一项": ITEM.format(10)},
        {"上一项": ITEM.format(16)},
    ]


def test_only_coordinators_and_only_today_are_offered_to_amend_and_close(demo_leader, demo_coordinator):
    for visitor, day, offered in (
        (demo_coordinator, "", True),
        (demo_coordinator, "?as_of=2016-10-01", False),
        (demo_leader, "", False),
    ):
        names = {link.view_name for link in visitor.get(ITEM.format(3) + day).links()}
        assert ("tasks:item-amend" in names) == offered
        assert ("tasks:assignment-close" in names) == offered


def test_an_item_that_the_plan_has_not_is_not_found(demo_leader):
    demo_leader.get(ITEM.format(18), 404)
    demo_leader.get(ITEM.format(0), 404)
    demo_leader.get(ITEM.format(99999999999999999999), 404)


# ── the whole notice ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_notice_is_shown_whole_and_unchanged(demo, demo_leader):
    page = demo_leader.get("/plans/2016-76/notice/")
    article = page.one("//article")
    for number in article.xpath(".//a[@class='n']"):
        number.drop_tree()
    assert article.text_content() == demo.notice_text
    assert page.text("//code") == demo.notice_sha256
    assert len(page.all("//section[.//h2='制定依据']//li")) == 3
    assert len(page.all("//article/span[@class='item']")) == 17


def test_plans_are_listed_newest_first(as_leader, plan):
    make_plan(
        issued_on=date(2017, 3, 1), title="某省人民政府关于印发2017年行动计划的通知", document_number="皖试〔2017〕1号"
    )
    rows = as_leader.get("/plans/").rows("//tbody/tr")
    assert [row[3] for row in rows] == ["2017-03-01", "2016-05-24"]
    assert rows[0][:2] == ["2017年行动计划", "皖试〔2017〕1号"]
