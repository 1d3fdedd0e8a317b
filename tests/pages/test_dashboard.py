"""总览: the plan at one glance."""

import re
from datetime import date

import pytest

from tasks.rules.status import Light
from tests.support.factories import accepted_report, make_agency, make_assignment, make_item, make_plan, moment, revise

DASHBOARD = "/plans/2016-76/"
DAYS = ["", "?as_of=2016-08-01"]


def tiles(page):
    """The number in each tile by its light."""
    return {tile.get("class"): int(tile.findtext("b")) for tile in page.all("//ul[@class='tiles']/li/a")}


def lede(page):
    return page.text("//p[@class='lede']")


def test_it_names_the_notice_its_number_and_what_is_in_it(demo_leader):
    page = demo_leader.get(DASHBOARD)
    assert page.title == "贯彻质量发展纲要推进质量安徽建设2016年行动计划"
    assert "皖政办秘〔2016〕76号" in page.main
    assert "3个部分 · 17项任务 · 24个单位" in page.main


def test_the_address_of_the_site_leads_to_the_newest_plan(demo_leader):
    assert demo_leader.get("/", 302).response.url == DASHBOARD


@pytest.mark.parametrize("day", DAYS)
def test_the_tiles_count_every_item_once_and_the_one_sentence_says_the_same(demo_leader, day):
    page = demo_leader.get(DASHBOARD + day)
    counts = tiles(page)
    assert list(counts) == ["red", "yellow", "blue", "green", "grey"]
    assert sum(counts.values()) == 17
    told = {light.value: int(n) for light in Light for n in re.findall(rf"(\d+)项{light.label}", lede(page))}
    assert told == {light: count for light, count in counts.items() if count}


def test_a_past_day_had_other_lights(demo_leader):
    today, past = (tiles(demo_leader.get(DASHBOARD + day)) for day in DAYS)
    assert today["red"] > 0
    assert past["red"] == 0  # nothing fell due before the end of September


def test_the_one_sentence_says_progress_against_time_and_who_has_filed(demo_leader):
    today = lede(demo_leader.get(DASHBOARD))
    assert re.search(r"总体进度 \d+\.\d%，比序时进度（\d+\.\d%）(慢|快)\d+\.\d个百分点", today)
    assert re.search(r"三季度报告应报71份，已报\d+份，未报\d+份，10月14日（周五）截止", today)
    assert "二季度报告应报78份" in lede(demo_leader.get(f"{DASHBOARD}?as_of=2016-08-01"))
    assert "尚无开放的报告期" in lede(demo_leader.get(f"{DASHBOARD}?as_of=2016-05-24"))


def test_on_the_first_day_nothing_is_ahead_or_behind(demo_leader):
    assert "；各单位尚无通过的报告，总体进度 按0计，与序时进度（0.0%）持平" in lede(
        demo_leader.get(f"{DASHBOARD}?as_of=2016-05-24")
    )


@pytest.mark.parametrize("day", DAYS)
def test_the_plan_is_the_mean_of_its_items_and_so_is_each_section(demo_leader, day):
    page, ledger = demo_leader.get(DASHBOARD + day), demo_leader.get(f"{DASHBOARD}items/{day}")
    percents = [(row[2], int(row[5].rstrip("%") if "%" in row[5] else 0)) for row in ledger.rows()]
    groups = [[percent for _, percent in percents]]
    groups += [[percent for section, percent in percents if section == name] for name in "一二三"]
    shown = [float(row[2].rstrip("%")) for row in page.rows("//table[@class='bars big']/tbody/tr")]
    assert shown == pytest.approx([sum(group) / len(group) for group in groups], abs=0.5)


def test_owed_is_filed_and_unfiled_in_its_four_states(demo_leader):
    page = demo_leader.get(DASHBOARD)
    states = dict(re.findall(r"(已通过|待审|退回待重报|未报送) (\d+)", page.text("//div[@class='filing']/ul")))
    assert sum(map(int, states.values())) == 71
    filed = int(re.search(r"已报(\d+)份", lede(page))[1])
    assert filed == int(states["已通过"]) + int(states["待审"])


