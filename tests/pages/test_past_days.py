"""截至日期: every page that shows how things stand can show it for any day in the past, and for none to come."""

import re

import pytest

from qa_plan import clock
from tests.support.factories import accepted_report, make_agency, make_assignment, moment

PLAN = "/plans/2016-76/"
PATHS = ["", "items/", "assignments/", "items/3/", "sections/2/", "agencies/", "agencies/{agency}/", "periods/2016Q2/"]
SPEAK_FOR_A_DAY = {
    "reports:dashboard",
    "reports:section-detail",
    "reports:agency-list",
    "reports:agency-detail",
    "reports:period-detail",
    "reports:period-reports",
    "tasks:item-list",
    "tasks:assignment-list",
    "tasks:item-detail",
}
LEADS_TO_A_DAY = re.compile(r"回到今天|\d+月\d+日")  # the shortcuts, and the weeks of the curve


@pytest.mark.parametrize("path", PATHS)
def test_without_a_day_the_page_speaks_for_today(demo_leader, demo_url, path):
    page = demo_leader.get(demo_url(path))
    assert page.one("//input[@id='as_of']").get("value") == "2016-10-12"
    assert "截至2016年10月12日" in page.text("//footer")
    assert "as_of" not in "".join(link.url for link in page.links("//body") if not LEADS_TO_A_DAY.match(link.text))
    assert demo_leader.get(f"{demo_url(path)}?as_of=2016-10-12").main == page.main


@pytest.mark.parametrize("path", PATHS)
def test_a_past_day_is_named_and_carried_into_every_link_that_speaks_for_a_day(demo_leader, demo_url, path):
    page = demo_leader.get(f"{demo_url(path)}?as_of=2016-08-01")
    assert page.one("//input[@id='as_of']").get("value") == "2016-08-01"
    assert "截至2016年8月1日" in page.text("//footer")
    links = [*page.links("//main"), *page.links("//nav[@aria-label='主导航']")]
    lost = [link for link in links if link.view_name in SPEAK_FOR_A_DAY and "as_of=2016-08-01" not in link.url]
    assert [link for link in lost if not LEADS_TO_A_DAY.match(link.text)] == []
    assert "as_of" not in page.link("回到今天").url


def test_choosing_a_day_keeps_the_rest_of_the_address_but_begins_at_the_first_page(demo_leader):
    page = demo_leader.get(f"{PLAN}assignments/?light=red&light=yellow&sort=due&page=2")
    form = page.one("//form[@class='asof']")
    kept = [(field.get("name"), field.get("value")) for field in form.xpath(".//input[@type='hidden']")]
    assert kept == [("light", "red"), ("light", "yellow"), ("sort", "due")]


@pytest.mark.parametrize("path", PATHS)
def test_a_day_to_come_or_none_at_all_is_refused_with_a_message(demo_leader, demo_url, path):
    for given, message in (
        ("2016-10-13", "截至日期2016-10-13晚于今天（2016-10-12），不能查询未来日期。"),
        ("2016-02-30", "“2016-02-30”不是日期，请按2016-09-30的格式填写。"),
        ("昨天", "“昨天”不是日期"),
    ):
        page = demo_leader.get(f"{demo_url(path)}?as_of={given}", 400)
        assert message in page.text("//p[@class='msg']")
        assert page.one("//input[@name='as_of']").get("value") == "2016-10-12"


def test_nonsense_for_a_day_is_never_an_error_of_the_server(demo_leader):
    for given in ("9999-12-31", "20161012T00", "2016-10-12 08:00", "-1", "a" * 5000, "%00", "%3Cb%3E"):
        page = demo_leader.get(f"{PLAN}?as_of={given}", 400)
        assert "<b>”" not in page.source


@pytest.mark.parametrize("path", PATHS)
def test_before_the_plan_was_known_every_page_is_empty_and_says_so(demo_leader, demo_url, path):
    for given in ("2016-05-23", "0001-01-01"):
        page = demo_leader.get(f"{demo_url(path)}?as_of={given}")
        assert "省商务厅" not in "".join(page.texts("//main//table[not(@class='sum')]")), given
        if path in ("", "sections/2/"):
            assert "交办" in page.text("//p[contains(@class, 'empty')]"), given


def test_what_happened_later_is_not_known_on_a_past_day(as_leader, item, lead):
    late = make_agency("省林业厅")
    make_assignment(item, late, at=moment("2016-09-01 10:00"))
    accepted_report(lead, 63, at=moment("2016-08-15 10:00"))
    url = item.get_absolute_url()
    assert "省林业厅" not in as_leader.get(f"{url}?as_of=2016-08-31").main
    assert "63%" in as_leader.get(f"{url}?as_of=2016-08-31").main
    assert "63%" not in as_leader.get(f"{url}?as_of=2016-08-14").main
    assert "省林业厅" in as_leader.get(f"{url}?as_of=2016-09-01").main


def test_a_real_installation_goes_by_the_real_clock(as_leader, item, lead):
    assert as_leader.get(item.get_absolute_url()).one("//input[@name='as_of']").get("value") == str(clock.today())
