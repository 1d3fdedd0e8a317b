"""已审核: decisions are found again; 常用意见 are chosen instead of typed; what to look at stands in 提示."""

from datetime import date

import pytest

from agencies.models import Change
from tasks.models import Review, ReviewPhrase
from tests.support.factories import (
    SENT_BACK,
    accepted_report,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    moment,
    review,
)

DECIDED, PHRASES = "/reviews/decided/", "/reviews/phrases/"


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


def test_decisions_are_found_by_period_agency_task_and_decision(as_coordinator, plan, lead):
    other = make_assignment(make_item(plan), make_agency("省林业厅"))
    first = accepted_report(lead, 20, at=moment("2016-07-10"), period="2016Q2")
    review(first, SENT_BACK, at=moment("2016-07-12"), comment="请补充数据。")
    accepted_report(other, 30, at=moment("2016-10-08"))
    rows = as_coordinator.get(DECIDED).rows()
    assert [(row[1], row[5]) for row in rows] == [
        ("省林业厅", "通过"),
        ("省商务厅", "退回"),
        ("省商务厅", "通过 后已改审"),
    ]
    for query, count in (
        (f"agency={lead.agency_id}", 2),
        (f"item={other.item_id}", 1),
        ("period=2016Q2", 2),
        ("verdict=sent_back", 1),
        (f"plan={plan.pk}&verdict=accepted&period=2016Q3", 1),
        ("as_of=2016-07-11", 1),
    ):
        assert len(as_coordinator.get(f"{DECIDED}?{query}").rows()) == count, query
    assert "没有符合条件的审核记录" in as_coordinator.get(f"{DECIDED}?period=2015Q1").main
    assert f"/reviews/{first.pk}/" in [link.url for link in as_coordinator.get(DECIDED).links("//tbody")]


def test_they_are_turned_page_by_page_without_being_counted(as_coordinator, lead):
    report = file_report(lead, 20, at=moment("2016-07-10"), period="2016Q2")
    Review.objects.bulk_create(
        Review(report=report, verdict="accepted", recorded_at=moment("2016-07-11")) for _ in range(41)
    )
    pages = [as_coordinator.get(f"{DECIDED}?page={number}") for number in ("1", "2", "3", "x", "99999")]
    assert [len(page.rows()) for page in pages] == [20, 20, 1, 20, 20]
    assert [link.text for link in pages[1].links("//nav[@aria-label='分页']")] == ["上一页", "下一页"]
    assert not any("COUNT" in text for text in pages[0].texts("//h2"))


def test_item_agency_and_ledger_lead_to_their_decisions(as_coordinator, as_leader, plan, lead):
    ways = {
        lead.item.get_absolute_url(): f"{DECIDED}?item={lead.item_id}",
        f"/plans/{plan.slug}/agencies/{lead.agency_id}/": f"{DECIDED}?agency={lead.agency_id}&plan={plan.pk}",
        f"/plans/{plan.slug}/assignments/": f"{DECIDED}?plan={plan.pk}&agency=",
    }
    for page, way in ways.items():
        assert as_coordinator.get(page).link("审核记录").url == way
        assert "审核记录" not in as_leader.get(page).main


def test_what_to_look_at_stands_beside_the_report_as_in_the_queue(as_coordinator, lead):
    accepted_report(lead, 40, at=moment("2016-07-10"), period="2016Q2", progress="同样的文字")
    report = file_report(lead, 100, at=moment("2016-10-10"), progress="同样的 文字")
    page = as_coordinator.get(f"/reviews/{report.pk}/")
    assert page.texts("//p[@class='warnings']/span") == ["报100%", "升60点", "无佐证", "文字同上次"]


# ── 常用意见 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_phrases_are_written_as_lines_and_the_office_s_are_on_record(as_coordinator, coordinator):
    page = as_coordinator.get(PHRASES)
    sent = {**page.values(), "own": "请补充佐证材料。\n\n 请核对读数。 \n请核对读数。", "office": "请写明下一步打算。"}
    for _ in range(2):
        as_coordinator.post(PHRASES, **sent)
    assert list(ReviewPhrase.objects.values_list("owner", "text")) == [
        (coordinator.pk, "请补充佐证材料。"),
        (coordinator.pk, "请核对读数。"),
        (None, "请写明下一步打算。"),
    ]
    assert list(Change.objects.values_list("action", flat=True)) == ["修改共用的常用意见"]


def test_a_stale_list_is_refused_and_too_much_is_said_at_its_field(as_coordinator):
    sent = as_coordinator.get(PHRASES).values()
    ReviewPhrase.objects.create(text="别人加的。", place=0)
    page = as_coordinator.post(PHRASES, 422, **{**sent, "office": "我的。"})
    assert "内容已被更新，本次未保存" in page.errors["office"]
    page = as_coordinator.post(PHRASES, 422, **{**sent, "own": "长" * 201})
    assert page.errors["own"] == "每条最多200字。"
    page = as_coordinator.post(PHRASES, 422, **{**sent, "own": "\n".join(map(str, range(21)))})
    assert page.errors["own"] == "最多20条，现有21条。"


def test_a_phrase_is_chosen_for_one_report_or_for_many(as_coordinator, coordinator, plan, lead):
    phrase = ReviewPhrase.objects.create(owner=coordinator, text="请补充佐证材料。", place=0)
    first = file_report(lead, 50, at=moment("2016-10-10"))
    second = file_report(make_assignment(make_item(plan), lead.agency), 50, at=moment("2016-10-10"))
    url = f"/reviews/{first.pk}/"
    assert as_coordinator.get(url).texts("//select[@name='phrase']/option") == ["不用", "请补充佐证材料。"]
    as_coordinator.post(url, verdict="sent_back", phrase=phrase.pk, comment="尤其是验收单。")
    as_coordinator.post("/reviews/", verdict="sent_back", phrase=phrase.pk, reports=[second.pk])
    assert list(Review.objects.order_by("pk").values_list("comment", flat=True)) == [
        "请补充佐证材料。\n尤其是验收单。",
        "请补充佐证材料。",
    ]


def test_without_phrases_there_is_nothing_to_choose_and_a_reason_is_still_asked_for(as_coordinator, lead):
    report = file_report(lead, 50, at=moment("2016-10-10"))
    assert as_coordinator.get(f"/reviews/{report.pk}/").all("//select[@name='phrase']") == []
    assert "comment" in as_coordinator.post(f"/reviews/{report.pk}/", 422, verdict="sent_back").errors