def test_the_matrix_has_a_cell_for_every_assignment_and_the_sums_below_it(demo_leader):
    page = demo_leader.get(DASHBOARD)
    assert len(page.all("//table[@class='matrix']//a[starts-with(@class, 'cell')]")) == 79
    assert len(page.all("//table[@class='matrix']//a[@class='aid']")) == 90
    leads, assists, _ = page.rows("//table[@class='matrix']/tfoot/tr")
    assert (sum(map(int, leads[1:-1])), leads[-1]) == (79, "79")
    assert (sum(map(int, assists[1:-1])), assists[-1]) == (90, "90")


def test_a_cell_of_the_matrix_says_all_in_words_and_leads_to_its_agency_in_the_item(demo_leader):
    cell = demo_leader.get(DASHBOARD).all("//table[@class='matrix']//a[@class='cell red']")[0]
    agency, role, percent, light = cell.get("aria-label").split("，")
    assert (role, light) == ("负责", "红 逾期")
    path, _, anchor = cell.get("href").partition("#")
    row = demo_leader.get(path).text(f"//*[@id='{anchor}']")
    assert agency in row
    assert percent in row


def test_the_changes_of_two_weeks_tell_the_light_before_and_after_and_why(demo_coordinator):
    changes = demo_coordinator.get(DASHBOARD).texts("//ul[@class='change']/li")
    assert any(re.fullmatch(r"10-01.*→ ?红 逾期（十）提升全社会质量素养：.*未办结", change) for change in changes)
    assert "近两周各任务亮灯没有变化" in demo_coordinator.get(f"{DASHBOARD}?as_of=2016-05-30").main


def test_what_falls_due_next_is_listed_with_the_days_that_are_left(demo_leader):
    upcoming = demo_leader.get(DASHBOARD).text("//section[.//h2='即将到期']")
    assert "10-14 周五还有2个工作日" in upcoming
    assert "10-20 周四还有8天" in upcoming


def test_agencies_are_ranked_by_what_is_late(demo_leader):
    rows = demo_leader.get(DASHBOARD).rows("//section[.//h2='逾期、滞后、未报单位']//tbody/tr")
    ranks = [tuple(int(cell.replace("·", "0")) for cell in row[1:4]) for row in rows]
    assert ranks == sorted(ranks, reverse=True)
    assert ranks[0][0] > 0


def test_what_waits_is_listed_and_only_coordinators_are_led_to_the_review(demo_leader, demo_coordinator):
    def targets(visitor):
        waiting = visitor.get(DASHBOARD).one("//section[.//h2='待审核']")
        return {url.rsplit("/", 2)[0] for url in waiting.xpath(".//li//a/@href")}

    assert targets(demo_coordinator) == {"/reviews"}
    assert targets(demo_leader) == {"/plans/2016-76/items"}


def test_whoever_looks_after_another_is_shown_their_own_ways(demo_visitor):
    """The parts of the page are kept for all, by what is shown to whom."""
    first = {name: demo_visitor(name).get(DASHBOARD).main for name in ("coordinator", "leader", "zhijian")}
    again = {name: demo_visitor(name).get(DASHBOARD).main for name in ("zhijian", "leader", "coordinator")}
    assert first == again
    assert {name: ("去审核" in text, "单位排名" in text) for name, text in first.items()} == {
        "coordinator": (True, False),
        "leader": (False, True),
        "zhijian": (False, False),
    }
    past = demo_visitor("leader").get(f"{DASHBOARD}?as_of=2016-10-01").main
    assert "截至10月1日" in past
    assert "截至10月12日" in first["leader"]


def test_the_curve_says_in_its_title_what_it_draws(demo_leader):
    page = demo_leader.get(DASHBOARD)
    percent, expected = page.rows("//table[@class='bars big']/tbody/tr")[0][2:4]
    assert page.text("//figure//*[local-name()='title']").endswith(f"10月12日实际{percent}，序时{expected}")


def test_before_the_import_the_page_says_since_when_there_are_records(demo_leader):
    page = demo_leader.get(f"{DASHBOARD}?as_of=2016-05-23")
    assert "系统自2016年5月24日起有记录" in page.text("//p[contains(@class, 'empty')]")


