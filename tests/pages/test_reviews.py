"""审核: the queue, one report beside the last accepted one, and the verdict."""

from datetime import date

import pytest

from tasks.models import Review
from tasks.workflow import withdraw_assignment, withdraw_report
from tests.support.factories import (
    ACCEPTED,
    SENT_BACK,
    accepted_report,
    file_report,
    make_agency,
    make_assignment,
    make_indicator,
    make_period,
    make_user,
    moment,
    review,
)


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def waiting(lead, period):
    return file_report(lead, 70, at=moment("2016-10-10 09:00"), progress="举办培训12期。")


def review_url(report):
    return f"/reviews/{report.pk}/"


def queue(page):
    return page.texts("//ol[@class='queue']/li//b")


# ── the queue ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_one_that_waits_longest_is_shown_first(as_coordinator, item, waiting):
    earlier = file_report(make_assignment(item, make_agency("省林业厅")), 60, at=moment("2016-10-09"))
    assert as_coordinator.get("/reviews/").link("开始审核").url == review_url(earlier)
    page = as_coordinator.get(review_url(earlier))
    assert queue(page) == ["省林业厅", "省商务厅"]
    assert page.text("//ol[@class='queue']//a[@aria-current]/b") == "省林业厅"
    assert "待审2份" in page.main
    assert page.text("//header//nav//a[contains(., '审核')]/b") == "2"


def test_an_empty_queue_says_so(as_coordinator, lead, period):
    assert "没有等待审核的报告" in as_coordinator.get("/reviews/").main


def test_the_queue_of_the_demonstration_shows_from_where_to_where(demo_coordinator):
    first = demo_coordinator.get("/reviews/").link("开始审核")
    entries = demo_coordinator.get(first.url).texts("//ol[@class='queue']/li")
    assert len(entries) == 7
    days = [entry[-7:-2] for entry in entries]
    assert days == sorted(days)


def test_a_newer_report_takes_the_place_of_one_that_waits(as_coordinator, lead, waiting):
    newer = file_report(lead, 75, at=moment("2016-10-11"))
    assert as_coordinator.get("/reviews/").link("开始审核").url == review_url(newer)
    assert len(queue(as_coordinator.get(review_url(newer)))) == 1


def test_what_was_withdrawn_is_not_asked_for(as_coordinator, lead, waiting):
    withdraw_assignment(assignment=lead, reason="分工调整", by=None, at=moment("2016-10-11"))
    assert "没有等待审核的报告" in as_coordinator.get("/reviews/").main


# ── one report ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_new_text_stands_beside_the_last_accepted_one_with_what_changed(as_coordinator, lead, period):
    accepted_report(lead, 55, at=moment("2016-07-12"), period="2016Q2", progress="举办培训10期，覆盖企业300家。")
    report = file_report(lead, 70, at=moment("2016-10-10"), progress="举办培训12期，覆盖企业300家。")
    page = as_coordinator.get(review_url(report))
    old, new = page.all("//div[contains(@class, 'compare')]/div/p")
    assert (old.text_content(), new.text_content()) == (
        "举办培训10期，覆盖企业300家。",
        "举办培训12期，覆盖企业300家。",
    )
    assert (old.findtext("del"), new.findtext("ins")) == ("0", "2")
    total = page.rows("//tr[@class='total']")[0]
    assert total[2:5] == ["55%", "70%", "+15"]


def test_a_first_report_has_nothing_beside_it(as_coordinator, waiting):
    page = as_coordinator.get(review_url(waiting))
    assert "尚无通过的报告" in page.text("//div[contains(@class, 'compare')]")
    assert not page.all("//ins")


def test_readings_are_compared_with_the_last_ones(as_coordinator, lead, period):
    brands = make_indicator(lead.item, "安徽名牌")
    accepted_report(lead, 55, at=moment("2016-07-12"), period="2016Q2", readings={brands: 120})
    report = file_report(lead, 70, at=moment("2016-10-10"), readings={brands: 110})
    page = as_coordinator.get(review_url(report))
    [row] = [row for row in page.rows("//table[contains(@class, 'bars')]/tbody/tr") if row[0] == "安徽名牌"]
    assert row[2:] == ["120", "110", "−10", "170个"]
    assert "“安徽名牌”为累计数，上次120个，本次110个，低于上次" in page.text("//ul[@class='hints']")


@pytest.mark.parametrize(
    ("percent", "filed", "text", "hint"),
    [
        (70, "2016-10-10", "新的进展。", "正常在报送截止日（10-14）前报送"),
        (70, "2016-10-10", "新的进展。", "正常进度不低于上次通过的数"),
        (50, "2016-10-10", "新的进展。", "待核实进度低于上次通过的55%"),
        (70, "2016-10-10", "旧的进展。", "待核实进展文字与上次通过的完全相同"),
    ],
)
def test_the_system_points_at_what_it_noticed(as_coordinator, lead, period, percent, filed, text, hint):
    accepted_report(lead, 55, at=moment("2016-07-12"), period="2016Q2", progress="旧的进展。")
    report = file_report(lead, percent, at=moment(filed), progress=text)
    hints = as_coordinator.get(review_url(report)).texts("//ul[@class='hints']/li")
    assert hint in hints


def test_a_late_report_is_called_late(as_coordinator, lead, period, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 20)
    report = file_report(lead, 70, at=moment("2016-10-18"))
    assert "待核实迟报4天" in as_coordinator.get(review_url(report)).texts("//ul[@class='hints']/li")


