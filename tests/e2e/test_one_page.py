"""一页图 on paper: one sheet of A4 for each plan, in a real browser."""

import re

import pytest
from django.utils import timezone

from reports.models import Package
from reports.packages.building import build
from tests.e2e.conftest import DESK
from tests.support.factories import moment

pytestmark = pytest.mark.django_db

SHEET = re.compile(rb"/Type\s*/Page\b")


def test_every_package_of_the_demonstration_prints_on_one_sheet(visit):
    for package in Package.objects.filter(editions=None):
        build(package.pk, at=moment("2016-10-12 17:00"), tick=timezone.now)
    page = visit("leader", viewport=DESK).page
    for package in Package.objects.all():
        page.goto(f"/reports/{package.pk}/page/")
        assert len(SHEET.findall(page.pdf(prefer_css_page_size=True))) == 1, package
