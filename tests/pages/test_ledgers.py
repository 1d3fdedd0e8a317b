"""台账 of items and of assignments: filtered, sorted and paged by its address, and by nothing else."""

import re
from datetime import date
from urllib.parse import urlencode

import pytest

from agencies.models import Agency
from tasks.models import LightChange
from tasks.rules.status import Light
from tasks.standing.course import State
from tasks.workflow import assign
from tests.support.factories import (
    accepted_report,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_plan,
    make_request,
    moment,
    revise,
)

ITEMS = "/plans/2016-76/items/"
ASSIGNMENTS = "/plans/2016-76/assignments/"
BOTH = ("items", "assignments")


def count(page):
    """The number above the list."""
    return int(re.match(r"\d+", page.text("//section[@id='rows']//h2"))[0])


def column(visitor, url, title, per_page=100):
    """The cells below that head, on all pages, of which each is as long as can be."""
    cells, url = [], f"{url}{'&' if '?' in url else '?'}per_page={per_page}"
    while url:
        page = visitor.get(url)
        heads = page.texts("//section[@id='rows']//thead//th")
        place = next(n for n, head in enumerate(heads) if head.rstrip(" ↑↓") == title)
        cells += [row[place] for row in page.rows()]
        url = next((link.url for link in page.links() if link.text == "下一页"), None)
    return cells


@pytest.fixture
def agency_pk(demo):
    return lambda name: Agency.objects.get(name=name).pk


# ── on paper ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_all_that_the_filter_leaves_is_one_page_to_print(demo_leader):
    page = demo_leader.get(f"{ASSIGNMENTS}?role=lead&sort=light")
    assert len(page.rows()) == 20
    printed = demo_leader.get(page.link("打印全部").url)
    assert len(printed.rows()) == count(page) == count(printed)
    assert f"已列出筛选出的全部{count(page)}条" in printed.main
    assert printed.rows()[:20] == page.rows()


def test_on_paper_a_ledger_says_its_filters_its_order_its_day_and_how_many_rows_it_has(demo_leader, agency_pk):
    url = f"{ASSIGNMENTS}?agency={agency_pk('省质监局')}&light=red&light=yellow&sort=-percent&as_of=2016-10-11"
    page = demo_leader.get(url)
    assert page.text("//section[@id='rows']/p[@class='print-only'][1]") == (
        f"筛选条件：单位：省质监局；亮灯：逾期、滞后。排序：进度，降序。截至2016-10-11，共{count(page)}条。"
    )
    assert demo_leader.get(ITEMS).text("//section[@id='rows']/p").startswith("未筛选。排序：序号。")


def test_what_does_not_go_on_one_page_to_print_is_said(demo_leader, monkeypatch):
    monkeypatch.setattr("tasks.pages.ledger.page.MOST_PRINTED", 100)
    page = demo_leader.get(f"{ASSIGNMENTS}?per_page=all&page=2")
    assert "一次最多打印100条，本页为第101至169条，共169条" in page.main
    assert len(page.rows()) == 69


# ── filters ──────────────────────────────────────────────────────────────────────────────────────────────────────


TOTALS = [(ITEMS, 17), (ASSIGNMENTS, 169)]


@pytest.mark.parametrize(("url", "total"), TOTALS)
def test_without_a_filter_everything_is_there(demo_leader, url, total):
    assert count(demo_leader.get(url)) == total
    assert len(column(demo_leader, url, "任务")) == total


@pytest.mark.parametrize(("url", "sizes"), [(ITEMS, [6, 5, 6]), (ASSIGNMENTS, None)])
def test_by_section(demo_leader, url, sizes):
    found = [count(demo_leader.get(f"{url}?section={number}")) for number in (1, 2, 3)]
    assert sizes in (found, None)
    assert sum(found) == dict(TOTALS)[url]


