"""通行密钥: a key of the device as the second step, who may have one, and what is refused."""

import json

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.test import Client

from agencies.models import SecurityEvent
from tests.pages.test_second_factor import CODE, CONFIRM, PASSWORD, first_step, is_in
from tests.support.factories import make_user
from tests.support.passkey import Passkey
from tests.support.reading import Page

NEW, INDEX = "/accounts/factor/keys/new/", "/accounts/factor/"
REFUSED = "通行密钥验证没有通过"


@pytest.fixture
def user(db):
    return make_user("zhangsan", password=PASSWORD, display_name="张三")


def confirmed(client):
    """Who has shown by the password that it is they."""
    client.post(CONFIRM, {"password": PASSWORD})
    return client


def with_a_key(client, callbacks, key, name=""):
    confirmed(client)
    page = Page(client.get(NEW), NEW)
    with callbacks(execute=True):
        return client.post(NEW, {"name": name, "credential": key.made(page)})


@pytest.fixture
def key(user, django_capture_on_commit_callbacks):
    """The user's own, made on the page."""
    key = Passkey()
    response = with_a_key(first_step()[0], django_capture_on_commit_callbacks, key, "办公电脑")
    assert response.url == "/accounts/factor/recovery/"
    return key


def second_step():
    client, response = first_step()
    assert response.url == CODE
    return client, Page(client.get(CODE), CODE)


def test_a_key_is_made_on_record_and_is_the_second_step_from_then_on(user, key):
    assert SecurityEvent.objects.first().detail == "登记通行密钥"
    client, page = second_step()
    assert not is_in(client)
    assert "请用通行密钥登录，或输入" in page.main
    assert client.post(CODE, {"credential": key.used(page)}).url == "/"
    assert is_in(client)
    assert SecurityEvent.objects.first().detail == "密码和二次验证"
    assert "办公电脑" in Page(client.get(INDEX), INDEX).main


def test_a_key_gets_another_name_that_can_be_seen(user, key):
    client, page = second_step()
    client.post(CODE, {"credential": key.used(page)})
    confirmed(client)
    number = Authenticator.objects.get(user=user, type="webauthn").pk
    there = f"/accounts/factor/keys/{number}/name/"
    assert Page(client.get(INDEX), INDEX).link("改名", "//main").url == there
    for nothing in ("", "\u200b", "x" * 31):
        assert client.post(there, {"name": nothing}).status_code == 200
    assert client.post(there, {"name": " 家中\u200b电脑 "}).url == INDEX
    page = Page(client.get(INDEX), INDEX)
    assert "通行密钥已改名为“家中电脑”。" in page.source
    assert "办公电脑" not in page.main


def test_nobody_names_another_s_key(user, key):
    make_user("lisi", password=PASSWORD)
    client = Client()
    client.post("/accounts/login/", {"username": "lisi", "password": PASSWORD})
    number = Authenticator.objects.get(user=user, type="webauthn").pk
    assert confirmed(client).post(f"/accounts/factor/keys/{number}/name/", {"name": "x"}).status_code == 404


def test_recovery_codes_stand_in_for_the_device(user, key):
    client, _ = second_step()
    codes = Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()
    assert client.post(CODE, {"code": codes[0]}).url == "/"


@pytest.mark.parametrize("wrong", ["another key", "another site", "another challenge"])
def test_an_answer_that_is_not_of_this_key_for_this_site_and_moment_is_refused_and_counted(user, key, wrong):
    client, page = second_step()
    used = Passkey() if wrong == "another key" else key
    answer = used.used(page, "https://evil.example") if wrong == "another site" else used.used(page)
    if wrong == "another challenge":
        client.get(CODE)
    refused = Page(client.post(CODE, {"credential": answer}), CODE)
    assert REFUSED in refused.main
    assert not is_in(client)
    assert AccessAttempt.objects.get().failures_since_start == 1
    assert SecurityEvent.objects.first().kind == "refused"


ODD = ["", "x", "{}", "[]", "1", "null", '{"id": 1}', '{"id": "a", "rawId": "a", "type": "x", "response": {}}']


@pytest.mark.parametrize("sent", ODD)
def test_what_no_browser_sends_is_no_fault(user, key, sent):
    client, _ = second_step()
    assert client.post(CODE, {"credential": sent}).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("sent", ODD)
def test_nor_where_a_key_is_made(user, sent):
    client = confirmed(first_step()[0])
    client.get(NEW)
    assert "没有登记成功" in Page(client.post(NEW, {"credential": sent}), NEW).main
    assert not Authenticator.objects.exists()


def test_who_guesses_with_keys_is_shut_out_alike(user, key):
    client, page = second_step()
    answer = Passkey().used(page)
    statuses = [client.post(CODE, {"credential": answer}).status_code for _ in range(6)]
    assert statuses == [200, 200, 200, 200, 429, 429]


def test_a_role_that_must_have_a_factor_may_have_a_key_and_keeps_the_last_one(
    user, settings, django_capture_on_commit_callbacks
):
    settings.SECOND_FACTOR_ROLES = [user.role]
    client, _ = first_step()
    assert client.get("/help/").url == "/accounts/factor/app/"
    with_a_key(client, django_capture_on_commit_callbacks, Passkey(1))
    assert is_in(client)
    assert "通行密钥1" in Page(client.get(INDEX), INDEX).main
    one = f"/accounts/factor/keys/{Authenticator.objects.get(type='webauthn').pk}/off/"
    assert "最后一种不能停用" in Page(client.post(one, follow=True), INDEX).source
    with_a_key(client, django_capture_on_commit_callbacks, Passkey(2))
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(one).url == INDEX
    assert Authenticator.objects.get(type="webauthn").wrap().name == "通行密钥2"
    assert SecurityEvent.objects.first().detail == "取消通行密钥"


def test_nobody_takes_another_s_key_away(user, key):
    other = make_user("lisi", password=PASSWORD)
    client, _ = first_step()
    client.logout()
    client.post("/accounts/login/", {"username": "lisi", "password": PASSWORD})
    number = Authenticator.objects.get(user=user, type="webauthn").pk
    assert confirmed(client).post(f"/accounts/factor/keys/{number}/off/").status_code == 404
    assert other != user


def test_who_has_no_password_confirms_by_the_key(user, key, settings):
    client, page = second_step()
    client.post(CODE, {"credential": key.used(page)})
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    page = Page(client.get("/accounts/factor/keys/confirm/"), NEW)
    sent = {"credential": json.dumps({"id": "x"})}
    assert REFUSED in Page(client.post("/accounts/factor/keys/confirm/", sent), NEW).main
    page = Page(client.get("/accounts/factor/keys/confirm/"), NEW)
    assert client.post("/accounts/factor/keys/confirm/", {"credential": key.used(page)}).status_code == 302
    assert client.get(NEW).status_code == 200
