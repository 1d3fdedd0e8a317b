"""审核列表: what waits, filtered and sorted; many decided at once; neighbours, conflicts, and internal comments."""

from datetime import date

import pytest

from agencies.models import Change
from tasks.models import Comment, Message, Review
from tasks.workflow import succeed
from tests.support.factories import (
    ACCEPTED,
    SENT_BACK,
    accepted_report,
    comment_on,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    make_plan,
    make_section,
    make_user,
    moment,
    review,
)


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def desk(plan, period):
    """Three waiting reports: the oldest of 省林业厅, in the second section; two of 省旅游局 in the first."""
    first, second = make_section(plan), make_section(plan)
    forestry, trade = make_agency("省林业厅"), make_agency("省旅游局")
    old = make_assignment(make_item(plan, section=second), forestry)
    accepted_report(old, 50, at=moment("2016-07-10"), period="2016Q2")
    same = make_assignment(make_item(plan, section=first), trade)
    accepted_report(same, 30, at=moment("2016-07-10"), period="2016Q2")
    return [
        file_report(old, 40, at=moment("2016-09-25 09:00"), progress="造林。"),
        file_report(same, 30, at=moment("2016-10-08 09:00")),
        file_report(make_assignment(make_item(plan, section=first), trade), 60, at=moment("2016-10-12 08:00")),
    ]


def url(report):
    return f"/reviews/{report.pk}/"


def decided(reports):
    return Review.objects.filter(report__in=reports)


def rows(page):
    """Agency, percent, hints and age of each row."""
    return [(row[1], row[3], row[5], row[6]) for row in page.rows("//section[@id='rows']//tbody/tr")]


def shown(page):
    return [int(value) for value in page.all("//section[@id='rows']//input[@name='reports']/@value")]


# ── the list ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_longest_waiting_comes_first_with_what_stands_out(as_coordinator, desk):
    page = as_coordinator.get("/reviews/")
    assert rows(page) == [
        ("省林业厅", "50→40%", "下降", "09-25 17天"),
        ("省旅游局", "30→30%", "文字同上次 无变化", "10-08 4天"),
        ("省旅游局", "首报60%", "无佐证", "10-12 今天"),
    ]
    assert "3份待审" in page.main
    assert page.link("开始审核").url == url(desk[0])


def test_what_was_filed_before_eight_in_the_morning_was_filed_on_that_day(as_coordinator, lead, period):
    file_report(lead, 60, at=moment("2016-10-11 06:30"))
    assert rows(as_coordinator.get("/reviews/"))[0][3] == "10-11 1天"
    agency = as_coordinator.get(f"/plans/{lead.item.plan.slug}/agencies/{lead.agency_id}/")
    assert "10-11" in agency.text("//table[.//caption[contains(., '报告')] or .//th[contains(., '报送')]]")


def test_a_report_after_the_due_date_is_called_late(as_coordinator, lead, period, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 20)
    file_report(lead, 60, at=moment("2016-10-18"))
    assert rows(as_coordinator.get("/reviews/"))[0][2] == "无佐证 迟报"


def test_what_was_filed_in_time_and_filed_again_is_not(as_coordinator, lead, period, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 20)
    review(file_report(lead, 60, at=moment("2016-10-10")), SENT_BACK)
    again = file_report(lead, 60, at=moment("2016-10-18"))
    assert rows(as_coordinator.get("/reviews/"))[0][2] == "无佐证"
    assert "前报送" in as_coordinator.get(url(again)).texts("//ul[@class='hints']/li")[0]


def test_the_list_is_narrowed(as_coordinator, plan, desk):
    section, agency = desk[1].assignment.item.section_id, desk[0].assignment.agency_id
    for query, expected in (
        (f"section={section}", [1, 2]),
        (f"agency={agency}", [0]),
        ("age=3", [0, 1]),
        ("age=15", [0]),
        ("age=99999999", []),
        (f"section={section}&age=3", [1]),
        (f"plan={plan.pk}", [0, 1, 2]),
        ("plan=0", []),
    ):
        page = as_coordinator.get(f"/reviews/?{query}")
        assert shown(page) == [desk[n].pk for n in expected], query
        assert ("没有符合条件的待审报告" in page.main) == (not expected), query


def test_a_group_of_which_none_is_left_stays_chosen(as_coordinator, desk):
    agency = desk[0].assignment.agency_id
    page = as_coordinator.post_and_follow(f"/reviews/?agency={agency}", reports=[desk[0].pk], verdict="accepted")
    assert page.text("//select[@name='agency']/option[@selected]") == "所选已无待审"
    assert "没有符合条件的待审报告" in page.main


def test_what_is_no_filter_is_said_at_the_field(as_coordinator, desk):
    page = as_coordinator.get("/reviews/?agency=abc")
    assert list(page.errors) == ["agency"]
    assert len(shown(page)) == 3