@pytest.mark.parametrize("url", [ITEMS, ASSIGNMENTS])
def test_by_light_one_or_several(demo_leader, url):
    words = {"red": "红 逾期", "yellow": "黄 滞后", "blue": "蓝 临期", "green": "绿 正常"}
    found = {light: column(demo_leader, f"{url}?light={light}", "亮灯") for light in words}
    assert {light: set(cells) for light, cells in found.items()} == {light: {word} for light, word in words.items()}
    both = column(demo_leader, f"{url}?light=red&light=yellow", "亮灯")
    assert sorted(both) == sorted(found["red"] + found["yellow"])


def test_lights_share_out_all_rows(demo_leader):
    for url, total in TOTALS:
        parts = [count(demo_leader.get(f"{url}?light={light}")) for light in Light]
        without = count(demo_leader.get(f"{url}?role=assist")) if url == ASSIGNMENTS else 0
        assert sum(parts) + without == total


def test_by_pace_which_what_has_ended_does_not_have(demo_leader):
    for url, total in TOTALS:
        parts = [count(demo_leader.get(f"{url}?pace={pace}")) for pace in ("ahead", "on_pace", "behind")]
        assert 0 < sum(parts) < total
        assert count(demo_leader.get(f"{url}?pace=ahead&pace=behind")) == parts[0] + parts[2]
    gaps = [int(gap.replace("−", "-")) for gap in column(demo_leader, f"{ASSIGNMENTS}?pace=behind", "差")]
    assert gaps
    assert max(gaps) <= -10


def test_by_agency_items_are_those_in_which_it_has_a_part(demo_leader, agency_pk):
    pk = agency_pk("省商务厅")
    assignments = column(demo_leader, f"{ASSIGNMENTS}?agency={pk}", "任务")
    assert set(column(demo_leader, f"{ASSIGNMENTS}?agency={pk}", "单位")) == {"省商务厅"}
    assert column(demo_leader, f"{ITEMS}?agency={pk}", "任务") == assignments


def test_by_role(demo_leader):
    assert count(demo_leader.get(f"{ASSIGNMENTS}?role=lead")) == 79
    assert column(demo_leader, f"{ASSIGNMENTS}?role=assist", "角色") == ["协助 推定"] * 90


def test_by_the_report_of_the_current_period(demo_leader):
    words = {"accepted": "已通过", "waiting": "待审", "sent_back": "退回待重报", "missing": "未报送"}
    found = {state: column(demo_leader, f"{ASSIGNMENTS}?report={state}", "三季度报告") for state in words}
    assert {state: set(cells) for state, cells in found.items()} == {state: {word} for state, word in words.items()}
    assert count(demo_leader.get(f"{ASSIGNMENTS}?report=filed")) == len(found["accepted"] + found["waiting"])
    assert count(demo_leader.get(f"{ASSIGNMENTS}?report=unfiled")) == len(found["sent_back"] + found["missing"])


def test_by_due_date_both_ends_included(demo_leader):
    dates = [day[:10] for day in column(demo_leader, f"{ITEMS}?due_after=2016-09-30&due_before=2016-10-20", "完成时限")]
    assert sorted(dates) == ["2016-09-30", "2016-09-30", "2016-09-30", "2016-10-20"]
    assert count(demo_leader.get(f"{ITEMS}?due_before=2016-09-29")) == 0


def test_the_due_date_that_counts_is_the_one_of_the_day(demo_leader):
    """Six items were given other dates in June."""
    assert count(demo_leader.get(f"{ITEMS}?due_before=2016-12-30")) == 6
    assert count(demo_leader.get(f"{ITEMS}?due_before=2016-12-30&as_of=2016-06-01")) == 0


@pytest.mark.parametrize("url", BOTH)
def test_the_filters_offer_an_agency_as_soon_as_it_has_a_part(as_leader, plan, item, lead, coordinator, url):
    page = f"/plans/{plan.slug}/{url}/"
    before = as_leader.get(page).texts("//select[@name='agency']/option")
    joined = make_agency("省新设局")
    assign(item=item, agency=joined, role="lead", by=coordinator, at=moment("2016-10-12"))
    assert as_leader.get(page).texts("//select[@name='agency']/option")[1:] == [*before[1:], "省新设局"]


