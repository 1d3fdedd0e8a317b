"""Whoever signs out here signs out at the server that signed them on; whom that signs out is out here, none else."""

import time
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core.cache import cache
from django.test import Client

from agencies.models import SecurityEvent
from agencies.oidc import AWAY_FOR
from tests.pages.test_second_factor import CODE, PASSWORD, code_of
from tests.pages.test_sign_on import is_in, signed_on, tied
from tests.support.factories import make_user
from tests.support.reading import Page
from tests.support.signing_on import CAS_SIGNED_OUT, CLIENT, cas_server, openid_server, query_of, set_up

LOGOUT, TOLD = "/accounts/logout/", "/accounts/oidc/logout/"
HERE = "http://testserver/accounts/login/"
OUT = ("ended", "zhangsan", "统一身份认证已退出，1个会话")


@pytest.fixture(scope="module")
def running():
    with openid_server() as server:
        yield server


@pytest.fixture
def server(db, running, settings, monkeypatch):
    cache.clear()
    running.claims, running.ends_sessions, running.signed_by, running.algorithm = {}, True, "key of the server", "RS256"
    set_up(settings, monkeypatch, **running.environment())
    return running


@pytest.fixture
def user(server):
    return tied(make_user("zhangsan", password=PASSWORD, display_name="张三"))


def session_of(server, sid=None):
    server.claims = {"sid": sid}
    client, response = signed_on(server)
    assert response.status_code == 302
    return client


def told(token):
    return Client(enforce_csrf_checks=True).post(TOLD, {"logout_token": token}).status_code


def newest():
    event = SecurityEvent.objects.first()
    return event.kind, event.username, event.detail


def way_out(page):
    return page.one("//main//a[@class='btn main']").get("href")


# ── leaving here ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_who_leaves_is_led_to_the_server_s_own_end_of_the_session_and_back(user, server):
    client = session_of(server)
    response = client.post(LOGOUT)
    page = Page(response, LOGOUT)
    assert "已退出本平台，正在转到统一身份认证一并退出" in page.main
    there = way_out(page)
    assert response["Refresh"] == f"0; url={there}"
    assert there.startswith(f"{server.url}/end?")
    asked = query_of(there)
    assert (asked["client_id"], asked["post_logout_redirect_uri"]) == (CLIENT, HERE)
    assert asked["id_token_hint"].count(".") == 2
    assert response["Clear-Site-Data"]
    assert not is_in(client)
    assert newest()[0] == "signed_out"


def test_where_the_server_has_no_end_or_cannot_be_asked_one_leaves_here_alone(user, server, monkeypatch):
    server.ends_sessions = False
    assert session_of(server).post(LOGOUT).url == "/"
    server.ends_sessions = True
    client = session_of(server)
    cache.clear()
    monkeypatch.setattr(server.peer, "behaviours", [lambda handler: handler.connection.close()])
    assert client.post(LOGOUT).url == "/"
    assert not is_in(client)


def test_who_came_by_the_password_is_not_led_to_a_server(user, server):
    client = Client()
    client.post("/accounts/login/", {"username": "zhangsan", "password": PASSWORD})
    assert client.post(LOGOUT).url == "/"


# ── the server's word ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_session_that_the_server_names_ends_and_no_other(user, server):
    first, second = session_of(server, "a"), session_of(server, "b")
    local = Client()
    local.post("/accounts/login/", {"username": "zhangsan", "password": PASSWORD})
    assert told(server.word_of_sign_out(sid="a", sub="1001")) == 200
    assert newest() == OUT
    assert [is_in(client) for client in (first, second, local)] == [False, True, True]


def test_without_a_session_s_name_all_that_the_person_began_there_end(user, server):
    clients = [session_of(server, "a"), session_of(server)]
    local = Client()
    local.post("/accounts/login/", {"username": "zhangsan", "password": PASSWORD})
    assert told(server.word_of_sign_out(sub="1002")) == 200
    assert all(is_in(client) for client in clients)
    assert told(server.word_of_sign_out(sub="1001")) == 200
    assert newest()[2] == "统一身份认证已退出，2个会话"
    assert not any(is_in(client) for client in clients)
    assert is_in(local)


def test_a_session_of_which_no_name_is_known_ends_with_any_of_its_person(user, server):
    client = session_of(server)
    assert told(server.word_of_sign_out(sid="x", sub="1001")) == 200
    assert not is_in(client)


def test_a_word_is_taken_once(user, server):
    token = server.word_of_sign_out(sub="1001")
    assert told(token) == 200
    client = session_of(server)
    assert told(token) == 200
    assert is_in(client)


