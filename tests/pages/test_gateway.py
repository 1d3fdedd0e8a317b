"""统一登录网关: whoever the gateway names is in for as long as it names them, and nobody else's word counts."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from agencies.models import SecurityEvent, SignedIn
from tests.pages.test_second_factor import PASSWORD
from tests.support.factories import make_user, moment
from tests.support.reading import Page
from tests.support.signing_on import set_up

LOGIN, HELP, BUTTON = "/accounts/login/", "/help/", "/accounts/gateway/"
NAME = "统一登录网关"


@pytest.fixture(autouse=True)
def _gateway(settings, monkeypatch):
    set_up(settings, monkeypatch, GATEWAY_HEADER="X-Signed-On", GATEWAY_ADDRESSES="10.1.0.0/24,10.2.0.9")


@pytest.fixture
def user(db):
    user = make_user("zhangsan", password=PASSWORD, display_name="张三")
    user.identities.create(way="gateway", subject="1001", linked_at=moment("2016-10-12"))
    return user


@pytest.fixture
def through():
    """A browser behind the gateway."""
    return Client(REMOTE_ADDR="10.1.0.7")


def naming(subject="1001"):
    return {"headers": {"X-Signed-On": subject}}


def test_whom_the_gateway_names_is_in_at_the_page_they_asked_for(user, through):
    assert through.get(f"{HELP}?a=1", **naming()).url == f"{HELP}?a=1"
    assert through.get(HELP, **naming()).status_code == 200
    event = SecurityEvent.objects.first()
    assert (event.kind, event.username, event.detail) == ("signed_in", "zhangsan", NAME)
    assert through.get(f"{LOGIN}?next=//evil.example/", **naming()).url == "/"


def test_on_the_way_through_the_sign_in_page_they_are_led_on(user, through):
    assert through.get(f"{LOGIN}?next={HELP}", **naming()).url == HELP
    through.post("/accounts/logout/", **naming())
    assert Client(REMOTE_ADDR="10.2.0.9").get(f"{LOGIN}?next=//evil.example/", **naming()).url == "/"


@pytest.mark.parametrize("address", ["10.1.1.7", "127.0.0.1", "", "unknown"])
def test_the_header_counts_from_nowhere_else(user, settings, address):
    stranger = Client(REMOTE_ADDR=address)
    assert stranger.get(HELP, **naming()).url.startswith(LOGIN)
    settings.BEHIND_PROXY = True
    forwarded = {"X-Signed-On": "1001", "X-Forwarded-For": "10.1.0.7"}
    assert stranger.get(HELP, headers=forwarded).url.startswith(LOGIN)
    assert stranger.get(BUTTON, **naming()).status_code == 404


def test_once_the_gateway_names_them_no_longer_the_session_is_over(user, through):
    for named in ({}, naming("1002")):
        through.get(HELP, **naming())
        assert through.get(HELP, **naming()).status_code == 200
        assert through.get(HELP, **named).status_code in (302, 403)
        assert not SignedIn.objects.exists()
        ended = SecurityEvent.objects.filter(kind="ended").first()
        assert (ended.username, ended.detail) == ("zhangsan", "网关不再给出该身份")


def test_a_form_that_is_sent_then_is_not_done_in_another_s_name(user, through):
    through.get(HELP, **naming())
    sent = through.post("/accounts/sessions/", {"session": "others"}, **naming("1002"))
    assert sent.url.startswith(LOGIN)
    assert not SignedIn.objects.exists()


def test_whom_nobody_tied_is_told_and_may_still_have_a_password(user, through):
    refused = through.get(HELP, **naming("1002"))
    assert refused.status_code == 403
    assert f"{NAME}已确认您的身份，但本平台没有对应的账号，请将标识 1002" in Page(refused, HELP).main
    assert SecurityEvent.objects.first().detail == f"{NAME}：标识 1002 没有对应的账号"
    assert through.get(LOGIN, **naming("1002")).status_code == 200
    through.post(LOGIN, {"username": "zhangsan", "password": PASSWORD}, **naming("1002"))
    assert through.get(HELP, **naming("1002")).status_code == through.get(HELP).status_code == 200


def test_an_account_that_was_switched_off_is_out(user, through):
    through.get(HELP, **naming())
    type(user).objects.update(is_active=False)
    assert "账号已停用" in Page(through.get(HELP, **naming()), HELP).main


def test_who_leaves_by_hand_stays_out_until_they_press_the_button(user, through):
    through.get(HELP, **naming())
    through.post("/accounts/logout/", **naming())
    page = Page(through.get(f"{LOGIN}?next={HELP}", **naming()), LOGIN)
    [button] = page.links("//nav[@aria-label='其他登录方式']")
    assert button.text == f"{NAME}登录"
    assert through.get(HELP, **naming()).url.startswith(LOGIN)
    assert through.get(button.url, **naming()).url == HELP
    assert through.get(HELP, **naming()).status_code == 200
    assert through.get(BUTTON, **naming()).url == "/"


def test_the_second_factor_follows(user, through, settings):
    TOTP.activate(user, generate_totp_secret())
    assert through.get(HELP, **naming()).url == "/accounts/factor/code/"
    page = Page(through.get("/accounts/factor/code/", **naming()), HELP)
    assert f"{NAME}已确认您的身份，请再输入" in page.main
    settings.SECOND_FACTOR_LEFT_TO = ["gateway"]
    assert through.get(HELP, **naming()).url == HELP


def test_a_part_of_a_page_that_is_asked_for_is_not_answered_by_a_sign_in(user, through):
    assert through.get(HELP, headers={"X-Signed-On": "1001", "HX-Request": "true"}).status_code == 401
