"""Every page in a real browser: no barrier that axe finds, nothing wider than a phone, no complaint, no stranger."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe

from agencies.models import Agency
from tasks.models import Assignment, ProgressReport
from tests.e2e.conftest import DESK, PHONE

pytestmark = pytest.mark.django_db

RULES = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"type": "rule", "values": ["color-contrast"]}

PLAN = "/plans/2016-76/"
PAGES = {
    "": ["/accounts/login/", "/accounts/login/?next=/my/", "/missing/"],
    "leader": [
        PLAN,
        f"{PLAN}?as_of=2016-08-01",
        f"{PLAN}?as_of=2016-05-01",
        f"{PLAN}?as_of=2016-05-24",
        f"{PLAN}sections/1/",
        f"{PLAN}sections/2/?as_of=2016-05-01",
        f"{PLAN}items/",
        f"{PLAN}items/?light=red&light=yellow&sort=light&q=质量",
        f"{PLAN}items/?q=没有这样的词&due_after=soon",
        f"{PLAN}items/3/",
        f"{PLAN}items/6/",
        f"{PLAN}items/8/",
        f"{PLAN}items/10/?as_of=2016-10-05",
        f"{PLAN}items/12/",
        f"{PLAN}assignments/",
        f"{PLAN}assignments/?role=lead&sort=-light&page=2",
        f"{PLAN}agencies/",
        f"{PLAN}agencies/?sort=late",
        f"{PLAN}agencies/{{agency}}/",
        f"{PLAN}notice/",
        f"{PLAN}?as_of=2017-01-01",
        "/plans/",
        "/groups/{group}/",
        "/reviews/",
        "/missing/",
        "/accounts/password/",
        "/accounts/password/done/",
    ],
    "coordinator": [
        PLAN,
        f"{PLAN}items/3/",
        f"{PLAN}items/3/amend/",
        "/assignments/{lead}/close/",
        "/assignments/{closed}/close/",
        "/reviews/",
        "/reviews/{sent_back}/",
        "/groups/{group}/",
        f"{PLAN}agencies/{{agency}}/",
    ],
    "zhijian": ["/my/", "/my/{lead}/", f"{PLAN}agencies/{{agency}}/"],
    "haiguan": ["/my/"],
    "admin": [PLAN],
}


@pytest.fixture(scope="module")
def keys(site):
    """What stands in braces in the addresses above; the agency is 省质监局."""
    agency = Agency.objects.get(name="省质监局")
    mine = Assignment.objects.filter(agency=agency)
    return {
        "agency": agency.pk,
        "lead": mine.get(item__number=9).pk,
        "closed": mine.get(item__number=8).pk,
        "group": agency.agency_groups.get().pk,
        "sent_back": ProgressReport.objects.filter(assignment__agency=agency, reviews__verdict="sent_back").last().pk,
    }


@pytest.fixture(scope="module")
def windows(visit):
    """One window for each account."""
    opened = {}

    def window(username):
        if username not in opened:
            opened[username] = visit(username, viewport=DESK)
        return opened[username]

    return window


def barriers(page, rules):
    found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]}).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary'][:300]}" for rule in found for node in rule["nodes"]
    ]


@pytest.mark.parametrize(("who", "url"), [(who, url) for who, urls in PAGES.items() for url in urls])
def test_page(windows, keys, who, url):
    visitor = windows(who)
    page = visitor.page
    visitor.complaints.clear()
    page.set_viewport_size(DESK)
    page.emulate_media(color_scheme="light")
    page.goto(url.format(**keys))
    found = {"desk, light": barriers(page, RULES)}
    page.emulate_media(color_scheme="dark")
    found["desk, dark"] = barriers(page, COLOURS)
    page.set_viewport_size(PHONE)
    found["phone, dark"] = barriers(page, COLOURS)
    page.emulate_media(color_scheme="light")
    found["phone, light"] = barriers(page, RULES)
    found["wider than a phone"] = page.evaluate(TOO_WIDE)
    found["complaints"] = visitor.complaints
    assert {kind: problems for kind, problems in found.items() if problems} == {}, json.dumps(found, ensure_ascii=False)


# What sticks out of the window, unless something around it scrolls or hides it.
TOO_WIDE = """() => document.documentElement.scrollWidth <= window.innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter(element => {
        if (element.getBoundingClientRect().right <= window.innerWidth + 1) return false;
        for (let box = element.parentElement; box; box = box.parentElement)
            if (getComputedStyle(box).overflowX != "visible") return false;
        return true;
    }).map(element => element.outerHTML.slice(0, 120))"""