def test_a_filter_offers_only_what_waits_and_says_how_much(as_coordinator, desk):
    make_agency("省水利厅")
    page = as_coordinator.get("/reviews/")
    assert page.texts("//select[@name='agency']/option") == ["全部单位", "省林业厅（1）", "省旅游局（2）"]
    assert page.texts("//select[@name='section']/option") == ["全部", "一、第1部分（2）", "二、第2部分（1）"]
    assert not page.all("//select[@name='plan']")


def test_with_two_plans_one_can_be_chosen(as_coordinator, plan, desk):
    other = make_plan()
    waiting = file_report(make_assignment(make_item(other)), 10, at=moment("2016-10-11"))
    assert len(as_coordinator.get("/reviews/").all("//select[@name='plan']/option")) == 3
    assert shown(as_coordinator.get(f"/reviews/?plan={other.pk}")) == [waiting.pk]


def test_the_list_is_sorted(as_coordinator, desk):
    for sort, expected in (
        ("filed", [0, 1, 2]),
        ("-filed", [2, 1, 0]),
        ("agency", [0, 1, 2]),
        ("-percent", [2, 0, 1]),
        ("change", [0, 1, 2]),
    ):
        assert shown(as_coordinator.get(f"/reviews/?sort={sort}")) == [desk[n].pk for n in expected], sort


def test_what_goes_on_after_a_succession_keeps_the_place_of_the_day_on_which_it_was_filed(
    as_coordinator, coordinator, desk
):
    succeed(
        predecessors=[desk[0].assignment.agency],
        successor=make_agency("省林业局"),
        kind="renamed",
        effective_on=date(2016, 10, 12),
        document="皖编办〔2016〕30号",
        by=coordinator,
        at=moment("2016-10-12 09:00"),
    )
    assert [row[0] for row in rows(as_coordinator.get("/reviews/"))] == ["省林业局", "省旅游局", "省旅游局"]
    assert [row[0] for row in rows(as_coordinator.get("/reviews/?age=15"))] == ["省林业局"]


def test_a_long_list_is_paged_and_choosing_all_marks_one_page(as_coordinator, plan, period):
    for _ in range(23):
        file_report(make_assignment(make_item(plan)), 10, at=moment("2016-10-11"), is_unchanged=True)
    page = as_coordinator.get("/reviews/?page=2&choose=all")
    assert len(page.all("//input[@name='reports'][@checked]")) == 3
    assert len(as_coordinator.get("/reviews/").all("//input[@name='reports'][@checked]")) == 0
    assert page.link("取消全选").url == "/reviews/?page=2"


def test_choosing_all_leaves_out_what_has_to_be_looked_at(as_coordinator, plan, period):
    calm = file_report(make_assignment(make_item(plan)), 10, at=moment("2016-10-11"), is_unchanged=True)
    file_report(make_assignment(make_item(plan)), 100, at=moment("2016-10-11"))
    page = as_coordinator.get("/reviews/?choose=all")
    assert page.all("//input[@name='reports'][@checked]/@value") == [str(calm.pk)]
    assert "报100% 无佐证" in [row[5] for row in page.rows("//section[@id='rows']//tbody/tr")]


def test_a_past_day_is_only_looked_at(as_coordinator, desk):
    page = as_coordinator.get("/reviews/?as_of=2016-10-01")
    assert len(page.rows("//section[@id='rows']//tbody/tr")) == 1
    assert not page.all("//form[@method='post']//button[@name='verdict']")
    assert not page.all("//input[@name='reports']")


# ── many at once ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_chosen_ones_are_accepted_in_one_request(as_coordinator, desk):
    page = as_coordinator.post_and_follow("/reviews/", reports=[desk[0].pk, desk[1].pk], verdict="accepted")
    assert page.messages == ["已通过2份报告：省林业厅（1）、省旅游局（2）。"]
    assert shown(page) == [desk[2].pk]
    assert len({change.request_id for change in Change.objects.all()}) == 1
    assert Change.objects.count() == 2


def test_the_chosen_ones_are_sent_back_with_one_comment(as_coordinator, desk):
    sent = {"reports": [report.pk for report in desk], "verdict": "sent_back", "comment": "请附佐证。"}
    page = as_coordinator.post_and_follow("/reviews/", **sent)
    assert "已退回3份报告" in page.messages[0]
    assert set(decided(desk).values_list("verdict", "comment")) == {("sent_back", "请附佐证。")}