def test_by_words_all_of_which_must_occur(demo_leader):
    both = column(demo_leader, f"{ITEMS}?q=安徽名牌", "任务")
    assert both == ["大力推动品牌建设"]
    assert count(demo_leader.get(f"{ITEMS}?q=品牌")) > 1
    assert count(demo_leader.get(f"{ITEMS}?q=安徽名牌+铁路")) == 0
    assert set(column(demo_leader, f"{ASSIGNMENTS}?q=海关", "单位")) >= {"合肥海关"}


def test_words_are_found_in_every_text_of_the_report_each_by_itself(as_leader, item, lead, assist):
    """In progress, problems, next steps and the reason of a delay, and in no other report than the one that counts."""
    said = {"problems": "培训场地尚未落实", "next_steps": "与高校商定", "delay_reason": "经费未拨"}
    accepted_report(lead, 30, at=moment("2016-10-01"), progress="筹备质量研讨班。", **said)
    file_report(assist, 10, at=moment("2016-10-02"), progress="研讨班场地")
    for query in ("研讨班+场地", "商定+经费", "筹备+研讨班+落实"):
        [row] = as_leader.get(f"/plans/{item.plan.slug}/assignments/?q={query}").rows()
        assert row[2] == "省商务厅"
        assert count(as_leader.get(f"/plans/{item.plan.slug}/items/?q={query}")) == 1
    assert count(as_leader.get(f"/plans/{item.plan.slug}/assignments/?q=场地+商务厅")) == 1
    for query in ("研讨班+设备", "研讨班场地"):
        assert [count(as_leader.get(f"/plans/{item.plan.slug}/{name}/?q={query}")) for name in BOTH] == [0, 0]


def test_by_state_which_the_column_says_too(demo_leader):
    sizes = {state: count(demo_leader.get(f"{ASSIGNMENTS}?state={state}")) for state in State}
    there = [state for state, size in sizes.items() if size]
    assert len(there) > 3
    assert sum(sizes.values()) == 169
    for state in there:
        assert column(demo_leader, f"{ASSIGNMENTS}?state={state}", "状态") == [state.label] * sizes[state]


def test_words_are_taken_as_they_are(demo_leader):
    for words in ("100%25", "_", "'", '"', "%5C", "%F0%9F%98%80", "(", "*"):
        assert count(demo_leader.get(f"{ITEMS}?q={words}")) < 17, words


def test_filters_narrow_each_other(demo_leader, agency_pk):
    url = f"{ASSIGNMENTS}?section=3&role=lead&light=yellow&agency={agency_pk('省商务厅')}"
    page = demo_leader.get(url)
    assert [row[1:5:3] for row in page.rows()] == [["加强重点领域质量安全监管", "黄 滞后"]]


def test_what_is_chosen_stands_in_the_form_again(demo_leader, agency_pk):
    lists = {"section": "2", "agency": str(agency_pk("省商务厅")), "role": "lead", "report": "missing"}
    lists |= {"course": "", "state": "in_progress", "source": "inferred"}
    fields = {"q": "质量", "due_after": "2016-06-01", "due_before": "2016-12-31"}
    query = urlencode([*lists.items(), *fields.items(), ("light", "red"), ("light", "blue"), ("pace", "behind")])
    form = demo_leader.get(f"{ASSIGNMENTS}?{query}").one("//form[@class='filters']")
    chosen = {field.get("name"): field.xpath("string(option[@selected]/@value)") for field in form.xpath(".//select")}
    assert chosen == lists
    assert {name: form.xpath(f"string(.//input[@name='{name}']/@value)") for name in fields} == fields
    assert form.xpath(".//input[@checked]/@value") == ["red", "blue", "behind"]


