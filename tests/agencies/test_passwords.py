"""口令: which are refused, for how long one holds, and how often somebody may guess."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.test import Client
from django.utils import timezone

from agencies.limits import IN_ALL, OF_AN_ACCOUNT, OF_AN_ADDRESS, is_too_much
from agencies.models import KnownAddress, PasswordUsed, SecurityEvent, User
from qa_plan.bounds import at_least
from tests.support.factories import make_agency, make_user
from tests.support.reading import Page

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

LOGIN, OWN, PASSWORD = "/accounts/login/", "/accounts/password/", "zhi-liang-2016"


@pytest.fixture
def user():
    return make_user("wanger", password=PASSWORD, role="liaison", display_name="王二", agency=make_agency("省商务厅"))


@pytest.fixture
def browser(user):
    client = Client()
    client.force_login(user)
    return client


def refused(password, user):
    with pytest.raises(ValidationError) as error:
        validate_password(password, user)
    return "".join(error.value.messages)


@pytest.mark.parametrize(
    "password", ["88-wanger-88", "88-REGNAW-88", "王二的密码12345678", "qa-省商务厅-2016", "商务之窗-1234"]
)
def test_a_password_has_none_of_the_person_s_names_in_it(user, password):
    user.agency.aliases.create(name="商务之窗")
    assert "不能含有用户名、姓名或单位名称" in refused(password, user)


def test_a_password_is_not_taken_again_until_others_came_between(user, settings):
    settings.PASSWORD_HISTORY = 2
    assert "最近2次用过的" in refused(PASSWORD, user)
    for password in ("gao-zhi-liang-77", "gao-zhi-liang-78"):
        user.set_password(password)
        user.save()
    assert "最近2次用过的" in refused("gao-zhi-liang-77", user)
    validate_password(PASSWORD, user)
    assert PasswordUsed.objects.filter(user=user).count() == 2
    settings.PASSWORD_HISTORY = 0
    validate_password("gao-zhi-liang-77", user)


def test_an_old_password_is_changed_before_anything_else_where_the_settings_say_so(user, browser, settings):
    User.objects.filter(pk=user.pk).update(password_set_at=timezone.now() - timedelta(days=90))
    assert browser.get("/help/").status_code == 200
    settings.PASSWORD_DAYS = 90
    assert browser.get("/help/").url == OWN
    page = Page(browser.get(OWN), OWN)
    assert "密码已使用满90天，请修改" in page.main
    sent = {"old_password": PASSWORD, "new_password1": "gao-zhi-liang-77", "new_password2": "gao-zhi-liang-77"}
    assert browser.post(OWN, sent).status_code == 302
    assert browser.get("/help/").status_code == 200


def test_who_guesses_the_old_password_on_the_page_is_shut_out(user, browser):
    sent = {"old_password": "falsch", "new_password1": "gao-zhi-liang-77", "new_password2": "gao-zhi-liang-77"}
    assert [browser.post(OWN, sent).status_code for _ in range(6)] == [200, 200, 200, 200, 429, 429]
    assert browser.post(OWN, {**sent, "old_password": PASSWORD}).status_code == 429
    assert {event.kind for event in SecurityEvent.objects.all()} == {"refused", "locked"}


def attempts(failures, username="wanger", address="10.9.9.9", minutes=1):
    made = AccessAttempt.objects.create(username=username, ip_address=address, failures_since_start=failures)
    AccessAttempt.objects.filter(pk=made.pk).update(attempt_time=timezone.now() - timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("tried", "shut"),
    [
        ({"failures": OF_AN_ACCOUNT}, True),
        ({"failures": OF_AN_ACCOUNT - 1}, False),
        ({"failures": OF_AN_ACCOUNT, "minutes": 31}, False),
        ({"failures": OF_AN_ADDRESS, "username": "lisi", "address": "10.0.0.1"}, True),
        ({"failures": OF_AN_ADDRESS - 1, "username": "lisi", "address": "10.0.0.1"}, False),
        ({"failures": IN_ALL, "username": "lisi"}, True),
    ],
)
def test_guesses_are_limited_of_an_account_from_an_address_and_in_all(user, tried, shut):
    attempts(**tried)
    assert is_too_much("wanger", "10.0.0.1", now=timezone.now()) == shut


@pytest.mark.parametrize("typed", ["wanger", " wanger ", "\u3000wanger", "ｗａｎｇｅｒ"])
def test_however_the_account_is_typed_its_guesses_are_counted_together(user, typed):
    attempts(OF_AN_ACCOUNT)
    assert Client().post(LOGIN, {"username": typed, "password": PASSWORD}).status_code == 429
    assert SecurityEvent.objects.get().username == "wanger"


def test_nobody_is_locked_out_by_others_guesses_where_they_signed_in_before(user):
    attempts(OF_AN_ACCOUNT)
    sent = {"username": "wanger", "password": PASSWORD}
    page = Page(Client(REMOTE_ADDR="10.0.0.1").post(LOGIN, sent), LOGIN)
    assert (page.status, "在平时使用的电脑上登录" in page.main) == (429, True)
    assert SecurityEvent.objects.get().kind == "locked"
    KnownAddress.objects.create(user=user, address="10.0.0.1", last_at=timezone.now())
    assert Client(REMOTE_ADDR="10.0.0.1").post(LOGIN, sent).status_code == 302


def test_a_setting_that_is_too_small_is_refused_at_the_start():
    assert at_least(6, 6, "SECURITY_LOG_MONTHS") == 6
    with pytest.raises(ImproperlyConfigured, match="SECURITY_LOG_MONTHS=5 过小，不得小于6"):
        at_least(6, 5, "SECURITY_LOG_MONTHS")