def test_each_refused_one_is_named_with_its_reason_and_the_rest_is_done(as_coordinator, desk):
    review(desk[0], SENT_BACK, at=moment("2016-10-11"))
    newer = file_report(desk[1].assignment, 35, at=moment("2016-10-11"))
    page = as_coordinator.post_and_follow("/reviews/", reports=[report.pk for report in desk], verdict="accepted")
    assert page.messages == [
        "已通过1份报告：省旅游局（3）。",
        "省林业厅（1）未处理：该报告已审核，结论为“退回”，未作改动。",
        "省旅游局（2）未处理：该单位已重新报送，请审核最新一稿。",
    ]
    assert shown(page) == [newer.pk]
    assert page.link("省林业厅（1）").url == url(desk[0])


def test_the_filter_stays_after_deciding(as_coordinator, desk):
    agency = desk[1].assignment.agency_id
    response = as_coordinator.post(
        f"/reviews/?agency={agency}&sort=-filed&page=1", reports=[desk[1].pk], verdict=ACCEPTED
    )
    assert response.response.url == f"/reviews/?agency={agency}&sort=-filed"


def test_what_makes_no_sense_changes_nothing_and_keeps_what_was_typed(as_coordinator, desk):
    for typed, field in (
        ({"verdict": "sent_back", "comment": " "}, "comment"),
        ({"verdict": "maybe"}, ""),
        ({"verdict": "accepted", "reports": []}, ""),
        ({"verdict": "accepted", "reports": ["x"]}, ""),
        ({"verdict": "accepted", "reports": [0]}, ""),
    ):
        sent = {"reports": [desk[0].pk], "comment": "意见", **typed}
        page = as_coordinator.post("/reviews/", 422, **sent)
        assert list(page.errors) == [field], typed
        assert not decided(desk).exists(), typed
        assert page.text("//textarea[@name='comment']") == sent["comment"].strip(), typed
        marked = {int(value) for value in page.all("//input[@name='reports'][@checked]/@value")}
        assert marked == {key for key in sent["reports"] if key == desk[0].pk}, typed


# ── one after another ────────────────────────────────────────────────────────────────────────────────────────────


def test_previous_and_next_stay_within_the_filter(as_coordinator, desk):
    agency = desk[1].assignment.agency_id
    page = as_coordinator.get(f"{url(desk[1])}?agency={agency}")
    assert "待审2份" in page.main
    assert "本份为第1份" in page.main
    assert page.link("下一份").url == f"{url(desk[2])}?agency={agency}"
    assert not page.all("//a[@rel='prev']")
    assert as_coordinator.get(f"{url(desk[1])}").link("上一份").url == url(desk[0])


def test_after_a_verdict_comes_the_next_of_the_filter(as_coordinator, desk):
    agency = desk[1].assignment.agency_id
    query = f"?agency={agency}&sort=-filed"
    assert as_coordinator.post(f"{url(desk[2])}{query}", verdict=ACCEPTED).response.url == f"{url(desk[1])}{query}"
    assert as_coordinator.post(f"{url(desk[1])}{query}", verdict=ACCEPTED).response.url == f"/reviews/{query}"


def test_one_that_waits_no_more_leads_to_the_first_that_does(as_coordinator, desk):
    review(desk[1], at=moment("2016-10-11"))
    page = as_coordinator.get(url(desk[1]))
    assert page.link("下一份").url == url(desk[0])
    assert "本份为" not in page.main


def test_a_long_queue_shows_those_around_the_report(as_coordinator, plan, period):
    reports = [file_report(make_assignment(make_item(plan)), 10, at=moment("2016-10-11")) for _ in range(32)]
    page = as_coordinator.get(url(reports[12]))
    entries = page.all("//ol[@class='queue']//a/@href")
    assert entries == [url(report) for report in reports[7:27]]
    assert "待审32份" in page.main


# ── what changed in every text ───────────────────────────────────────────────────────────────────────────────────


def test_what_changed_is_marked_in_every_text(as_coordinator, lead, period):
    fields = ("progress", "problems", "next_steps", "delay_reason", "lower_reason")
    old, new = "甲乙丙丁戊", "子丑寅卯辰"
    before, now = ({field: f"培训{word}。" for field, word in zip(fields, words, strict=True)} for words in (old, new))
    accepted_report(lead, 55, at=moment("2016-07-12"), period="2016Q2", **before)
    page = as_coordinator.get(url(file_report(lead, 50, at=moment("2016-10-10"), **now)))
    assert set(zip(page.texts("//del"), page.texts("//ins"), strict=True)) == {
        (f"{a}。", f"{b}。") for a, b in zip(old, new, strict=True)
    }


# ── two at once ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_refused_verdict_shows_both_and_loses_nothing(as_coordinator, visitor, desk):
    second = visitor(make_user("coordinator2", display_name="张科"))
    second.get(url(desk[0]))
    as_coordinator.post(url(desk[0]), verdict="sent_back", comment="第一人的意见")
    page = second.post(url(desk[0]), 422, verdict="accepted", comment="第二人的意见")
    assert "已审核：退回（统筹员） 第一人的意见" in " ".join(page.main.split())
    assert "您选择的“通过”没有提交" in page.main
    assert page.values("//form[contains(@class, 'verdict')]")["comment"] == "第二人的意见"
    sent = {**page.values("//form[contains(@class, 'verdict')]"), "verdict": "accepted"}
    second.post(url(desk[0]), **sent)
    assert Review.objects.latest("pk").comment == "第二人的意见"