def test_nothing_found_says_so_and_how_to_go_on(demo_leader):
    for url in (ITEMS, ASSIGNMENTS):
        page = demo_leader.get(f"{url}?q=没有这样的词")
        assert "请放宽筛选条件" in page.text("//p[@class='empty']")
        assert page.link("清除").url == url


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("section=abc", "section"),
        ("section=NaN", "section"),
        ("agency=省商务厅", "agency"),
        ("role=boss", "role"),
        ("report=lost", "report"),
        ("light=purple", "light"),
        ("light=red&light=purple", "light"),
        ("pace=fast", "pace"),
        ("due_after=2016-13-45", "due_after"),
        ("due_before=soon", "due_before"),
    ],
)
def test_a_filter_that_makes_no_sense_gets_a_message_at_its_field(demo_leader, query, name):
    page = demo_leader.get(f"{ASSIGNMENTS}?{query}")
    assert name in page.errors
    assert re.search("[一-龥]", page.errors[name])


NONSENSE = [
    "section=99999999999999999999",
    "section=-1",
    "section=1.5",
    "section=1e400",
    "agency=99999999999999999999",
    "agency=0",
    "due_after=0001-01-01",
    "q=" + "很长" * 2000,
    "unknown=1",
    "sort=unknown&per_page=0&page=0",
    "sort=--number&per_page=-5&page=-1",
    "sort=item__plan&per_page=1000000&page=x",
    "page=99999999999999999999",
]


@pytest.mark.parametrize("url", [ITEMS, ASSIGNMENTS])
def test_whatever_stands_in_the_address_the_page_is_a_page(demo_leader, url):
    for query in NONSENSE:
        assert len(demo_leader.get(f"{url}?{query}").rows()) <= 20, query


# ── order ────────────────────────────────────────────────────────────────────────────────────────────────────────

SEVERITY = ["红 逾期", "黄 滞后", "蓝 临期", "绿 正常"]


def rank(light):
    """Grey, which has other words too, comes last."""
    return SEVERITY.index(light) if light in SEVERITY else len(SEVERITY)


def whole(percent):
    return int(percent.rstrip("%"))


def signed(gap):
    return 0 if gap in ("—", "·") else int(gap.replace("−", "-").replace("+", ""))


@pytest.mark.parametrize(
    ("url", "sort", "title", "key"),
    [
        (ITEMS, "light", "亮灯", rank),
        (ITEMS, "percent", "进度", whole),
        (ITEMS, "due", "完成时限", lambda due: due[:10]),
        (f"{ASSIGNMENTS}?role=lead", "light", "亮灯", rank),
        (f"{ASSIGNMENTS}?role=lead", "percent", "进度", whole),
        (f"{ASSIGNMENTS}?role=lead", "due", "完成时限", lambda due: due[:10]),
        (f"{ASSIGNMENTS}?role=lead&pace=ahead&pace=on_pace&pace=behind", "gap", "差", signed),
        (f"{ITEMS}?pace=ahead&pace=on_pace&pace=behind", "gap", "差", signed),
    ],
)
def test_each_sort_orders_all_pages_in_both_directions(demo_leader, url, sort, title, key):
    more = "&" if "?" in url else "?"
    for direction, descending in ((sort, False), (f"-{sort}", True)):
        keys = [key(cell) for cell in column(demo_leader, f"{url}{more}sort={direction}", title, per_page=50)]
        assert keys == sorted(keys, reverse=descending)
        assert len(set(keys)) > 1


def test_without_a_sort_rows_stand_in_the_order_of_the_notice(demo_leader):
    labels = column(demo_leader, ITEMS, "序号")
    assert labels == column(demo_leader, f"{ITEMS}?sort=number", "序号")
    assert labels == list(reversed(column(demo_leader, f"{ITEMS}?sort=-number", "序号")))
    agencies = dict.fromkeys(column(demo_leader, f"{ASSIGNMENTS}?sort=agency", "单位"))
    assert list(agencies) == list(Agency.objects.values_list("name", flat=True))