def waits(client):
    """Whether its second step is still asked for."""
    return client.get(CODE).status_code == 200


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"sid": "a", "sub": "1001"}, [False, True, False]),
        ({"sid": "b"}, [True, False, True]),
        ({"sub": "1001"}, [False, False, False]),
        ({"sub": "1002"}, [True, True, True]),
    ],
    ids=["of one session", "of one session without its person", "of a person", "of another person"],
)
def test_a_sign_in_that_waits_for_its_second_step_ends_as_a_session_does(user, server, said, expected):
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    clients = [session_of(server, sid) for sid in ("a", "b", None)]
    assert told(server.word_of_sign_out(**said)) == 200
    assert [waits(client) for client in clients] == expected
    ended = [client for client, is_waiting in zip(clients, expected, strict=True) if not is_waiting]
    for client in ended:
        assert client.post(CODE, {"code": code_of(secret)}).url == "/accounts/login/"
        assert not is_in(client)
    later = session_of(server, "c")
    assert later.post(CODE, {"code": code_of(secret)}).url == "/"
    assert is_in(later)


NOW = int(time.time())
WRONG = {
    "with a nonce, as a sign-in's": {"nonce": "n"},
    "of another event": {"events": {"http://schemas.openid.net/event/other": {}}},
    "without an event": {"events": None},
    "with an event that is none": {"events": ["x"]},
    "without a number": {"jti": None},
    "with a number that is none": {"jti": {}},
    "about nobody": {"sub": None},
    "about what is no name": {"sub": ["1001"]},
    "for another client": {"aud": "another"},
    "of another server": {"iss": "https://elsewhere.example"},
    "that has expired": {"iat": NOW - 300, "exp": NOW - 200},
    "that is old and has no end": {"iat": NOW - 3600, "exp": None},
}


@pytest.mark.parametrize("claims", WRONG.values(), ids=WRONG)
def test_a_word_is_refused(user, server, claims):
    client = session_of(server)
    assert told(server.word_of_sign_out(**{"sub": "1001", **claims})) == 400
    assert is_in(client)


@pytest.mark.parametrize(("signed_by", "algorithm"), [("another key", "RS256"), ("", "HS256"), ("", "none")])
def test_a_word_with_a_wrong_signature_is_refused(user, server, signed_by, algorithm):
    client = session_of(server)
    server.signed_by, server.algorithm = signed_by, algorithm
    assert told(server.word_of_sign_out(sub="1001")) == 400
    assert is_in(client)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "\0", "x" * 10_000])
def test_what_is_no_token_is_no_fault_and_asks_the_server_for_nothing_more(user, server, token):
    client = session_of(server)
    told("x")
    asked = len(server.peer.asked)
    assert told(token) == 400
    assert len(server.peer.asked) == asked
    assert is_in(client)


def test_words_that_come_while_the_server_is_away_ask_it_once_and_are_heard_once_it_is_back(user, server, monkeypatch):
    client = session_of(server, "a")
    cache.clear()
    token, before = server.word_of_sign_out(sid="a"), len(server.peer.asked)
    with monkeypatch.context() as away:
        away.setattr(server.peer, "behaviours", [lambda handler: handler.connection.close()])
        assert [told(token) for _ in range(5)] == [400] * 5
    assert len(server.peer.asked) == before + 1
    assert is_in(client)
    monkeypatch.setattr("agencies.remembered.timezone.now", lambda: datetime.now(UTC) + timedelta(seconds=AWAY_FOR))
    assert told(token) == 200
    assert not is_in(client)


def test_nobody_hears_a_word_where_the_settings_have_no_such_way(user, server, settings):
    token = server.word_of_sign_out(sub="1001")
    settings.EXTERNAL_WAYS = {}
    assert told(token) == 404
    assert Client().get(TOLD).status_code == 405
    assert Client().post("/accounts/cas/callback/", {"logoutRequest": "x"}).status_code == 404


# ── CAS ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def cas(db, settings, monkeypatch):
    with cas_server() as server:
        set_up(settings, monkeypatch, CAS_SERVER=server.url)
        yield server


def test_cas_posts_the_ticket_where_it_sent_the_browser_and_that_session_ends(cas):
    tied(make_user("zhangsan"), "zhangsan", "cas")
    backs, clients = [], [Client(), Client()]
    for client in clients:
        backs.append(cas.signs_on(client.get("/accounts/cas/login/").url))
        assert client.get(backs[-1]).status_code == 302
    place, _, ticket = backs[0].partition("&ticket=")
    post = partial(Client(enforce_csrf_checks=True).post, place)
    for wrong in ("", "x", "<a/>", "<!DOCTYPE a>" + CAS_SIGNED_OUT.format(ticket), CAS_SIGNED_OUT.format("")):
        assert post({"logoutRequest": wrong}).status_code == 400
    assert post({"logoutRequest": CAS_SIGNED_OUT.format(f"{ticket}0")}).status_code == 200
    assert all(is_in(client) for client in clients)
    assert post({"logoutRequest": CAS_SIGNED_OUT.format(ticket)}).status_code == 200
    assert [is_in(client) for client in clients] == [False, True]
    assert newest() == ("ended", "zhangsan", "CAS已退出，1个会话")
    there = way_out(Page(clients[1].post(LOGOUT), LOGOUT))
    assert there.startswith(f"{cas.url}/logout?")
    assert query_of(there) == {"service": HERE}
