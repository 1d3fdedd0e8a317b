"""再次确认身份: who signed in long ago shows again that it is they, before what can't be undone and nowhere else."""

import time
from types import SimpleNamespace

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.test import Client

from agencies import confirming
from agencies.models import Role, User
from agencies.sessions import BEGAN
from tests.pages.test_second_factor import CONFIRM, LOGIN, PASSWORD
from tests.support.factories import make_group, make_user, moment
from tests.support.reading import Page

SPLIT = "/plans/{plan}/items/{item}/split/"
ASKING = [SPLIT, "/plans/{plan}/items/{item}/merge/", "/plans/{plan}/items/{item}/suspend/"]
ASKING += ["/plans/{plan}/items/{item}/responsibility/", "/plans/{plan}/responsibility/?assignment={lead}"]
ASKING += ["/assignments/{lead}/close/", "/agencies/succession/new/"]
NOT_ASKING = ["/plans/{plan}/items/{item}/", "/plans/{plan}/items/{item}/amend/", "/desk/", "/groups/{group}/"]


@pytest.fixture
def keys(lead, period, settings):
    settings.QA_PLAN_TODAY = moment("2016-10-12").date()
    item = lead.item
    return {"plan": item.plan.slug, "item": item.number, "lead": lead.pk, "group": make_group(lead.agency).pk}


@pytest.fixture
def user(db):
    return make_user("zhangsan", password=PASSWORD, role=Role.COORDINATOR)


def signed_in(minutes_ago):
    client = Client()
    client.post(LOGIN, {"username": "zhangsan", "password": PASSWORD})
    session = client.session
    session[BEGAN] -= minutes_ago * 60
    for step in session[AUTHENTICATION_METHODS_SESSION_KEY]:
        step["at"] -= minutes_ago * 60
    session.save()
    return client


@pytest.mark.parametrize("address", ASKING)
def test_before_what_cannot_be_undone_one_confirms_and_goes_on(user, keys, address):
    client, url = signed_in(61), address.format(**keys)
    asked = client.get(url)
    assert (asked.status_code, asked.url.partition("?")[0]) == (302, CONFIRM)
    page = Page(client.get(asked.url), asked.url)
    assert client.post(CONFIRM, {**page.values(), "password": PASSWORD}).url == url
    assert client.get(url).status_code == 200


def test_elsewhere_and_within_the_time_nobody_is_asked(user, keys, settings):
    late, early = signed_in(61), signed_in(59)
    assert [late.get(url.format(**keys)).status_code for url in NOT_ASKING] == [200] * len(NOT_ASKING)
    assert early.get(SPLIT.format(**keys)).status_code == 200
    settings.CONFIRM_MINUTES = 0
    assert late.get(SPLIT.format(**keys)).status_code == 200


def test_a_form_that_comes_too_late_does_nothing_and_leads_back_to_its_page(user, keys):
    url = "/groups/{group}/".format(**keys)
    sent = {"action": "confirm", "reason": "依据"}
    assert signed_in(59).post(url, sent).status_code != 302
    client = signed_in(61)
    asked = client.post(url, sent, headers={"referer": f"http://testserver{url}"})
    assert asked.url == f"{CONFIRM}?next=%2Fgroups%2F{keys['group']}%2F"
    assert "刚才提交的没有办理，请确认身份后重新提交。" in Page(client.get(asked.url), CONFIRM).source
    quietly = client.post(url, sent, headers={"hx-request": "true"})
    assert (quietly.status_code, quietly["HX-Redirect"].partition("?")[0]) == (204, CONFIRM)


@pytest.mark.parametrize("address", [SPLIT, "/groups/{group}/"])
def test_who_was_let_to_the_page_of_a_form_may_send_it_for_half_an_hour(user, keys, address, monkeypatch):
    url, client = address.format(**keys), signed_in(59)
    assert client.get(url).status_code == 200
    monkeypatch.setattr(confirming, "is_certain", lambda request, *, now: False)
    sent = {"action": "confirm"}
    assert not client.post(url, sent).get("Location", "").startswith(CONFIRM)
    elsewhere = SPLIT.format(**keys).replace("split", "merge")
    assert client.post(elsewhere, sent).url.startswith(CONFIRM)  # of another page nothing was said
    other = signed_in(61)
    other.cookies[confirming.LET] = client.cookies[confirming.LET].value
    session = other.session
    session[BEGAN] -= 1
    session.save()
    assert other.post(url, sent).url.startswith(CONFIRM)  # nor to another session
    later = SimpleNamespace(time=lambda: time.time() + 31 * 60)
    monkeypatch.setattr("django.core.signing.time", later)
    assert client.post(url, sent).url.startswith(CONFIRM)


def test_only_the_issue_of_a_package_asks(user, keys):
    client = signed_in(61)
    assert client.post("/reports/1/", {"action": "issue"}).url.startswith(CONFIRM)
    assert client.post("/reports/1/", {"action": "again"}).status_code == 404


def test_who_has_nothing_here_to_confirm_with_is_not_asked(user, keys):
    client = signed_in(61)
    User.objects.update(password="!")
    user.refresh_from_db()
    session = client.session
    session["_auth_user_hash"] = user.get_session_auth_hash()
    session.save()
    assert client.get(SPLIT.format(**keys)).status_code == 200
