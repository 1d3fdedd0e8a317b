"""登录: who gets in, who is locked out, and what a session is."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from agencies.limits import IN_ALL
from agencies.locks import OWN, locks
from tests.support.factories import make_user
from tests.support.reading import Page

LOGIN = "/accounts/login/"
PASSWORD = "zhi-liang-2016"
WRONG = "请输入一个正确的"


@pytest.fixture
def user(db):
    return make_user("zhangsan", password=PASSWORD)


def sign_in(username="zhangsan", password=PASSWORD, *, client=None, address="10.0.0.1", query=""):
    client = client or Client()
    response = client.post(LOGIN + query, {"username": username, "password": password}, REMOTE_ADDR=address)
    return Page(response, LOGIN)


def test_the_page_asks_for_name_and_password_and_offers_nothing_else(client, user):
    page = Page(client.get(LOGIN), LOGIN)
    assert page.title == "登录"
    assert page.all("//form//input[not(@type='hidden')]/@name") == ["username", "password"]
    assert page.all("//header//nav") == []
    assert "本系统为非涉密系统，严禁录入涉密信息" in page.text("//footer")


def test_the_right_password_leads_to_the_plan(user):
    page = sign_in()
    assert (page.status, page.response.url) == (302, "/")


def test_who_was_on_the_way_to_a_page_gets_there(client, user, plan):
    asked = f"/plans/{plan.slug}/items/?light=red&as_of=2016-08-01"
    target = client.get(asked).url
    page = Page(client.get(target), target)
    assert page.values()["next"] == asked
    assert "请登录后继续" in page.main
    sent = {**page.values(), "username": "zhangsan", "password": PASSWORD}
    assert client.post(LOGIN, sent).url == asked


@pytest.mark.parametrize(
    "elsewhere", ["//evil.example/", "https://evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_nobody_is_led_to_another_site(user, elsewhere):
    assert sign_in(query=f"?next={elsewhere}").response.url == "/"


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(user):
    wrong, unknown = sign_in(password="falsch"), sign_in(username="lisi")
    assert wrong.status == unknown.status == 200
    assert wrong.errors == unknown.errors
    assert WRONG in wrong.errors[""]
    assert wrong.values()["username"] == "zhangsan"
    assert not wrong.values()["password"]


def test_a_name_that_no_account_can_have_is_refused_at_its_field(client, user):
    for name in ("长" * 151, "x" * 100_000):
        page = Page(client.post(LOGIN, {"username": name, "password": PASSWORD}), LOGIN)
        assert page.errors == {"username": "用户名不能超过150个字。"}


def test_the_door_takes_nothing_but_what_a_browser_sends(client, user):
    for method in (client.put, client.patch, client.delete):
        assert method(LOGIN).status_code == 405


def test_who_is_not_active_does_not_get_in_and_is_out_at_once(user):
    client = Client()
    sign_in(client=client)
    assert client.get("/plans/").status_code == 200
    user.is_active = False
    user.save()
    assert client.get("/plans/").status_code == 302
    assert WRONG in sign_in().errors[""]


def test_who_is_signed_in_does_not_see_the_page_again(client, user):
    client.force_login(user)
    assert client.get(LOGIN).url == "/"


# ── the lock ─────────────────────────────────────────────────────────────────────────────────────────────────────


def fail(times, **given):
    return [sign_in(password=f"falsch{n}", **given) for n in range(times)]


@pytest.fixture
def locked(user):
    fail(5)


def test_after_five_failures_the_account_is_locked_on_that_machine(user):
    *first, fifth = fail(5)
    assert [page.status for page in first] == [200] * 4
    assert fifth.status == 429
    page = sign_in()  # with the right password
    assert page.status == 429
    assert page.title == "暂时不能登录"
    assert "锁定30分钟" in page.main
    assert page.link("返回登录").url == LOGIN


def test_other_people_and_other_machines_are_not_locked(locked):
    make_user("lisi", password=PASSWORD)
    assert sign_in("lisi").status == 302
    assert sign_in(address="10.0.0.2").status == 302


@pytest.mark.any_database
@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3:51234", "10.1.2.3"),
        ("1.1.1.1, 10.1.2.3:51234", "10.1.2.3"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("2001:db8::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("[fe80::1%eth0]:443", "fe80::1"),
        ('"[2001:db8::1]:443"', "2001:db8::1"),
        ("unknown", "10.0.0.9"),
        ("_hidden", "10.0.0.9"),
        ("999.1.1.1", "10.0.0.9"),
        ("", "10.0.0.9"),
    ],
)
def test_behind_a_proxy_the_address_is_read_however_the_proxy_writes_it(user, settings, forwarded, address):
    settings.BEHIND_PROXY = True
    data = {"username": user.username, "password": "falsch"}
    answer = Client(REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR=forwarded).post(LOGIN, data)
    assert answer.status_code == 200
    assert AccessAttempt.objects.get().ip_address == address


def test_after_half_an_hour_the_lock_is_gone(locked):
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=29))
    assert sign_in().status == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert sign_in().status == 302


def test_a_success_forgives_the_failures_before_it(user):
    for _ in range(2):
        fail(4)
        assert sign_in().status == 302


def test_where_somebody_signed_in_before_others_guesses_from_the_same_address_shut_nobody_out(user):
    own = Client()
    sign_in(client=own)
    own.post("/accounts/logout/")
    assert fail(6)[-1].status == 429
    assert sign_in(client=own).status == 302


def test_nobody_without_the_cookie_of_a_browser_shuts_its_person_out_there_however_much_they_guess(user):
    """Of the account, from the same address, in all; not even in the browser's name, which only its cookie tells."""
    own = Client()
    sign_in(client=own)
    own.post("/accounts/logout/")
    number = own.cookies["known_browser"].value.partition(":")[2].partition(":")[0]
    for username, address, agent in (("zhangsan", "10.0.0.1", "a"), ("zhangsan", None, f"known {number[:-1]}")):
        tried = {"username": username, "ip_address": address, "user_agent": agent}
        AccessAttempt.objects.create(**tried, failures_since_start=IN_ALL, attempt_time=timezone.now())
    assert sign_in(address="10.0.0.2").status == 429
    assert sign_in(client=own).status == 302