def test_what_accepting_would_change_is_said_beforehand(as_coordinator, item, lead, waiting):
    make_period(item.plan, "2016Q2")
    make_assignment(item, make_agency("省林业厅"))
    effect = as_coordinator.get(review_url(waiting)).text("//p[@class='effect']")
    assert "任务均值 尚无通过的报告 → 35%" in effect
    assert "该单位由黄 滞后转为绿 正常，任务仍为黄 滞后" in effect


# ── the verdict ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_accepting_makes_it_count_and_shows_the_next(as_coordinator, item, lead, waiting):
    following = file_report(make_assignment(item, make_agency("省林业厅")), 60, at=moment("2016-10-11"))
    page = as_coordinator.post_and_follow(review_url(waiting), verdict="accepted")
    assert page.messages == ["已通过省商务厅（1）的报告。"]
    assert page.response.request["PATH_INFO"] == review_url(following)
    stored = Review.objects.get()
    assert (stored.verdict, stored.recorded_by) == (ACCEPTED, as_coordinator.user)
    assert "70%" in as_coordinator.get(item.get_absolute_url()).text("//section[.//h2='负责单位']")


def test_after_the_last_one_the_queue_is_empty(as_coordinator, waiting):
    assert "没有等待审核的报告" in as_coordinator.post_and_follow(review_url(waiting), verdict="accepted").main


def test_sending_back_needs_a_comment(as_coordinator, waiting):
    for comment in ("", "   "):
        page = as_coordinator.post(review_url(waiting), 422, verdict="sent_back", comment=comment)
        assert page.errors == {"comment": "退回须写明意见，供填报单位修改。"}
    assert Review.objects.count() == 0


def test_sending_back_stores_the_comment_for_the_agency(as_coordinator, as_lead, waiting):
    as_coordinator.post(review_url(waiting), verdict="sent_back", comment="请附培训名册。")
    assert Review.objects.get().comment == "请附培训名册。"
    assert "请附培训名册。" in as_lead.get("/my/").text("//p[@class='note back']")


def test_a_comment_may_go_with_accepting_too(as_coordinator, waiting):
    as_coordinator.post(review_url(waiting), verdict="accepted", comment="写得好。")
    assert Review.objects.get().comment == "写得好。"


@pytest.mark.parametrize(
    "sent",
    [{"verdict": ""}, {"verdict": "maybe"}, {"comment": "无按钮"}, {"verdict": "sent_back", "comment": "字" * 2001}],
)
def test_what_is_no_verdict_changes_nothing_and_says_so(as_coordinator, waiting, sent):
    page = as_coordinator.post(review_url(waiting), 422, **sent)
    assert page.errors
    assert Review.objects.count() == 0


def test_of_two_coordinators_the_second_is_told_what_the_first_decided(as_coordinator, visitor, waiting):
    """Both have the page open; the first one's click counts."""
    second = visitor(make_user("coordinator2"))
    second.get(review_url(waiting))
    as_coordinator.post(review_url(waiting), verdict="accepted")
    page = second.post(review_url(waiting), 422, verdict="sent_back", comment="不行")
    assert page.errors == {"": "该报告已审核，结论为“通过”，未作改动。"}
    assert Review.objects.count() == 1
    assert page.values("//form[contains(@class, 'verdict')]")["comment"].strip() == "不行"


def test_a_newer_report_must_be_reviewed_instead(as_coordinator, lead, waiting):
    file_report(lead, 75, at=moment("2016-10-11"))
    page = as_coordinator.post(review_url(waiting), 422, verdict="accepted")
    assert page.errors == {"": "该单位已重新报送，请审核最新一稿。"}
    assert Review.objects.count() == 0


def test_a_verdict_can_be_changed_knowingly_and_both_stay(as_coordinator, waiting):
    review(waiting, ACCEPTED, at=moment("2016-10-11"))
    page = as_coordinator.get(review_url(waiting))
    assert "10月11日已审核：通过" in page.main
    assert page.texts("//form//button[@name='verdict']") == ["改为退回"]
    sent = {**page.values("//form[contains(@class, 'verdict')]"), "verdict": "sent_back", "comment": "核实有误"}
    as_coordinator.post(review_url(waiting), **sent)
    assert list(Review.objects.order_by("pk").values_list("verdict", flat=True)) == [ACCEPTED, SENT_BACK]


def test_the_same_verdict_again_is_refused(as_coordinator, waiting):
    review(waiting, ACCEPTED, at=moment("2016-10-11"))
    page = as_coordinator.post(review_url(waiting), 422, verdict="accepted", seen=Review.objects.get().pk)
    assert page.errors == {"": "该报告的结论已经是“通过”。"}


def test_a_report_that_is_not_there_is_not_found(as_coordinator):
    as_coordinator.get("/reviews/999999/", 404)


# ── taken back meanwhile ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", ["review", "desk", "comment"])
def test_what_was_taken_back_while_it_was_read_is_said_and_the_comment_stays(
    as_coordinator, as_lead, lead, period, settings, where
):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    report = file_report(lead, 60, at=moment("2016-10-10 09:00"))
    withdraw_report(report=report, by=as_lead.user, at=moment("2016-10-11 09:00"))
    page, words = f"/reviews/{report.pk}/", "请附企业名单。"
    address, sent = {
        "review": (page, {"verdict": "sent_back", "comment": words}),
        "desk": ("/desk/", {"report": report.pk, "verdict": "sent_back", "comment": words}),
        "comment": (f"{page}comments/", {"text": words}),
    }[where]
    told = as_coordinator.post(address, 409, **sent)
    assert "该报告已被撤回" in told.main
    assert "省商务厅已于10月11日 09:00撤回" in told.main
    assert words in told.main
    assert "该报告已被撤回" in as_coordinator.get(page).main
    as_lead.get(page, 404)
