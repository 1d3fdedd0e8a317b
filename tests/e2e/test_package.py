"""A package is asked for, followed in place, and opened by itself when it is there."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from playwright.sync_api import expect

from reports.models import Package
from reports.packages.building import build
from tests.e2e.conftest import DESK
from tests.support.factories import moment

pytestmark = pytest.mark.django_db


def build_as_the_worker_does(package):
    """Over a connection of its own: what a test writes itself is never there for the server."""
    try:
        return build(package.pk, at=moment("2016-10-12 18:00"), tick=timezone.now)
    finally:
        connection.close()


def test_its_progress_takes_the_place_of_the_form_and_ends_with_its_files(visit):
    window = visit("leader", viewport=DESK)
    page = window.page
    page.goto("/plans/2016-76/reports/")
    page.get_by_label("报告期").select_option("2016Q3")
    page.get_by_label("截至日期").fill("2016-09-01")
    page.get_by_role("button", name="生成汇总").click()
    expect(page.locator(".error .msg")).to_contain_text("还没有开放填报")

    page.get_by_label("截至日期").fill("2016-10-09")
    page.get_by_role("button", name="生成汇总").click()
    expect(page.get_by_role("heading", name="排队中")).to_be_visible()
    expect(page.get_by_role("button", name="生成汇总")).to_have_count(0)
    expect(page.get_by_role("heading", name="历次汇总")).to_be_visible()

    package = Package.objects.get(as_of__date="2016-10-09")
    with ThreadPoolExecutor(1) as worker:
        assert worker.submit(build_as_the_worker_does, package).result()
    expect(page.get_by_role("heading", name="文件")).to_be_visible()
    expect(page).to_have_url(re.compile(f"{package.get_absolute_url()}$"))
    assert window.complaints == []


def test_after_the_session_has_ended_the_page_says_so(visit):
    page = visit("leader", viewport=DESK).page
    page.goto("/plans/2016-76/reports/")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    page.get_by_label("报告期").select_option("2016Q3")
    page.get_by_role("button", name="生成汇总").click()
    expect(page.locator("#session")).to_contain_text("登录已过期")
    expect(page.get_by_role("button", name="生成汇总")).to_be_enabled()
