"""二次验证: the second step of a sign-in, who must take it, and what helps who lost it."""

from io import StringIO
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from axes.models import AccessAttempt
from django.core.cache import caches
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from agencies.limits import OF_AN_ACCOUNT
from agencies.models import Role, SecurityEvent
from agencies.remembered import SharedCache
from agencies.sessions import end_all_for_good
from qa_plan.bounds import ROLES, roles
from tasks.models import Message
from tests.support.factories import make_user
from tests.support.reading import Page

LOGIN, CONFIRM, CONFIRM_BY_CODE = "/accounts/login/", "/accounts/confirm/", "/accounts/factor/confirm/"
CODE, ACTIVATE = "/accounts/factor/code/", "/accounts/factor/app/"
PASSWORD = "zhi-liang-2016"
MOMENT = 1_476_270_000


@pytest.fixture(autouse=True)
def _at_one_moment(monkeypatch):
    """No code ends between being read and being typed."""
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.time", SimpleNamespace(time=lambda: MOMENT))


@pytest.fixture
def user(db):
    return make_user("zhangsan", password=PASSWORD, display_name="张三")


@pytest.fixture
def secret(user):
    """The user has an authenticator app."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def wrong(secret):
    return str((int(code_of(secret)) + 1) % 1_000_000).zfill(6)


def first_step(path=LOGIN):
    client = Client(REMOTE_ADDR="10.0.0.1")
    response = client.post(path, {"username": "zhangsan", "password": PASSWORD})
    return client, response


def is_in(client):
    return client.get("/help/").status_code == 200


def test_who_has_a_second_factor_is_in_only_after_both_steps(user, secret):
    client, response = first_step(f"{LOGIN}?next=/help/")
    assert response.url == CODE
    assert not is_in(client)
    page = Page(client.get(CODE), CODE)
    assert (page.title, page.all("//header//nav")) == ("二次验证", [])
    assert not SecurityEvent.objects.exists()
    assert client.post(CODE, {"code": code_of(secret)}).url == "/help/"
    assert is_in(client)
    event = SecurityEvent.objects.get()
    assert (event.kind, event.detail) == ("signed_in", "密码和二次验证")


def test_who_has_none_is_in_after_the_first(user):
    client, response = first_step()
    assert response.url == "/"
    assert is_in(client)


@pytest.mark.parametrize("change", ["password", "switched off", "ended for good"])
def test_what_ends_sessions_ends_a_sign_in_that_waits_for_its_second_step(user, secret, change):
    client, _ = first_step()
    if change == "password":
        user.set_password("gao-zhi-liang-77")
    user.is_active = change != "switched off"
    user.save()
    if change == "ended for good":
        end_all_for_good(user)
    asked = client.post(CODE, {"code": code_of(secret)})
    assert asked.url == LOGIN
    assert "这次登录已失效，请重新登录。" in Page(client.get(LOGIN), LOGIN).messages
    assert client.get(CODE).url == LOGIN
    assert not is_in(client)


def test_a_wrong_code_is_refused_at_its_field_and_five_lock_the_door(user, secret):
    client, _ = first_step()
    page = Page(client.post(CODE, {"code": wrong(secret)}), CODE)
    assert page.errors["code"] == "动态口令或备用码不正确。"
    for _ in range(4):
        client.post(CODE, {"code": wrong(secret)})
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 429
    assert not is_in(client)
    assert first_step()[1].status_code == 429
    assert SecurityEvent.objects.last().kind == "refused"


def test_codes_of_one_account_are_not_guessed_from_many_machines(user, secret):
    client, _ = first_step()
    AccessAttempt.objects.create(username="zhangsan", ip_address="10.9.9.9", failures_since_start=OF_AN_ACCOUNT)
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 429
    assert not is_in(client)
    assert SecurityEvent.objects.get().kind == "locked"


@pytest.mark.parametrize(
    ("path", "typed"), [(CONFIRM_BY_CODE, {"code": "0"}), (CONFIRM, {"password": "falsch"})], ids=["code", "password"]
)
def test_who_guesses_where_it_is_confirmed_who_they_are_is_shut_out_alike(user, secret, path, typed):
    client, _ = first_step()
    client.post(CODE, {"code": code_of(secret)})
    assert [client.post(path, typed).status_code for _ in range(6)] == [200, 200, 200, 200, 429, 429]
    assert AccessAttempt.objects.get().failures_since_start == 5
    told = [(event.kind, event.times) for event in SecurityEvent.objects.exclude(kind="signed_in")]
    assert told == [("locked", 1), ("refused", 5)]


def test_under_another_secret_key_no_code_fits_until_the_factor_is_taken_away(user, secret, settings, caplog):
    RecoveryCodes.activate(user)
    settings.SECRET_KEY = "another" * 10
    client, _ = first_step()
    page = Page(client.post(CODE, {"code": code_of(secret)}), CODE)
    assert page.errors["code"].startswith("二次验证已失效，请联系系统管理员")
    assert "kept under another SECRET_KEY" in caplog.text
    assert SecurityEvent.objects.get().kind == "refused"
    call_command("remove_factor", "zhangsan", stdout=StringIO())
    assert first_step()[1].url == "/"


def test_a_former_key_that_the_settings_name_still_opens_it(user, secret, settings):
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    settings.SECRET_KEY_FALLBACKS = [former]
    client, _ = first_step()
    assert client.post(CODE, {"code": code_of(secret)}).url == "/"


def test_nobody_comes_to_the_second_step_without_the_first(user, secret):
    assert Client().get(CODE).url == LOGIN
    assert Client().post(CODE, {"code": code_of(secret)}).url == LOGIN


def test_a_recovery_code_stands_in_for_the_telephone_once(user, secret):
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    for expected in (302, 200):
        client, _ = first_step()
        assert client.post(CODE, {"code": code}).status_code == expected


@pytest.mark.parametrize(("steps", "fits"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_telephone_s_clock_may_be_half_a_minute_off_and_no_more(user, secret, steps, fits):
    code = format_hotp_value(hotp_value(secret, MOMENT // 30 + steps))
    client, _ = first_step()
    client.post(CODE, {"code": code})
    assert is_in(client) == fits
    again, _ = first_step()
    again.post(CODE, {"code": code})
    assert not is_in(again)


def test_a_code_is_not_taken_twice(user, secret):
    code = code_of(secret)
    assert first_step()[0].post(CODE, {"code": code}).status_code == 302
    assert first_step()[0].post(CODE, {"code": code}).status_code == 200


def activated(client, callbacks):
    """Confirms who it is and activates the app as the page shows it."""
    assert client.get(ACTIVATE).url.startswith(CONFIRM)
    wrong_password = Page(client.post(CONFIRM, {"password": "falsch"}), CONFIRM)
    assert wrong_password.errors["password"] == "密码不正确。"
    client.post(f"{CONFIRM}?next={ACTIVATE}", {"password": PASSWORD})
    page = Page(client.get(ACTIVATE), ACTIVATE)
    secret = page.text("//code")
    with callbacks(execute=True):
        return client.post(ACTIVATE, {"code": code_of(secret)}), secret


def test_a_role_may_have_to_have_one_before_anything_else(user, settings, django_capture_on_commit_callbacks):
    settings.SECOND_FACTOR_ROLES = [user.role]
    client, _ = first_step()
    assert client.get("/help/").url == ACTIVATE
    assert client.get("/help/", headers={"HX-Request": "true"}).headers["HX-Redirect"] == ACTIVATE
    response, secret = activated(client, django_capture_on_commit_callbacks)
    assert response.url == "/accounts/factor/recovery/"
    page = Page(client.get(response.url), response.url)
    assert len(page.texts("//li/code")) == 10
    assert "备用码已显示过" in Page(client.get(response.url), response.url).main
    assert is_in(client)
    assert SecurityEvent.objects.first().detail == "启用动态口令"
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    off = Page(client.get("/accounts/factor/app/off/"), "/accounts/factor/app/off/")
    assert "本角色须使用二次验证，最后一种不能停用。" in off.main
    client.post("/accounts/factor/app/off/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_others_may_have_one_and_give_it_up(user, django_capture_on_commit_callbacks):
    client, _ = first_step()
    activated(client, django_capture_on_commit_callbacks)
    assert "已启用" in Page(client.get("/accounts/factor/"), "/accounts/factor/").main
    client.post("/accounts/factor/app/off/")
    assert not Authenticator.objects.exists()
    assert SecurityEvent.objects.first().detail == "停用动态口令"


def test_who_administers_beside_coordinating_is_asked_as_an_administrator(user, settings):
    settings.SECOND_FACTOR_ROLES = ["administrator"]
    assert not user.needs_second_factor
    user.also_administers = True
    assert user.needs_second_factor


def test_a_lost_factor_is_taken_away_on_record_and_its_person_is_told(user, secret):
    client, _ = first_step()
    client.post(CODE, {"code": code_of(secret)})
    out = StringIO()
    call_command("remove_factor", "zhangsan", stdout=out)
    assert out.getvalue() == "已取消张三（zhangsan）的二次验证。\n"
    assert not is_in(client)
    assert first_step()[1].url == "/"
    assert "取消二次验证" in Message.objects.get(recipient=user).text
    assert SecurityEvent.objects.filter(kind="factor", username="zhangsan", detail__startswith="取消二次验证").exists()
    call_command("remove_factor", "zhangsan", stdout=out)
    assert "没有启用二次验证" in out.getvalue()
    with pytest.raises(CommandError, match="没有用户名为"):
        call_command("remove_factor", "lisi")


def test_administrators_take_it_away_in_the_list_of_people(user, secret, administrator, visitor):
    other = make_user("lisi", display_name="李四")
    chosen = {"action": "take_factors_away", "_selected_action": [user.pk, other.pk]}
    asked = visitor(administrator).post("/admin/agencies/user/", 200, **chosen)
    assert asked.texts("//main//ul/li") == ["张三（zhangsan）"]
    assert Authenticator.objects.exists()
    page = visitor(administrator).post_and_follow("/admin/agencies/user/", **chosen, confirmed="1")
    assert "已取消1人的二次验证" in "".join(page.messages)
    assert not Authenticator.objects.exists()
    again = visitor(administrator).post_and_follow("/admin/agencies/user/", **chosen)
    assert "所选用户没有启用二次验证" in "".join(again.messages)


def test_where_powers_are_apart_only_who_keeps_rights_takes_it_away(user, secret, settings, visitor):
    settings.ADMINISTRATORS_JOINED = False
    chosen = {"action": "take_factors_away", "_selected_action": user.pk, "confirmed": "1"}
    for role, remains in (("administrator", True), ("security", False)):
        visitor(make_user(role, role=role)).client.post("/admin/agencies/user/", chosen)
        assert Authenticator.objects.exists() == remains


def test_a_role_that_is_none_is_refused_at_the_start():
    assert roles(["leader"], "SECOND_FACTOR_ROLES") == ["leader"]
    with pytest.raises(ImproperlyConfigured, match="admin 不是角色"):
        roles(["admin"], "SECOND_FACTOR_ROLES")
    assert list(ROLES) == Role.values


def test_a_code_is_taken_once_by_all_web_processes_together(user, secret, settings):
    first, second = first_step()[0], first_step()[0]
    code = code_of(secret)
    assert first.post(CODE, {"code": code}).status_code == 302
    caches["default"] = SharedCache("", {})  # another process has nothing in its memory
    assert second.post(CODE, {"code": code}).status_code == 200
    assert not is_in(second)


def test_pages_of_a_factor_whose_key_was_dropped_amid_a_session_say_what_helps(user, secret, settings):
    RecoveryCodes.activate(user)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another" * 10
    settings.SECRET_KEY_FALLBACKS = [former]
    client, _ = first_step()
    client.post(CODE, {"code": code_of(secret)})
    settings.SECRET_KEY_FALLBACKS = []
    assert client.post(CONFIRM, {"password": PASSWORD}).status_code == 302
    for below in ("", "recovery/", "recovery/new/"):
        page = Page(client.get(f"/accounts/factor/{below}"), "/")
        assert (page.status, page.title) == (409, "二次验证")
        assert "请联系系统管理员" in page.source