def test_a_head_sorts_by_its_column_first_up_then_down(demo_leader):
    page = demo_leader.get(f"{ITEMS}?light=red&light=yellow&page=1")
    link = next(link for link in page.links("//thead") if link.text == "进度")
    assert link.url == f"{ITEMS}?light=red&light=yellow&sort=percent"
    page = demo_leader.get(link.url)
    head = page.one("//th[@aria-sort]")
    assert (head.get("aria-sort"), "".join(head.text_content().split())) == ("ascending", "进度↑")
    link = next(link for link in page.links("//thead") if link.text == "进度 ↑")
    assert demo_leader.get(link.url).one("//th[@aria-sort]").get("aria-sort") == "descending"


# ── pages ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sort", ["", "&sort=light", "&sort=-percent", "&sort=due", "&sort=agency"])
def test_turning_pages_keeps_filters_and_order_and_shows_every_row_once(demo_leader, sort):
    url, seen = f"{ASSIGNMENTS}?role=lead{sort}", []
    while url:
        page = demo_leader.get(url)
        assert count(page) == 79
        seen += page.all("//section[@id='rows']//td[contains(@class, 'title')]/a/@href")
        url = next((link.url for link in page.links() if link.text == "下一页"), None)
        assert url is None or f"?role=lead{sort}" in url
    assert len(seen) == len(set(seen)) == 79


def test_the_pager_says_which_rows_these_are(demo_leader):
    page = demo_leader.get(f"{ASSIGNMENTS}?role=lead&page=2")
    assert "第21—40条，共79条 · 每页20条" in page.text("//nav[@aria-label='分页']")
    assert page.texts("//nav[@aria-label='分页']//*[@aria-current]") == ["2"]
    assert page.link("上一页").url == f"{ASSIGNMENTS}?role=lead&page=1"


def test_a_page_holds_20_50_or_100_rows(demo_leader):
    for asked, given in (("20", 20), ("50", 50), ("100", 100), ("7", 20), ("x", 20)):
        assert len(demo_leader.get(f"{ASSIGNMENTS}?per_page={asked}").rows()) == given
    assert "per_page=50" in demo_leader.get(f"{ASSIGNMENTS}?per_page=50").link("下一页").url


def test_filtering_again_begins_at_the_first_page_and_keeps_day_order_and_size(demo_leader):
    page = demo_leader.get(f"{ASSIGNMENTS}?page=3&sort=due&per_page=20&as_of=2016-08-01")
    hidden = page.all("//form[@class='filters']//input[@type='hidden']")
    assert {field.get("name"): field.get("value") for field in hidden} == {
        "as_of": "2016-08-01",
        "sort": "due",
        "per_page": "20",
    }


def test_a_page_beyond_the_last_is_the_last(demo_leader):
    assert len(demo_leader.get(f"{ASSIGNMENTS}?page=999").rows()) == 9


# ── 曾逾期, 待销号 ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def repaired(plan, lead, assist):
    """Three tasks of the lead agency that were red: extended since, waiting to be closed, and red to this day."""
    items = [lead.item, *(make_item(plan, due_on=date(2016, 9, 30)) for _ in range(2))]
    leads = [lead, *(make_assignment(item, lead.agency) for item in items[1:])]
    for item in items:
        LightChange.objects.create(item=item, day=date(2016, 10, 1), light="red", previous="green", reason="逾期")
    accepted_report(leads[1], 100, at=moment("2016-10-02"))
    make_request(leads[1], at=moment("2016-10-03"))
    return plan


def test_what_was_overdue_is_found_when_it_is_no_more(as_leader, repaired):
    pages = {name: as_leader.get(f"/plans/{repaired.slug}/{name}/?course=once_red&as_of=2016-10-12") for name in BOTH}
    assert [page.rows()[0][1] for page in pages.values()] == ["任务1", "任务1"]
    assert [count(page) for page in pages.values()] == [1, 1]  # the assisting agency was never late
    before = as_leader.get(f"/plans/{repaired.slug}/items/?course=once_red&as_of=2016-09-30")
    assert count(before) == 0


