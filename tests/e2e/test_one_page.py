"""What goes to a meeting on paper: one sheet of A4, in a real browser."""

import re
from datetime import date

import pytest
from django.utils import timezone

from agencies.models import User
from reports.packages.asking import request_package
from reports.packages.building import build
from tasks.models import Plan
from tests.e2e.conftest import DESK
from tests.support.factories import moment

pytestmark = pytest.mark.django_db

SHEET = re.compile(rb"/Type\s*/Page\b")
NOW = moment("2016-10-12 17:00")
DAYS = [
    ("2016Q2", date(2016, 6, 20)),  # before any report
    ("2016Q2", date(2016, 7, 18)),
    ("2016Q3", date(2016, 10, 11)),
    ("2016", date(2016, 10, 12)),
]


@pytest.fixture(scope="module")
def packages(site):
    """Of each quarter, also before its first report, and of the year, built."""
    asked = {"plans": list(Plan.objects.all()), "by": User.objects.get(username="coordinator"), "at": NOW}
    made = [request_package(period=period, day=day, **asked) for period, day in DAYS]
    assert all(build(package.pk, at=NOW, tick=timezone.now) for package in made)
    return made


def test_every_package_of_the_demonstration_prints_on_one_sheet(visit, packages):
    page = visit("leader", viewport=DESK).page
    for package in packages:
        page.goto(f"/reports/{package.pk}/page/")
        assert page.locator("article.a4").count() == 1, package
        assert len(SHEET.findall(page.pdf(prefer_css_page_size=True))) == 1, package


@pytest.mark.parametrize("page", ["roadmap/", "ranking/", "items/", "agencies/", "sections/1/"])
def test_what_people_take_to_a_meeting_prints_on_one_sheet(visit, page):
    window = visit("leader", viewport=DESK).page
    window.goto(f"/plans/2016-76/{page}")
    assert len(SHEET.findall(window.pdf(prefer_css_page_size=True))) == 1


def test_no_picture_of_the_manual_is_left_white_on_paper(visit):
    window = visit("coordinator", viewport=DESK).page
    window.goto("/help/")
    pictures = window.locator("main img")
    assert pictures.count() > 2
    assert window.evaluate("[...document.querySelectorAll('main img')].every(one => one.naturalWidth)")
