"""统一身份认证: who comes in by an OpenID Connect server, and who doesn't, against a server on this machine."""

import time
from functools import partial

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from agencies.changes import recording
from agencies.identities import tie, untie
from agencies.models import SecurityEvent, SignedIn, User
from tests.pages.test_second_factor import code_of
from tests.support.factories import make_user, moment
from tests.support.reading import Page
from tests.support.signing_on import openid_server, set_up

LOGIN, BUTTON, BACK = "/accounts/login/", "/accounts/oidc/login/", "/accounts/oidc/callback/"
NAME = "省统一身份认证"


@pytest.fixture(scope="module")
def running():
    with openid_server() as server:
        yield server


@pytest.fixture
def ways(settings, monkeypatch):
    """Sets the ways from outside up as the environment names them."""

    return partial(set_up, settings, monkeypatch)


@pytest.fixture
def server(db, running, ways):
    """As it is before a test asks it to misbehave."""
    cache.clear()
    running.subject, running.claims, running.info = "1001", {}, {}
    running.signed_by, running.algorithm, running.token_status = "key of the server", "RS256", 200
    ways(**running.environment(), OIDC_NAME=NAME)
    return running


def tied(user, subject="1001", way="oidc"):
    with recording():
        tie(user, way, subject, by=None, at=moment("2016-10-12"))
    return user


@pytest.fixture
def user(db, server):
    """An account without a password, tied to the person whom the server knows."""
    return tied(make_user("zhangsan", display_name="张三"))


def signed_on(server, path=BUTTON, **altered):
    """A browser that was sent to the server and came back, with the query altered on the way, and the last answer."""
    client = Client(REMOTE_ADDR="10.0.0.1")
    query = server.signs_on(client.get(path).url)
    for old, new in altered.items():
        query = query.replace(old, new)
    return client, client.get(f"{BACK}?{query}")


def is_in(client):
    return client.get("/help/").status_code == 200


def refused(response):
    """The sentence of the page that refuses, and what the security log has of it."""
    assert response.status_code == 403
    page = Page(response, BACK)
    event = SecurityEvent.objects.first()
    assert (event.kind, event.address) == ("refused", "10.0.0.1")
    return page.text("//div[@class='signin']//*[@role='alert']"), event


def test_the_button_is_there_once_the_settings_name_a_server_and_leads_on(user, server, settings):
    page = Page(Client().get(f"{LOGIN}?next=/help/"), LOGIN)
    [button] = page.links("//nav[@aria-label='其他登录方式']")
    assert button.text == f"{NAME}登录"
    assert signed_on(server, button.url)[1].url == "/help/"
    settings.EXTERNAL_WAYS = {}
    assert "其他登录方式" not in Page(Client().get(LOGIN), LOGIN).source
    assert Client().get(BUTTON).status_code == Client().get(BACK).status_code == 404


def test_whom_the_server_signs_on_is_in_as_the_account_that_is_tied_to_them(user, server):
    client, response = signed_on(server, f"{BUTTON}?next=/help/")
    assert response.url == "/help/"
    assert is_in(client)
    event = SecurityEvent.objects.first()
    assert (event.kind, event.username, event.detail, event.address) == ("signed_in", "zhangsan", NAME, "10.0.0.1")
    assert SignedIn.objects.get().user == user
    assert client.get(BUTTON).url == client.get(BACK).url == "/"


def test_nobody_is_led_to_another_site(user, server):
    assert signed_on(server, f"{BUTTON}?next=//evil.example/")[1].url == "/"


def test_what_the_server_is_asked_does_not_come_from_the_address_that_was_called(user, server):
    asked = Client().get(f"{BUTTON}?scope=everything&auth_params=prompt%3Dnone&process=connect").url
    assert "everything" not in asked
    assert "prompt" not in asked
    assert is_in(signed_on(server, f"{BUTTON}?process=connect")[0])


def test_an_identity_that_nobody_tied_gets_one_sentence_and_makes_no_account(user, server):
    server.subject = "1002"
    server.claims = {"email": "zhangsan@example.gov.cn", "preferred_username": "zhangsan", "name": "张三"}
    client, response = signed_on(server)
    sentence, event = refused(response)
    assert sentence == f"{NAME}已确认您的身份，但本平台没有对应的账号，请将标识 1002 告知系统管理员登记。"
    assert (event.username, event.detail) == ("", f"{NAME}：标识 1002 没有对应的账号")
    assert not is_in(client)
    assert list(User.objects.all()) == [user]


def test_an_account_that_was_switched_off_does_not_get_in_and_is_out_at_once(user, server):
    client, _ = signed_on(server)
    User.objects.update(is_active=False)
    assert not is_in(client)
    sentence, event = refused(signed_on(server)[1])
    assert sentence == f"{NAME}已确认您的身份，但您在本平台的账号已停用，请联系系统管理员。"
    assert (event.username, event.detail) == ("zhangsan", f"{NAME}：账号已停用")


NOW = int(time.time())
WRONG_TOKENS = {
    "of another nonce": {"nonce": "another"},
    "without a nonce": {"nonce": None},
    "that has expired": {"exp": NOW - 3600, "iat": NOW - 7200},
    "without an end": {"exp": None},
    "of another server": {"iss": "https://elsewhere.example"},
    "for another client": {"aud": "another"},
    "made for another of several": {"aud": ["qa-plan", "another"], "azp": "another"},
    "without a subject": {"sub": None},
    "with a subject that is none": {"sub": ""},
}