def test_a_lead_that_ended_before_its_task_was_late_was_never_late(as_leader, repaired, lead):
    early, late, again = (make_assignment(lead.item, make_agency(name)) for name in ("省甲局", "省乙局", "省丙局"))
    for one, day in ((early, "2016-09-20"), (late, "2016-10-02"), (again, "2016-09-20")):
        close(one, at=moment(f"{day} 10:00"))
    close(again, "reopened", at=moment("2016-10-03 10:00"))
    rows = as_leader.get(f"/plans/{repaired.slug}/assignments/?course=once_red&as_of=2016-10-12").rows()
    assert [row[2] for row in rows] == ["省商务厅", "省乙局", "省丙局"]
    for agency, times in ((early.agency, 0), (late.agency, 1)):
        page = as_leader.get(f"/plans/{repaired.slug}/agencies/{agency.pk}/?as_of=2016-10-12")
        assert page.main.count("曾逾期1项") == times


def test_what_waits_to_be_closed_is_found_and_says_so(as_leader, repaired, lead):
    url = f"/plans/{repaired.slug}/assignments/?course=settling"
    [row] = as_leader.get(f"{url}&as_of=2016-10-12").rows()
    assert row[1:5] == ["任务2", "省商务厅", "负责", "红 逾期 待销号"]
    assert count(as_leader.get(f"{url}&as_of=2016-10-02")) == 0
    assert count(as_leader.get(f"{url}&agency={lead.agency.pk}&as_of=2016-10-12")) == 1


def test_the_dashboard_and_the_agency_s_page_count_both_and_lead_to_the_rows(as_leader, repaired, lead):
    for page in ("", f"agencies/{lead.agency.pk}/"):
        shown = as_leader.get(f"/plans/{repaired.slug}/{page}?as_of=2016-10-12")
        links = {link.text: link.url for link in shown.links("//main") if "course=" in link.url}
        assert {re.match(r"曾逾期|待销号", text)[0] for text in links} == {"曾逾期", "待销号"}
        for text, url in links.items():
            assert count(as_leader.get(url)) == int(re.search(r"\d+", text)[0])


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_says_how_its_assignment_stands(as_leader, item, lead, period):
    make_period(item.plan, "2016Q2")
    accepted_report(lead, 37, at=moment("2016-09-21 10:00"), progress="检测能力建设完成过半。")
    revise(item, date(2016, 10, 31), at=moment("2016-09-01 10:00"))
    [row] = as_leader.get(f"/plans/{item.plan.slug}/assignments/?as_of=2016-09-30").rows()
    assert row[1:5] == ["任务1", "省商务厅", "负责", "黄 滞后"]
    assert row[5] == "待签收"
    assert row[7:9] == ["37%", "−44"]
    assert row[9:] == ["2016-10-31 调整原 2016-12-31 推定", "已通过", "检测能力建设完成过半。"]


def test_what_has_no_due_date_goes_on(as_leader, plan):
    make_assignment(make_item(plan, due_on=None), make_agency())
    for ledger in ("items", "assignments"):
        [row] = as_leader.get(f"/plans/{plan.slug}/{ledger}/").rows()
        assert [cell for cell in row if cell.startswith("持续推进")]
        assert "绿 正常" in row
        for sort in ("due", "-due", "gap", "-gap", "light"):
            assert len(as_leader.get(f"/plans/{plan.slug}/{ledger}/?sort={sort}").rows()) == 1


def test_an_item_that_nobody_leads_is_listed_too(as_leader, item):
    [row] = as_leader.get(f"/plans/{item.plan.slug}/items/").rows()
    assert row[3] == "灰 已办结" or "未明确" in row[-1]


def test_the_ledger_of_one_plan_knows_nothing_of_another(as_leader, lead):
    other = make_plan()
    make_assignment(make_item(other), make_agency("省林业厅"))
    assert "省林业厅" not in as_leader.get(f"/plans/{lead.item.plan.slug}/assignments/").main
    assert count(as_leader.get(f"/plans/{other.slug}/assignments/")) == 1


def test_filtering_by_report_where_no_period_is_open_finds_nothing(as_leader, lead):
    assert count(as_leader.get(f"/plans/{lead.item.plan.slug}/assignments/?report=missing")) == 0
