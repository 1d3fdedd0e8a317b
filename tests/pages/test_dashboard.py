"""总览: the plan at one glance, and every number leads to the rows that make it."""

import re

import pytest

from tasks.status import Light
from tests.factories import make_agency, make_assignment, make_item, make_plan

DASHBOARD = "/plans/2016-76/"
DAYS = ["", "?as_of=2016-08-01"]


def light_counts(page):
    """What the tiles say, by the light's word."""
    tiles = page.all("//ul[@class='tiles']/li/a")
    return {tile.get("class"): int(tile.findtext("b")) for tile in tiles}


def test_it_names_the_notice_its_number_and_its_day(demo_leader):
    page = demo_leader.get(DASHBOARD)
    assert page.title == "贯彻质量发展纲要推进质量安徽建设2016年行动计划"
    assert "皖政办秘〔2016〕76号" in page.main
    assert "3个部分 · 17项任务 · 24个单位" in page.main
    assert page.one("//input[@name='as_of']").get("value") == "2016-10-12"


def test_the_address_of_the_site_leads_to_the_newest_plan(demo_leader):
    assert demo_leader.get("/", 302).response.url == DASHBOARD


@pytest.mark.parametrize("day", DAYS)
def test_the_one_sentence_and_the_tiles_tell_the_same_lights(demo_leader, day):
    page = demo_leader.get(DASHBOARD + day)
    counts = light_counts(page)
    assert sum(counts.values()) == 17
    lede = page.text("//p[@class='lede']")
    told = {light: count for light, count in counts.items() if count}
    assert {light: int(n) for light in told for n in re.findall(rf"(\d+)项{Light(light).label}", lede)} == told


@pytest.mark.parametrize(
    ("day", "percent", "filing"),
    [
        ("", "总体进度 71.4%，比序时进度（74.2%）慢2.8个百分点", "三季度报告应报71份，已报25份，46份未报，10月14日（周五）截止"),
        ("?as_of=2016-08-01", None, "二季度报告应报79份"),
        ("?as_of=2016-05-24", "总体进度 0.0%", "尚无开放的报告期"),
    ],
)
def test_the_one_sentence_says_progress_against_time_and_who_has_filed(demo_leader, day, percent, filing):
    lede = demo_leader.get(DASHBOARD + day).text("//p[@class='lede']")
    assert filing in lede
    assert percent is None or percent in lede


@pytest.mark.parametrize("day", DAYS)
def test_the_whole_is_the_mean_of_its_items_and_each_section_of_its_own(demo_leader, day):
    page = demo_leader.get(DASHBOARD + day)
    shown = [[cell for cell in row] for row in page.rows("//table[@class='bars big']/tbody/tr")]
    ledger = demo_leader.get(f"/plans/2016-76/items/{day}")
    by_section = {}
    for _, _, section, _, _, percent, *_ in ledger.rows():
        by_section.setdefault(section, []).append(int(percent.rstrip("%")))
    parts = [[percent for percents in by_section.values() for percent in percents], *by_section.values()]
    assert len(shown) == len(parts) == 4
    for row, percents in zip(shown, parts, strict=True):
        assert float(row[2].rstrip("%")) == pytest.approx(sum(percents) / len(percents), abs=0.51)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("path", ["", "sections/1/", "agencies/"])
def test_every_number_leads_to_as_many_rows(demo_leader, day, path):
    """The links of the pages with figures: each number in them is the number of rows behind it."""
    page = demo_leader.get(f"{DASHBOARD}{path}{day}")
    counted = {"tasks:item-list", "tasks:assignment-list", "reports:agency-list"}
    links = {link for link in page.links() if link.number is not None and link.view_name in counted}
    assert len(links) >= 4
    differing = []
    for link in links:
        more = "&" if "?" in link.url else "?"
        target = demo_leader.get(f"{link.url}{more}per_page=100")
        rows = target.rows("//main//table[contains(@class, 'stack')]/tbody/tr[not(contains(@class, 'part'))]")
        total = int(re.search(r"共(\d+)条|$", target.main)[1] or 0)
        empty = bool(target.all("//section[@id='rows']//p[@class='empty']"))
        if not (link.number == total == len(rows) or (link.number == total and total > len(rows) > 0) or (empty and link.number == 0)):
            differing.append((link.text, link.number, total, len(rows), link.url))
    assert differing == []


def test_the_lights_of_a_past_day_are_not_today_s(demo_leader):
    today, past = (light_counts(demo_leader.get(DASHBOARD + day)) for day in DAYS)
    assert past != today
    assert past["red"] == 0  # the first items fell due at the end of September


def test_a_past_day_is_carried_into_every_link_that_speaks_for_a_day(demo_leader):
    dated = {
        "reports:dashboard",
        "reports:section-detail",
        "reports:agency-list",
        "reports:agency-detail",
        "tasks:item-list",
        "tasks:assignment-list",
        "tasks:item-detail",
    }
    paths = ["", "sections/2/", "agencies/", "agencies/?sort=late", "items/", "assignments/", "items/3/"]
    agency = demo_leader.get(DASHBOARD + "agencies/").links("//tbody")[0].url
    for url in [*(DASHBOARD + path for path in paths), agency]:
        page = demo_leader.get(f"{url}{'&' if '?' in url else '?'}as_of=2016-08-01")
        links = [*page.links("//main"), *page.links("//nav[@aria-label='主导航']")]
        lost = [
            link
            for link in links
            if link.view_name in dated and "as_of=2016-08-01" not in link.url and "回" not in link.text
        ]
        on_purpose = {"印发日", "二季度末", "三季度末"}
        assert [link for link in lost if link.text not in on_purpose] == []


