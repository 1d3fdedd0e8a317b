"""The browser as the tests see it: the machine's Chromium, a Chinese user, the product's time zone; and the site."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from agencies.models import User
from tests.conftest import DEMO_DAY, load
from tests.services.browser import NoBrowser, launch_options

ACCOUNTS = ("coordinator", "leader", "admin", "zhijian", "shangwu", "haiguan")
SECONDS = 30  # that a page has for anything: the machine may have other work
ARGUMENTS = ["--js-flags=--no-opt --no-maglev"]  # no page stays for so long that making its script faster pays
expect.set_options(timeout=SECONDS * 1000)
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    try:
        options = launch_options()
    except NoBrowser as missing:
        pytest.fail(str(missing), pytrace=False)
    return {**browser_type_launch_args, **options, "args": [*options["args"], *ARGUMENTS]}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "locale": "zh-CN", "timezone_id": "Asia/Shanghai"}


@pytest.fixture(scope="session")
def browser(browser: Browser, django_db_blocker) -> Iterator[Browser]:
    """While Playwright's event loop runs, Django keeps other connections for this thread than before and after."""
    yield browser
    with django_db_blocker.unblock():
        connections.close_all()


@dataclass(frozen=True)
class Site:
    """A server with the demonstration in its database. `sessions` holds a cookie for some of its accounts."""

    url: str
    sessions: dict[str, str]


@pytest.fixture(scope="module")
def site(django_db_setup: None, django_db_blocker, demo_rows: list[list]) -> Iterator[Site]:
    """The tests of one module share it and see what the others did; each of them needs the mark `django_db`."""
    demonstration = override_settings(QA_PLAN_DEMO=True, QA_PLAN_TODAY=DEMO_DAY, ALLOWED_HOSTS=["127.0.0.1"])
    with django_db_blocker.unblock(), demonstration:
        load(demo_rows)
        server = LiveServer("127.0.0.1")
        yield Site(server.url, {username: session_of(username) for username in ACCOUNTS})
        server.stop()
        # Keys go on counting, since the rows above come back with theirs.
        call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
        connections.close_all()


def session_of(username: str) -> str:
    client = Client()
    client.force_login(User.objects.get(username=username))
    return client.cookies[django_settings.SESSION_COOKIE_NAME].value


@pytest.fixture(scope="module")
def visit(site: Site, browser: Browser, browser_context_args: dict) -> Iterator[Callable[..., "Visitor"]]:
    """Opens a window for the account of that name, or for nobody."""
    contexts: list[BrowserContext] = []

    def visit(username: str = "", **options: object) -> Visitor:
        context = browser.new_context(**{**browser_context_args, "base_url": site.url, **options})
        context.set_default_timeout(SECONDS * 1000)
        contexts.append(context)
        if username:
            cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": site.sessions[username], "url": site.url}
            context.add_cookies([cookie])
        return Visitor(context, site)

    yield visit
    for context in contexts:
        context.close()


class Visitor:
    """One person's window, and everything about it that should not have happened."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.host = urlsplit(site.url).netloc
        context.on("request", self._request)
        context.on("weberror", lambda error: self.complaints.append(f"error: {error.error}"))
        context.on("console", self._console)

    def _request(self, request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != self.host:
            self.complaints.append(f"left the site: {request.url}")

    def _console(self, message) -> None:
        # The browser itself notes every answer above 399, which some tests want.
        if message.type in ("error", "warning") and "the server responded with a status of 4" not in message.text:
            self.complaints.append(f"console: {message.text}")
