"""People who visit pages: the cast on the small plan, and some of the demonstration's accounts."""

from collections.abc import Callable
from functools import lru_cache

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.test import Client, override_settings

from agencies.models import User
from tasks.models import Assignment, Plan
from tests.support.reading import Page


def signed_in(user: User) -> Client:
    """A browser of somebody who has signed in before.

    The whole session is in its cookie, which spares a row for each browser and a query for each of its requests.
    """
    session, client = SessionStore(), Client()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    with override_settings(SESSION_ENGINE=SessionStore.__module__):
        client.handler.load_middleware()
    return client


class Visitor:
    """One person at a browser, already signed in. Every fetched page must have the status that the test expects."""

    def __init__(self, user: User) -> None:
        self.user = user
        self.client = signed_in(user)

    def get(self, url: str, status: int = 200, *, follow: bool = False, headers: dict[str, str] | None = None) -> Page:
        page = Page(self.client.get(url, follow=follow, headers=headers), url)
        assert page.status == status, (url, page.status)
        return page

    def post(self, url: str, status: int = 302, /, *, headers: dict[str, str] | None = None, **data: object) -> Page:
        page = Page(self.client.post(url, data, headers=headers), url)
        assert page.status == status, (url, page.status, page.errors)
        return page

    def post_and_follow(self, url: str, /, **data: object) -> Page:
        """Posts, and reads the page that the answer leads to."""
        return self.get(self.post(url, **data).response.url, follow=True)


class Reader(Visitor):
    """Keeps its answers from test to test: for those that neither write, nor set a setting, nor count queries."""

    def __init__(self, user: User) -> None:
        super().__init__(user)
        self.client.get = lru_cache(maxsize=64)(self.client.get)


@pytest.fixture
def as_coordinator(coordinator: User) -> Visitor:
    return Visitor(coordinator)


@pytest.fixture
def as_lead(lead_liaison: User) -> Visitor:
    return Visitor(lead_liaison)


@pytest.fixture
def as_assisting(assisting_liaison: User) -> Visitor:
    return Visitor(assisting_liaison)


@pytest.fixture
def as_other(other_liaison: User) -> Visitor:
    return Visitor(other_liaison)


@pytest.fixture
def as_leader(leader: User) -> Visitor:
    return Visitor(leader)


@pytest.fixture
def visitor(db: None) -> Callable[[User], Visitor]:
    return Visitor


@pytest.fixture
def demo_visitor(demo: Plan) -> Callable[[str], Visitor]:
    """By the name of a demonstration account: coordinator, leader, zhijian …"""
    return lambda username: Visitor(User.objects.get(username=username))


@pytest.fixture(scope="session")
def _reader(demo_rows: list[list]) -> Reader:
    """The demonstration comes with the same keys whenever it is loaded, and no session is among its rows."""
    people = next(rows for rows in demo_rows if rows and isinstance(rows[0], User))
    return Reader(next(user for user in people if user.username == "leader"))


@pytest.fixture
def demo_leader(demo: Plan, _reader: Reader) -> Visitor:
    """Reads the demonstration: for tests that change nothing of it."""
    return _reader


@pytest.fixture
def demo_coordinator(demo_visitor: Callable[[str], Visitor]) -> Visitor:
    return demo_visitor("coordinator")


@pytest.fixture
def demo_zhijian(demo_visitor: Callable[[str], Visitor]) -> Visitor:
    """The liaison of 省质监局, which leads most items."""
    return demo_visitor("zhijian")


@pytest.fixture
def demo_assignment(demo: Plan) -> Callable[[int, str], Assignment]:
    """By the number of its item and the name of its agency."""
    return lambda number, agency: Assignment.objects.get(item__number=number, agency__name=agency)


@pytest.fixture
def demo_url(demo: Plan) -> Callable[[str], str]:
    """The address of one of the plan's pages; `{agency}` in it stands for 省质监局."""
    agency = User.objects.get(username="zhijian").agency_id
    return lambda path: f"{demo.get_absolute_url()}{path.format(agency=agency)}"