def test_the_form_of_the_day_keeps_the_other_parameters(demo_leader):
    page = demo_leader.get("/plans/2016-76/assignments/?light=red&light=yellow&sort=due&page=1")
    assert page.all("//form[@class='asof']//input[@type='hidden']/@value") == ["red", "yellow", "due"]


@pytest.mark.parametrize("day", ["2016-05-23", "1999-01-01"])
def test_before_the_plan_was_known_the_page_says_so(demo_leader, day):
    for path in ("", "sections/1/"):
        page = demo_leader.get(f"{DASHBOARD}{path}?as_of={day}")
        assert re.search("尚未交办|没有已交办", page.main)
    assert "2016年5月24日" in demo_leader.get(f"{DASHBOARD}?as_of={day}").main


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("2016-10-13", "截至日期2016-10-13晚于今天（2016-10-12），系统不推测将来。"),
        ("2016-02-30", "“2016-02-30”不是日期，请按2016-09-30的格式填写。"),
        ("昨天", "“昨天”不是日期"),
        ("9999-12-31", "晚于今天"),
        ("%3Cscript%3E", "“<script>”不是日期"),
    ],
)
@pytest.mark.parametrize("path", ["", "items/", "assignments/", "items/1/", "sections/1/", "agencies/"])
def test_a_day_to_come_or_no_day_is_refused_with_a_message(demo_leader, path, given, message):
    page = demo_leader.get(f"{DASHBOARD}{path}?as_of={given}", 400)
    assert message in page.text("//p[@class='msg']")
    assert "<script>”" not in page.source


def test_the_first_and_the_last_day_of_the_calendar_are_days_too(demo_leader):
    demo_leader.get(f"{DASHBOARD}?as_of=0001-01-01")
    demo_leader.get(f"{DASHBOARD}?as_of=2016-10-12")
    assert demo_leader.get(f"{DASHBOARD}?as_of=").main == demo_leader.get(DASHBOARD).main


def test_the_matrix_has_a_cell_for_every_assignment_and_the_sums_below_it(demo_leader):
    page = demo_leader.get(DASHBOARD)
    assert len(page.all("//table[@class='matrix']//a[contains(@class, 'cell')]")) == 79
    assert len(page.all("//table[@class='matrix']//a[@class='aid']")) == 90
    leads, assists, _ = page.rows("//table[@class='matrix']/tfoot/tr")
    assert (sum(map(int, leads[1:-1])), leads[-1]) == (79, "79")
    assert (sum(map(int, assists[1:-1])), assists[-1]) == (90, "90")


def test_a_cell_of_the_matrix_leads_to_its_agency_on_the_page_of_the_item(demo_leader):
    page = demo_leader.get(DASHBOARD)
    cell = next(a for a in page.all("//table[@class='matrix']//a[contains(@class, 'cell red')]"))
    path, _, anchor = cell.get("href").partition("#")
    target = demo_leader.get(path)
    assert cell.get("aria-label").split("，")[0] in target.text(f"//*[@id='{anchor}']")


def test_the_changes_of_two_weeks_tell_the_light_before_and_after(demo_leader):
    page = demo_leader.get(DASHBOARD)
    changes = page.texts("//ul[@class='change']/li")
    assert any("（十）" in change and "红 逾期" in change for change in changes)
    assert "近两周各任务亮灯没有变化" in demo_leader.get(f"{DASHBOARD}?as_of=2016-05-30").main


def test_what_waits_is_listed_and_only_coordinators_are_led_to_the_review(demo_leader, demo_coordinator):
    def targets(visitor):
        waiting = visitor.get(DASHBOARD).one("//section[.//h2='待审核']")
        return {url.rsplit("/", 2)[0] for url in waiting.xpath(".//li//a/@href")}

    assert targets(demo_coordinator) == {"/reviews"}
    assert targets(demo_leader) == {"/plans/2016-76/items"}


def test_a_plan_without_anything_in_it_is_a_page_too(as_leader):
    plan = make_plan()
    assert "尚未交办" in as_leader.get(f"/plans/{plan.slug}/").main


def test_items_beyond_the_first_page_are_on_the_next(as_leader):
    plan = make_plan()
    agency = make_agency()
    for _ in range(23):
        make_assignment(make_item(plan), agency)
    page = as_leader.get(f"/plans/{plan.slug}/")
    assert "23项任务" in page.main
    assert len(page.all("//tr[starts-with(@id, 'item-')]")) == 20
    rest = as_leader.get(page.link("下一页").url)
    assert [row.get("id") for row in rest.all("//tr[starts-with(@id, 'item-')]")] == ["item-21", "item-22", "item-23"]


def test_an_installation_without_a_plan_says_how_to_begin(as_leader):
    assert "import_notice" in as_leader.get("/").main or "导入" in as_leader.get("/").main


def test_a_plan_that_does_not_exist_is_not_found(as_leader):
    as_leader.get("/plans/2020-1/", 404)
