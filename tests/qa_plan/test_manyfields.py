"""Forms of many rows: people who have signed in send them whole, strangers stay under Django's own limit."""

from urllib.parse import urlencode

import pytest
from django.test import Client

from qa_plan.manyfields import MOST_FIELDS, MOST_TEXT
from tests.pages.conftest import signed_in
from tests.support.factories import make_group, make_user
from tests.support.reading import Page

pytestmark = pytest.mark.django_db
AS_BROWSERS_DO = {"content_type": "application/x-www-form-urlencoded"}


def sent(client: Client, url: str, fields: int, text: str = "", **more: object) -> Page:
    body = urlencode([("member", str(number)) for number in range(fields)] + [("said", text)])
    return Page(client.post(url, body, **AS_BROWSERS_DO, **more), url)


@pytest.fixture
def address():
    return f"/groups/{make_group().pk}/"


@pytest.fixture
def clerk():
    return signed_in(make_user())


def test_any_form_of_theirs_may_have_more_rows_and_text_than_django_reads(clerk, address):
    page = sent(clerk, address, MOST_FIELDS - 1, text="字" * 500_000)
    assert page.status == 422  # none of these is an agency: the form says so itself


def test_what_is_more_gets_a_page_that_says_what_to_do(clerk, address):
    page = sent(clerk, address, MOST_FIELDS)
    assert (page.status, page.title) == (413, "提交内容过多")
    assert f"不超过{MOST_FIELDS}项" in page.main
    assert "分几次提交" in page.main
    assert sent(clerk, address, 0, text="a" * MOST_TEXT).title == "提交内容过多"
    part = sent(clerk, address, MOST_FIELDS, headers={"HX-Request": "true"})
    assert part.source.strip().startswith('<p class="note back too-large"><b>提交内容过多</b>')


def test_strangers_send_no_more_than_django_lets_them(address):
    page = sent(Client(), "/accounts/login/", 1001)
    assert (page.status, page.title) == (413, "提交内容过多")
    assert "不超过1000项" in page.main
    page = Page(
        Client().get(f"/accounts/login/?{'&'.join(f'a{number}=' for number in range(1001))}"), "/accounts/login/"
    )
    assert (page.status, page.title) == (413, "提交内容过多")
