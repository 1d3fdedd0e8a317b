"""会话: what ends one, which a person has, and how many."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from agencies.models import KnownAddress, SecurityEvent, SignedIn, User
from agencies.sessions import BEGAN, SEEN, named
from tasks.models import Message, ReminderPreference
from tasks.workflow.reminders import renew_calendar
from tests.support.factories import make_user, moment
from tests.support.reading import Page

LOGIN, SESSIONS, PASSWORD = "/accounts/login/", "/accounts/sessions/", "zhi-liang-2016"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def user(db):
    return make_user("zhangsan", password=PASSWORD, display_name="张三")


def signed_in(address="10.0.0.1", username="zhangsan"):
    client = Client(REMOTE_ADDR=address, HTTP_USER_AGENT=FIREFOX)
    assert client.post(LOGIN, {"username": username, "password": PASSWORD}).status_code == 302
    return client


def is_in(client):
    return client.get("/help/").status_code == 200


def set_back(client, name, minutes):
    session = client.session
    session[name] -= minutes * 60
    session.save()


def last_event():
    event = SecurityEvent.objects.first()
    return event.get_kind_display(), event.username, event.detail


@pytest.mark.parametrize(("minutes", "holds"), [(29, True), (31, False)])
def test_a_session_that_nobody_uses_ends_after_half_an_hour(user, minutes, holds):
    client = signed_in()
    set_back(client, SEEN, minutes)
    assert is_in(client) == holds
    if not holds:
        assert last_event() == ("会话终止", "zhangsan", "30分钟无操作")
        assert not SignedIn.objects.exists()


def test_use_prolongs_it_and_costs_at_most_a_write_a_minute(user, django_assert_num_queries):
    client = signed_in()
    set_back(client, SEEN, 20)
    assert is_in(client)
    assert timezone.now().timestamp() - client.session[SEEN] < 60
    before = client.session[SEEN]
    assert is_in(client)
    assert client.session[SEEN] == before


def test_a_working_day_after_the_sign_in_it_ends_however_it_is_used(user):
    client = signed_in()
    set_back(client, BEGAN, 8 * 60)
    assert not is_in(client)
    assert last_event()[2] == "登录已满8小时"


def test_the_idle_end_can_be_switched_off(user, settings):
    settings.SESSION_IDLE_MINUTES = 0
    client = signed_in()
    set_back(client, SEEN, 400)
    assert is_in(client)


def test_a_person_sees_the_own_sessions_and_ends_one(user):
    here, elsewhere = signed_in(), signed_in("10.0.0.2")
    signed_in(username=make_user("lisi", password=PASSWORD).username)
    page = Page(here.get(SESSIONS), SESSIONS)
    assert [row[:2] for row in page.rows()] == [["Firefox · Windows", "10.0.0.1"], ["Firefox · Windows", "10.0.0.2"]]
    assert page.rows()[0][4] == "当前会话"
    assert page.link("修改密码", "//main").url == "/accounts/password/"
    here.post(SESSIONS, {"session": user.sign_ins.get(address="10.0.0.2").pk})
    assert last_event() == ("会话终止", "zhangsan", "本人终止，1个会话")
    assert (is_in(here), is_in(elsewhere)) == (True, False)


@pytest.mark.parametrize("chosen", ["others", "0", "-1", "x", "9" * 30])
def test_nobody_ends_another_s_session_nor_the_one_in_hand(user, chosen):
    here = signed_in()
    other = signed_in(username=make_user("lisi", password=PASSWORD).username)
    here.post(SESSIONS, {"session": chosen})
    here.post(SESSIONS, {"session": SignedIn.objects.get(user__username="lisi").pk})
    here.post(SESSIONS, {"session": user.sign_ins.get().pk})
    assert (is_in(here), is_in(other)) == (True, True)


def test_the_settings_may_allow_one_session_at_a_time(user, settings):
    settings.SESSIONS_AT_ONCE = 1
    first = signed_in()
    second = signed_in("10.0.0.2")
    assert (is_in(first), is_in(second)) == (False, True)
    assert last_event() == ("会话终止", "zhangsan", "在别处登录，1个会话")


def test_signing_out_ends_it_in_the_list_too(user):
    client = signed_in()
    client.post("/accounts/logout/")
    assert not SignedIn.objects.exists()


def test_a_new_password_ends_the_others_and_keeps_the_one_in_hand(user):
    here, elsewhere = signed_in(), signed_in("10.0.0.2")
    sent = {"old_password": PASSWORD, "new_password1": "gao-zhi-liang-77", "new_password2": "gao-zhi-liang-77"}
    assert here.post("/accounts/password/", sent).status_code == 302
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert [session.session_key for session in SignedIn.objects.all()] == [here.session.session_key]
    assert Session.objects.filter(session_key=here.session.session_key).exists()


def test_who_is_switched_off_is_out_for_good_and_the_calendar_too(user, coordinator, administrator, visitor):
    client = signed_in()
    token = renew_calendar(user=user, at=moment("2016-10-12"))
    assert Client().get(f"/calendar/{token}.ics").status_code == 200
    form = visitor(administrator)
    typed = {"username": "zhangsan", "display_name": "张三", "role": user.role, "agency": user.agency_id or ""}
    form.post(f"/admin/agencies/user/{user.pk}/change/", **typed)
    form.post(f"/admin/agencies/user/{user.pk}/change/", **typed, is_active="on")
    assert User.objects.get(pk=user.pk).is_active
    assert not is_in(client)
    assert Client().get(f"/calendar/{token}.ics").status_code == 404
    assert ReminderPreference.objects.get(user=user).calendar_in_force == ""
    again = signed_in()
    page = Page(again.get("/reminders/settings/"), "")
    assert token not in page.source
    assert Client().get(f"/calendar/{renew_calendar(user=User.objects.get(pk=user.pk), at=moment('2016-10-12'))}.ics")


def test_who_sets_the_own_password_in_the_administration_stays_in_and_is_out_elsewhere(db):
    user = make_user("zhangsan", password=PASSWORD, role="administrator")
    here, elsewhere = signed_in(), signed_in()
    new = {"password1": "gao-zhi-liang-77", "password2": "gao-zhi-liang-77", "usable_password": "true"}
    assert here.post(f"/admin/agencies/user/{user.pk}/password/", new).status_code == 302
    assert (is_in(here), is_in(elsewhere)) == (True, False)
    assert SignedIn.objects.get().session_key == here.session.session_key
    assert not User.objects.get().must_change_password


def test_a_reset_password_ends_all_sessions_and_its_person_is_told(user, administrator, visitor):
    client = signed_in()
    new = {"password1": "gao-zhi-liang-77", "password2": "gao-zhi-liang-77", "usable_password": "true"}
    visitor(administrator).post(f"/admin/agencies/user/{user.pk}/password/", **new)
    assert not is_in(client)
    assert not SignedIn.objects.exists()
    message = Message.objects.get(recipient=user)
    assert "您的密码已由管理员重设" in message.text
    assert message.link == SESSIONS


def test_changed_rights_are_told_to_their_person_and_to_nobody_who_never_came(
    user, coordinator, administrator, visitor
):
    form, new = visitor(administrator), make_user("lisi", display_name="李四")
    typed = {"display_name": "张三", "role": "administrator", "agency": "", "is_active": "on"}
    User.objects.filter(pk=user.pk).update(last_login=timezone.now())
    for person in (user, new):
        form.post(f"/admin/agencies/user/{person.pk}/change/", username=person.username, **typed)
    message = Message.objects.get()
    assert (message.recipient, message.text[:14]) == (user, "您的账号或权限已由管理员变更")


def test_addresses_are_remembered_once_each(user):
    for address in ("10.0.0.1", "10.0.0.2", "10.0.0.1"):
        signed_in(address)
    assert sorted(KnownAddress.objects.values_list("address", flat=True)) == ["10.0.0.1", "10.0.0.2"]
    assert KnownAddress.objects.order_by("last_at").first().last_at > timezone.now() - timedelta(minutes=1)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox · Windows"),
        ("Mozilla/5.0 (X11; UOS; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36", "Chrome · 统信"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows"),
        ("", "未知浏览器"),
    ],
)
def test_a_browser_is_named_in_few_words(agent, words):
    assert named(agent) == words