def test_a_form_made_before_a_second_verdict_is_refused(as_coordinator, desk):
    review(desk[0], ACCEPTED, at=moment("2016-10-10"))
    stale = as_coordinator.get(url(desk[0])).values("//form[contains(@class, 'verdict')]")
    review(desk[0], SENT_BACK, at=moment("2016-10-11"))
    page = as_coordinator.post(url(desk[0]), 422, **{**stale, "verdict": "accepted"})
    assert page.errors == {"": "该报告已审核，结论为“退回”，未作改动。"}


def test_a_replaced_report_is_shown_beside_the_newest_with_what_was_typed(as_coordinator, desk):
    newer = file_report(desk[0].assignment, 45, at=moment("2016-10-11"), progress="造林绿化。")
    page = as_coordinator.post(url(desk[0]), 422, verdict="sent_back", comment="我的意见")
    assert "您填写的意见没有提交：我的意见" in page.main
    assert page.link("审核最新一次").url == url(newer)
    assert page.texts("//ins")[-1] == "绿化。"


def test_a_form_that_was_tampered_with_is_refused(as_coordinator, desk):
    for seen in ("x", "-1", "9" * 30):
        as_coordinator.post(url(desk[0]), 422, verdict="accepted", seen=seen)
        assert not decided(desk).exists(), seen


# ── internal comments ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_comment_is_written_and_a_colleague_is_told(as_coordinator, visitor, desk):
    colleague = make_user("zhang", display_name="张科")
    page = as_coordinator.get(url(desk[0]))
    assert page.texts("//section[@id='comments']//label[@class='check']") == ["张科"]
    sent = as_coordinator.post(f"{url(desk[0])}comments/?sort=agency", text="请核实面积。", mentions=[colleague.pk])
    assert sent.response.url == f"{url(desk[0])}?sort=agency#comments"
    said = as_coordinator.get(url(desk[0])).text("//section[@id='comments']//li")
    assert "统筹员 10月12日 18:00" in said
    assert "请核实面积。" in said
    assert "@张科" in said
    told = visitor(colleague)
    assert "提到您：请核实面积。" in told.get("/messages/").main
    assert told.post(f"/messages/{Message.objects.get().pk}/").response.url == f"{url(desk[0])}#comments"


def test_comments_on_earlier_reports_of_the_same_task_are_shown_too(as_coordinator, desk):
    comment_on(desk[0], "上一稿的批注", at=moment("2016-10-01"))
    newer = file_report(desk[0].assignment, 45, at=moment("2016-10-11"))
    comments = as_coordinator.get(url(newer)).text("//section[@id='comments']")
    assert "上一稿的批注" in comments
    assert "对9月25日报送的一份" in comments


@pytest.mark.parametrize("wrong", [{"text": "  "}, {"text": "字" * 2001}])
def test_an_empty_or_endless_comment_is_refused_at_the_field(as_coordinator, desk, wrong):
    page = as_coordinator.post(f"{url(desk[0])}comments/", 422, **wrong)
    assert list(page.errors) == ["text"]
    assert Comment.objects.count() == 0


def test_only_coordinators_can_be_mentioned(as_coordinator, desk, lead_liaison):
    make_user()
    page = as_coordinator.post(f"{url(desk[0])}comments/", 422, text="批注", mentions=[lead_liaison.pk])
    assert list(page.errors) == ["mentions"]
    assert page.text("//textarea[@name='text']") == "批注"
    assert Comment.objects.count() == 0
    assert Message.objects.count() == 0


def test_nobody_but_coordinators_reads_or_writes_comments(visitor, as_lead, lead, period, leader, administrator):
    report = accepted_report(lead, 60, at=moment("2016-10-10"))
    comment_on(report, "只给统筹人员看", at=moment("2016-10-11"))
    for reader in (as_lead, visitor(leader), visitor(administrator)):
        reader.get(url(report), 403)
        reader.post(f"{url(report)}comments/", 403, text="我也说")
        assert "只给统筹人员看" not in reader.get(lead.item.get_absolute_url()).source
    assert Comment.objects.count() == 1


def test_comments_are_text(as_coordinator, desk):
    comment_on(desk[0], "<b>粗</b>\n第二行", at=moment("2016-10-11"))
    page = as_coordinator.get(url(desk[0]))
    assert "<b>粗</b> 第二行" in page.text("//p[@class='said']").replace("粗</b>第", "粗</b> 第")