def test_a_due_date_that_was_moved_stands_beside_the_original(as_leader, item, lead):
    revise(item, date(2017, 1, 31), at=moment("2016-09-01 10:00"))
    for url in (item.plan.get_absolute_url(), item.section.get_absolute_url()):
        [cell] = as_leader.get(f"{url}?as_of=2016-10-12").texts("//tr[@id='item-1']/td[contains(@class, 'duecell')]")
        assert cell == "2017-01-31原12-31"


def test_items_beyond_the_first_page_are_on_the_next(as_leader):
    plan, agency = make_plan(), make_agency()
    for _ in range(63):
        make_assignment(make_item(plan), agency)
    page = as_leader.get(plan.get_absolute_url())
    assert "63项任务" in page.main
    assert len(page.all("//tr[starts-with(@id, 'item-')]")) == 20
    rest = as_leader.get(page.link("4").url)
    assert [row.get("id") for row in rest.all("//tr[starts-with(@id, 'item-')]")] == ["item-61", "item-62", "item-63"]
    assert tiles(rest) == tiles(page)


def test_a_plan_that_has_no_items_yet_is_a_page_too(as_leader, plan):
    assert "尚未交办" in as_leader.get(plan.get_absolute_url()).main


def test_an_installation_without_a_plan_says_how_to_begin(as_leader):
    page = as_leader.get("/")
    assert page.title == "还没有行动计划"
    assert page.text("//code") == "manage.py import_notice 公文文件"


def test_a_plan_that_nobody_imported_is_not_found(as_leader):
    as_leader.get("/plans/2020-1/", 404)


def test_the_matrix_says_where_no_report_was_accepted_yet(as_leader, lead):
    second = make_assignment(make_item(lead.item.plan), lead.agency)
    accepted_report(second, 40, at=moment("2016-10-01"))
    page = as_leader.get(f"{lead.item.plan.get_absolute_url()}?as_of=2016-10-12")
    assert page.texts("//tbody//td[@class='mean']") == ["尚无", "40"]
    assert page.texts("//tfoot/tr[last()]/td") == ["20", "20"]
    page = as_leader.get(f"{lead.item.plan.get_absolute_url()}?as_of=2016-09-30")
    assert page.texts("//tfoot/tr[last()]/td") == ["尚无", "尚无"]


def test_a_plan_of_which_nobody_has_reported_reads_so_and_not_0(as_leader, lead):
    page = as_leader.get(f"{lead.item.plan.get_absolute_url()}?as_of=2016-09-30")
    assert "；各单位尚无通过的报告，总体进度 按0计，比序时进度" in lede(page)
    assert {cells[2] for cells in page.rows("//table[@class='bars big']/tbody/tr")} == {"尚无"}
    assert "尚无通过的报告，序时" in page.text("//figure//*[local-name()='title']")
    agencies = as_leader.get(f"{lead.item.plan.get_absolute_url()}agencies/?as_of=2016-09-30")
    assert "尚无" in agencies.rows("//main//tbody/tr")[0]
    assert "尚无通过的报告的按0计" in agencies.main


def test_it_says_how_many_count_as_0_in_its_means(as_leader, lead):
    make_assignment(lead.item, make_agency("省科技厅"))
    accepted_report(lead, 40, at=moment("2016-10-01"))
    plan = lead.item.plan.get_absolute_url()
    assert "；1项责任分工尚无通过的报告，按0计" in as_leader.get(f"{plan}?as_of=2016-10-12").text(
        "//section[@id='progress']"
    )
    item = as_leader.get(f"{lead.item.get_absolute_url()}?as_of=2016-10-12")
    assert "（2家负责单位的均值，其中1家尚无通过的报告，按0计）" in item.main
    both = make_assignment(make_item(lead.item.plan), lead.agency)
    agency = as_leader.get(f"{plan}agencies/{both.agency_id}/?as_of=2016-10-12")
    assert "平均进度 20%（1项尚无通过的报告，按0计）" in agency.text("//p[@class='lede']")