@pytest.mark.parametrize("claims", WRONG_TOKENS.values(), ids=WRONG_TOKENS)
def test_a_token_is_refused(user, server, claims):
    server.claims = claims
    client, response = signed_on(server)
    sentence, event = refused(response)
    assert sentence.startswith(f"{NAME}登录没有完成（认证服务器的答复不合要求）")
    assert event.detail == f"{NAME}：认证服务器的答复不合要求"
    assert not is_in(client)


@pytest.mark.parametrize(("signed_by", "algorithm"), [("another key", "RS256"), ("", "HS256"), ("", "none")])
def test_a_token_with_a_wrong_signature_is_refused(user, server, signed_by, algorithm):
    server.signed_by, server.algorithm = signed_by, algorithm
    client, response = signed_on(server)
    assert "不合要求" in refused(response)[0]
    assert not is_in(client)


def test_a_return_that_this_browser_did_not_ask_for_is_refused(user, server):
    client, response = signed_on(server, **{"state=": "state=x"})
    assert refused(response)[0].startswith(f"{NAME}登录没有完成（登录请求已过期，或不是从本页发起）")
    assert not is_in(client)
    query = server.signs_on(Client().get(BUTTON).url)
    assert not is_in(client)
    assert client.get(f"{BACK}?{query}").status_code == 403


def test_a_return_is_taken_once(user, server):
    client = Client(REMOTE_ADDR="10.0.0.1")
    query = server.signs_on(client.get(BUTTON).url)
    assert client.get(f"{BACK}?{query}").status_code == 302
    client.post("/accounts/logout/")
    assert client.get(f"{BACK}?{query}").status_code == 403


def test_who_gives_up_at_the_server_or_is_declined_there_is_told(user, server):
    client = Client(REMOTE_ADDR="10.0.0.1")
    for error, told in (("access_denied", "已取消"), ("server_error", "认证服务器没有同意")):
        state = client.get(BUTTON).url.partition("state=")[2].partition("&")[0]
        assert f"（{told}）" in refused(client.get(f"{BACK}?error={error}&state={state}"))[0]


def test_a_server_that_cannot_be_reached_or_answers_oddly_is_a_page_and_no_fault(user, server, monkeypatch, caplog):
    server.token_status = 500
    assert "不合要求" in refused(signed_on(server)[1])[0]
    cache.clear()
    monkeypatch.setattr(type(server), "described", {"issuer": 1})
    assert "不合要求" in refused(Client(REMOTE_ADDR="10.0.0.1").get(BUTTON))[0]
    monkeypatch.setattr(server.peer, "behaviours", [lambda handler: handler.connection.close()])
    assert "认证服务器无法访问" in refused(Client(REMOTE_ADDR="10.0.0.1").get(BUTTON))[0]
    assert "A sign-on failed" in caplog.text


def test_the_id_may_be_another_claim_from_the_token_or_of_the_same_subject(server, ways, db):
    ways(OIDC_CLAIM="employee_number")
    tied(make_user("lisi"), "A-7")
    server.claims = {"employee_number": "A-7"}
    assert is_in(signed_on(server)[0])
    server.claims, server.info = {}, {"employee_number": "A-7"}
    assert is_in(signed_on(server)[0])
    server.info = {"employee_number": "A-7", "sub": "another"}
    assert "不合要求" in refused(signed_on(server)[1])[0]
    server.info = {}
    assert "不合要求" in refused(signed_on(server)[1])[0]


def test_the_second_factor_follows_unless_the_settings_leave_it_to_the_server(user, server, settings):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    client, response = signed_on(server)
    assert response.url == "/accounts/factor/code/"
    assert not is_in(client)
    client.post(response.url, {"code": code_of(secret)})
    assert is_in(client)
    assert SecurityEvent.objects.first().detail == f"{NAME}和二次验证"
    settings.SECOND_FACTOR_LEFT_TO = ["oidc"]
    assert is_in(signed_on(server)[0])
    assert SecurityEvent.objects.first().detail == NAME


def test_a_role_that_must_have_a_second_factor_gets_one_without_a_password(user, server, settings):
    settings.SECOND_FACTOR_ROLES = [user.role]
    client, _ = signed_on(server)
    assert client.get("/help/").url == "/accounts/factor/app/"
    assert client.get("/accounts/factor/app/").status_code == 200
    settings.SECOND_FACTOR_LEFT_TO = ["oidc"]
    client, _ = signed_on(server)
    assert is_in(client)
    assert "二次验证由省统一身份认证负责" in Page(client.get("/accounts/factor/"), "/").main


def test_a_password_that_was_handed_out_or_is_old_does_not_hinder_who_needs_none(user, server, settings):
    settings.PASSWORD_DAYS = 1
    User.objects.update(must_change_password=True, date_joined=moment("2016-01-01"))
    assert is_in(signed_on(server)[0])


def test_the_session_ends_when_it_is_idle_and_for_good_when_the_tie_is_undone(user, server, settings):
    client, _ = signed_on(server)
    settings.SESSION_IDLE_MINUTES = 30
    session = client.session
    session["seen"] -= 1801
    session.save()
    assert not is_in(client)
    client, _ = signed_on(server)
    with recording():
        untie(user.identities.get(), by=None, at=moment("2016-10-12"))
    assert not is_in(client)
    assert not Session.objects.filter(session_key=client.session.session_key).exists()
    assert "没有对应的账号" in refused(signed_on(server)[1])[0]


def test_who_has_no_password_is_not_asked_for_the_old_one(user, server):
    client, _ = signed_on(server)
    page = Page(client.get("/accounts/password/"), "/accounts/password/")
    assert "没有启用密码，只能从外部登录" in page.main
    assert page.all("//main//input[@type='password']") == []