def test_a_browser_that_is_known_has_five_tries_of_its_own_which_shut_nobody_else_out(user):
    own = Client()
    sign_in(client=own)
    own.post("/accounts/logout/")
    assert [page.status for page in fail(5, client=own)] == [200] * 4 + [429]
    assert sign_in(client=own).status == 429
    (shut,) = locks(now=timezone.now())
    assert (shut.person, shut.address, shut.failures) == (user, OWN, 5)
    assert sign_in().status == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=31))
    assert sign_in(client=own).status == 302


def test_two_failures_of_a_known_browser_at_once_make_two_rows_and_no_fault(user):
    own = Client()
    sign_in(client=own)
    own.post("/accounts/logout/")
    fail(1, client=own)
    row = AccessAttempt.objects.get(ip_address=None)
    row.pk = None
    row.save(force_insert=True)
    assert [page.status for page in fail(3, client=own)] == [200, 200, 429]
    assert [lock.failures for lock in locks(now=timezone.now())] == [5]


def test_a_browser_is_known_for_the_last_who_signed_in_by_it_and_for_no_forged_word(user):
    make_user("lisi", password=PASSWORD)
    own = Client()
    sign_in("lisi", client=own)
    own.post("/accounts/logout/")
    fail(5)
    assert sign_in(client=own).status == 429
    own.cookies["known_browser"] = f"{user.pk}:abc:{own.cookies['known_browser'].value.split(':', 2)[2]}"
    assert sign_in(client=own).status == 429


def test_a_name_that_nobody_has_is_locked_alike(db):
    assert [page.status for page in fail(5, username="niemand")] == [200] * 4 + [429]


def test_the_administration_has_no_door_of_its_own(client, user):
    assert client.get("/admin/login/?next=/admin/agencies/user/").url == f"{LOGIN}?next=/admin/agencies/user/"
    assert client.post("/admin/login/", {"username": "zhangsan", "password": PASSWORD}).url == f"{LOGIN}?next=/admin/"
    sign_in(client=client)
    assert client.get("/admin/login/").status_code == 403


