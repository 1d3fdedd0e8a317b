"""The administrators' pages: every one in the frame of all pages, and none with an English sentence."""

import re
from datetime import date
from urllib.parse import urlsplit

import pytest

from tasks.models import WorkdayOverride
from tests.support.factories import (
    accepted_report,
    close,
    decide,
    make_agency,
    make_group,
    make_request,
    moment,
    review,
    revise,
    sign_receipt,
)

SENTENCE = re.compile(r"[A-Za-z]{2,}(?:[ ,]+[A-Za-z]{2,}){2}")
WORDS = "//body//text()[not(parent::script or parent::style)] | //body//@title | //body//@alt | //body//@placeholder"
LABELS = " | //body//@aria-label | //body//input[@type='submit']/@value | //title/text()"
ELSEWHERE = "/admin/r/"  # leads to the row's own page
# What hides a password that is not to be set isn't a look.
DJANGOS_STYLES = "//link[contains(@href, 'admin/css/') and not(contains(@href, 'unusable'))] | //style"
NUMBER = re.compile(r"/\d+/")


@pytest.fixture
def as_administrator(administrator, visitor, settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)
    return visitor(administrator)


@pytest.fixture
def one_of_everything(plan, lead, period, leader):
    """A row of each kind that administrators may look up, an agency that they may delete, a person with a password."""
    leader.set_password("zhi-liang-2016")
    leader.save()
    make_agency("省林业厅")
    make_group(lead.agency)
    WorkdayOverride.objects.create(day=date(2016, 10, 8), is_workday=True, name="国庆调休")
    sign_receipt(lead, at=moment("2016-07-01"))
    revise(lead.item, date(2016, 11, 30), at=moment("2016-07-02"))
    decide(make_request(lead, at=moment("2016-10-03")), is_granted=False, at=moment("2016-10-04"))
    review(accepted_report(lead, at=moment("2016-10-05")), "sent_back", at=moment("2016-10-06"))
    close(lead, at=moment("2016-10-10"))


def said(page):
    return {" ".join(text.split()) for text in page.all(WORDS + LABELS)}


def places(page):
    """Where the page leads to among the administrators', one of each kind."""
    for link in page.links("//body"):
        address = urlsplit(link.url)
        if address.path.startswith("/admin/") and not address.path.startswith(ELSEWHERE):
            yield NUMBER.sub("/1/", address.path), address.path


def test_every_page_is_in_the_common_frame_and_in_chinese(as_administrator, one_of_everything, leader):
    # Who has a password is asked other things than who has none.
    found, waiting = {"/admin/": "/admin/"}, ["/admin/", f"/admin/agencies/user/{leader.pk}/password/"]
    while waiting:
        url = waiting.pop()
        page = as_administrator.get(url)
        assert [text for text in said(page) if SENTENCE.search(text)] == [], url
        assert len(page.all("//h1")) == 1, url
        assert page.all("//header[@class='top']//nav"), url
        assert not page.all(DJANGOS_STYLES), url
        assert not page.all("//img[@alt='True' or @alt='False' or @alt='None']"), url  # a yes or no is a word
        for kind, place in places(page):
            if kind not in found:
                found[kind] = place
                waiting.append(place)
    assert len(found) > 40


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("agencies/user/add/", {"username": "a b", "password1": "123", "password2": "124"}),
        ("agencies/agency/add/", {"name": "", "aliases-TOTAL_FORMS": "0", "aliases-INITIAL_FORMS": "0"}),
        ("tasks/workdayoverride/add/", {"day": "never"}),
    ],
)
def test_what_is_refused_is_refused_in_chinese(as_administrator, path, sent):
    page = as_administrator.post(f"/admin/{path}", 200, **sent)
    assert page.all("//ul[starts-with(@class, 'errorlist')]/li")
    assert [text for text in said(page) if SENTENCE.search(text)] == []


def test_a_day_is_chosen_as_on_other_pages(as_administrator):
    assert as_administrator.get("/admin/tasks/workdayoverride/add/").one("//input[@name='day']").get("type") == "date"
