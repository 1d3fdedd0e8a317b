"""Every number opens: what a page counts, the ledger behind the link shows row by row."""

import re
from collections import defaultdict

import pytest

pytestmark = pytest.mark.untraced

PLAN = "/plans/2016-76/"
LEDGERS = {"tasks:item-list", "tasks:assignment-list", "reports:agency-list", "reports:period-reports"}


def numbers(page):
    """The links with a number that lead to a list."""
    return {link for link in page.links() if link.number is not None and link.view_name in LEDGERS}


def some_of(links):
    """Of those that differ in nothing but the agency, the first and the last: one loop makes them all."""
    kinds = defaultdict(list)
    for link in sorted(links):
        kinds[re.sub(r"agency=\d+|agencies/\d+", "agency", link.url)].append(link)
    return {link for kind in kinds.values() for link in (kind[0], kind[-1])}


@pytest.fixture(scope="module")
def rows_behind():
    """How many rows the list has, counted on all of its pages, and how many it says: counted once for each address."""
    known = {}

    def count(visitor, link):
        if link.url not in known:
            known[link.url] = counted(visitor, link)
        return known[link.url]

    return count


def counted(visitor, link):
    url, shown = f"{link.url}{'&' if '?' in link.url else '?'}per_page=100", 0
    while True:
        page = visitor.get(url)
        shown += len(page.all("//main//table[contains(@class, 'stack')]/tbody/tr[@role='row']"))
        if not (following := [link for link in page.links() if link.text == "下一页"]):
            total = re.search(r"共(\d+)条", page.main)
            return shown, int(total[1]) if total else 0
        url = following[0].url


@pytest.mark.parametrize("day", ["", "?as_of=2016-08-01"], ids=["today", "2016-08-01"])
@pytest.mark.parametrize(
    ("path", "at_least"),
    [("", 15), ("sections/1/", 2), ("sections/2/", 2), ("agencies/{agency}/", 2), ("periods/2016Q2/", 9)],
)
def test_a_number_is_the_number_of_rows_that_it_leads_to(demo_leader, demo_url, rows_behind, path, at_least, day):
    links = numbers(demo_leader.get(demo_url(path) + day))
    assert len(links) >= at_least
    some = some_of(links)
    assert {link: rows_behind(demo_leader, link) for link in some} == {link: (link.number,) * 2 for link in some}


def test_so_is_every_number_in_the_list_of_agencies(demo_leader, rows_behind):
    page = demo_leader.get(f"{PLAN}agencies/?sort=late")
    links = {link for link in numbers(page) if "agency=" in link.url}
    assert {re.sub(r"agency=\d+", "", link.url.split("?")[1]) for link in links} == {
        "&role=lead",
        "&role=assist",
        "&light=red",
        "&light=yellow",
        "&report=unfiled",
        "&role=lead&light=blue",
        "&role=lead&light=grey",
    }
    some = some_of(links)
    assert {link: rows_behind(demo_leader, link) for link in some} == {link: (link.number,) * 2 for link in some}