# ── the session ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_cookie_is_for_this_site_only_and_ends_with_the_browser(user):
    cookie = sign_in().response.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"], cookie["expires"]) == (True, "Lax", "", "")


@pytest.mark.parametrize("https", [True, False])
def test_with_https_no_cookie_travels_in_the_open(user, settings, https):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = https
    cookies = sign_in().response.cookies
    assert bool(cookies["sessionid"]["secure"]) == https
    assert bool(Client().get(LOGIN).cookies["csrftoken"]["secure"]) == https


def test_a_session_lasts_a_working_day(user):
    sign_in()
    left = Session.objects.get().expire_date - timezone.now()
    assert timedelta(hours=7, minutes=59) < left <= timedelta(hours=8)


def test_signing_in_gives_a_new_session(user):
    client = Client()
    sign_in(client=client)
    before = client.session.session_key
    client.post("/accounts/logout/")
    sign_in(client=client)
    assert client.session.session_key != before


def test_signing_out_is_a_deed_and_no_link(client, user):
    client.force_login(user)
    assert client.get("/accounts/logout/").status_code == 405
    assert client.get("/plans/").status_code == 200
    response = client.post("/accounts/logout/")
    assert response.url == "/"
    assert response.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/plans/").url == f"{LOGIN}?next=/plans/"


# ── the password ─────────────────────────────────────────────────────────────────────────────────────────────────


def change(client, new, *, old=PASSWORD, again=None):
    sent = {"old_password": old, "new_password1": new, "new_password2": again or new}
    return Page(client.post("/accounts/password/", sent), "/accounts/password/")


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


def test_a_new_password_takes_the_place_of_the_old_one(signed_in):
    page = change(signed_in, "gao-zhi-liang-77")
    assert page.response.url == "/accounts/password/done/"
    assert "密码已修改" in Page(signed_in.get(page.response.url), "").main
    assert signed_in.get("/plans/").status_code == 200
    assert sign_in(password="gao-zhi-liang-77").status == 302
    assert sign_in().status == 200


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("k7!pQ-9xz", "10"),
        ("83920174652", "数字"),
        ("zhangsan-1", "用户名"),
        ("password123", "常见"),
    ],
)
def test_a_weak_password_is_refused_at_its_field(signed_in, new, message):
    page = change(signed_in, new)
    assert page.status == 200
    assert [name for name in page.errors if name] == ["new_password2"]
    assert message in "".join(page.texts("//span[@class='msg']"))
    assert sign_in().status == 302


def test_the_old_password_and_a_second_writing_of_the_new_one_are_needed(signed_in):
    assert "old_password" in change(signed_in, "gao-zhi-liang-77", old="falsch").errors
    assert "new_password2" in change(signed_in, "gao-zhi-liang-77", again="gao-zhi-liang-78").errors


def test_a_changed_password_ends_the_other_sessions(user):
    here, elsewhere = Client(), Client()
    sign_in(client=here)
    sign_in(client=elsewhere)
    change(here, "gao-zhi-liang-77")
    assert elsewhere.get("/plans/").status_code == 302


@pytest.mark.parametrize("path", [LOGIN, "/healthz", "/", "/nothing/", "/admin/"])
def test_no_browser_keeps_a_copy_of_a_page_or_offers_it_a_device(user, path):
    client = Client()
    client.force_login(user)
    for visitor in (client, Client()):
        response = visitor.get(path)
        assert "no-store" in response.headers["Cache-Control"]
        assert "camera=()" in response.headers["Permissions-Policy"]


# ── a form that is sent without a session ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("referer", "onward"),
    [
        ("http://testserver/my/?page=2", "/my/?page=2"),
        ("http://elsewhere.example/my/", "/"),
        ("", "/"),
    ],
)
def test_a_form_whose_address_has_no_page_leads_back_to_where_it_stood(client, user, referer, onward):
    sent = client.post("/my/receipts/", {"assignment": 1}, headers={"Referer": referer} if referer else {})
    assert sent.url == f"{LOGIN}?{urlencode({'next': onward}, safe='/')}"
    assert "刚才提交的没有办理" in client.get(sent.url).content.decode()
