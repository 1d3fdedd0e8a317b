"""三员: system, security and audit administrators, joined in one by default, and apart where the settings say so."""

import pytest
from axes.models import AccessAttempt
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from agencies.last_ones import LAST_AUDITOR, LAST_SECURITY, refusal_of
from agencies.models import Change, SecurityEvent, User
from tasks.access import can_review, can_steer, may_open_account
from tasks.models import Message
from tests.support.factories import make_user
from tests.support.reading import Page
from tests.test_access_matrix import LINES, admin_addresses, path_of

PEOPLE = "/admin/agencies/user/"
ONCE = {"logout", "administration-door", "healthz", "metrics"}  # no pages


@pytest.fixture
def three(db, settings, visitor):
    settings.ADMINISTRATORS_JOINED = False
    roles = ("administrator", "security", "auditor")
    return {role: visitor(make_user(role, role=role, display_name=role, password="zhi-liang-2016")) for role in roles}


@pytest.fixture
def apart(settings):
    settings.ADMINISTRATORS_JOINED = False


def statuses(three, url):
    return tuple(three[role].client.get(url).status_code for role in ("administrator", "security", "auditor"))


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/admin/agencies/agency/", (200, 403, 403)),
        ("/admin/tasks/workdayoverride/", (200, 403, 403)),
        (PEOPLE, (200, 200, 403)),
        ("/accounts/people/", (200, 403, 403)),
        ("/records/", (403, 403, 200)),
        ("/changes/", (403, 403, 200)),
        ("/records/export/", (403, 403, 200)),
        ("/help/", (200, 200, 200)),
        ("/reviews/", (403, 403, 403)),
        ("/desk/", (403, 403, 403)),
    ],
)
def test_each_has_powers_that_the_others_have_not(three, url, expected):
    given = statuses(three, url)
    assert tuple(403 if status == 302 else status for status in given) == expected


def test_none_of_them_touches_business_data(three):
    for visitor in three.values():
        assert not can_steer(visitor.user)
        assert not can_review(visitor.user)


def changed(three, who, person, **typed):
    """Sends the form of that person with something else in it; what it then says."""
    form = {"username": person.username, "display_name": person.display_name, "role": person.role, "agency": ""}
    three[who].client.post(f"{PEOPLE}{person.pk}/change/", {**form, "is_active": "on", **typed})
    return User.objects.get(pk=person.pk)


def test_who_keeps_accounts_changes_nobody_s_rights_and_who_keeps_rights_does(three, leader, coordinator):
    assert changed(three, "administrator", leader, role="coordinator", display_name="新名").role == "leader"
    assert User.objects.get(pk=leader.pk).display_name == "新名"
    after = changed(three, "security", leader, role="coordinator", display_name="又一名")
    assert (after.role, after.display_name) == ("coordinator", "新名")
    assert SecurityEvent.objects.filter(kind="account", username="leader").count() == 2


def test_who_keeps_rights_neither_switches_off_nor_makes_accounts_of_others(three, leader):
    assert changed(three, "security", leader, is_active="").is_active
    assert not changed(
        three, "security", make_user("auditor2", role="auditor", display_name="审计员"), is_active=""
    ).is_active
    typed = {"username": "neu", "display_name": "新人", "agency": "", "usable_password": "false", "role": "leader"}
    three["security"].client.post(f"{PEOPLE}add/", typed)
    assert not User.objects.filter(username="neu").exists()


def test_nobody_becomes_one_of_the_three_or_ceases_to_be_one(three, leader):
    """Or who keeps rights would make one of a person, set the password, take it back, and sign in as that person."""
    assert changed(three, "security", leader, role="auditor").role == "leader"
    make_user("auditor2", role="auditor", display_name="审计员")
    assert changed(three, "security", three["auditor"].user, role="coordinator").role == "auditor"
    page = three["security"].post(
        f"{PEOPLE}{leader.pk}/change/", 200, role="security", username="leader", display_name="领", is_active="on"
    )
    assert "不能互换角色" in page.source


def test_where_the_three_are_one_anybody_becomes_anything(administrator, visitor, leader):
    assert changed({"administrator": visitor(administrator)}, "administrator", leader, role="auditor").role == "auditor"


def told(user):
    return list(Message.objects.filter(recipient=user).order_by("pk").values_list("text", flat=True))


def test_the_others_are_told_when_one_of_them_gives_a_role_or_a_password(three, leader, lead_liaison):
    password = {"password1": "gao-zhi-liang-77", "password2": "gao-zhi-liang-77", "usable_password": "true"}
    changed(three, "security", leader, role="coordinator")
    three["security"].client.post(f"{PEOPLE}{make_user('auditor2', role='auditor').pk}/password/", password)
    three["administrator"].client.post(f"{PEOPLE}{lead_liaison.pk}/password/", password)
    for role in ("administrator", "auditor"):
        first, second = told(three[role].user)
        assert "角色由领导改为统筹人员" in first
        assert "auditor2" in second
        assert "密码由其设定" in second
    assert told(three["security"].user) == []


def test_the_three_are_touched_by_who_keeps_rights_and_nobody_gives_rights_to_themselves(three):
    auditor, security = three["auditor"].user, three["security"].user
    make_user("security2", role="security")
    assert changed(three, "administrator", auditor, is_active="").is_active
    assert changed(three, "security", security, role="auditor").role == "security"
    password = {"password1": "gao-zhi-liang-77", "password2": "gao-zhi-liang-77", "usable_password": "true"}
    before = auditor.password
    assert three["administrator"].client.post(f"{PEOPLE}{auditor.pk}/password/", password).status_code == 403
    assert User.objects.get(pk=auditor.pk).password == before
    assert not may_open_account(three["administrator"].user, "auditor")


def test_a_new_account_has_a_role_that_its_maker_may_give(three):
    typed = {"username": "neu", "display_name": "新人", "agency": "", "usable_password": "false"}
    three["administrator"].client.post(f"{PEOPLE}add/", {**typed, "role": "auditor"})
    assert not User.objects.filter(username="neu").exists()
    three["administrator"].client.post(f"{PEOPLE}add/", {**typed, "role": "leader"})
    assert User.objects.get(username="neu").role == "leader"
    three["security"].client.post(f"{PEOPLE}add/", {**typed, "username": "neu2", "role": "auditor"})
    assert User.objects.get(username="neu2").role == "auditor"


def test_there_is_always_one_of_each(three):
    security, auditor = three["security"].user, three["auditor"].user
    assert refusal_of(security, User(role="leader")) == LAST_SECURITY
    assert refusal_of(auditor, User(role="auditor", is_active=False)) == LAST_AUDITOR
    make_user("auditor2", role="auditor")
    assert refusal_of(auditor, User(role="auditor", is_active=False)) == ""


def test_who_coordinates_and_administers_has_no_power_of_the_three_where_they_are_apart(coordinator, apart):
    coordinator.also_administers = True
    powers = (coordinator.keeps_accounts, coordinator.keeps_rights, coordinator.audits)
    assert powers == (False, False, False)


def test_by_default_the_administrator_is_all_three(administrator):
    assert administrator.keeps_accounts
    assert administrator.keeps_rights
    assert administrator.audits
    auditor = make_user("auditor", role="auditor")
    assert (auditor.audits, auditor.is_staff) == (True, False)


def test_each_of_them_is_made_on_the_command_line(db, capsys):
    call_command("createsuperuser", interactive=False, username="shenji", display_name="审计员", role="auditor")
    assert User.objects.get().role == "auditor"
    assert "已开通审计管理员审计员（shenji）" in capsys.readouterr().out


LOCKS = f"{PEOPLE}locks/"


def guessed(username, address, failures):
    AccessAttempt.objects.create(
        username=username, ip_address=address, failures_since_start=failures, attempt_time=timezone.now()
    )


def test_who_keeps_rights_sees_who_is_shut_out_from_where_and_opens_it_on_record(three, leader):
    guessed("leader", "10.1.1.1", 5)
    guessed("leader", "10.1.1.2", 4)
    guessed("auditor", "10.1.1.3", 4)
    guessed("nobody", "10.1.1.4", 9)
    page = three["security"].get(LOCKS)
    [row] = page.texts("//main//table/tbody/tr")
    assert "leader" in row
    assert "10.1.1.1" in row
    answer = three["security"].post_and_follow(LOCKS, person=leader.pk)
    assert f"已解除{leader}的登录限制。" in "".join(answer.messages)
    assert "目前没有受限的账号" in answer.source
    change = Change.objects.get()
    assert (change.action, change.by, change.subject_id) == ("解除登录限制", three["security"].user, str(leader.pk))
    assert SecurityEvent.objects.get().username == "leader"
    again = three["security"].post_and_follow(LOCKS, person=leader.pk)
    assert "没有登录限制" in "".join(again.messages)
    assert Change.objects.count() == 1


def test_an_account_guessed_from_many_machines_is_one_line_more(three, leader):
    for machine in range(5):
        guessed("leader", f"10.1.1.{machine}", 4)
    assert "各处合计" in three["security"].get(LOCKS).source


def test_others_open_nothing(three, leader):
    guessed("leader", "10.1.1.1", 5)
    for role in ("administrator", "auditor"):
        three[role].client.post(LOCKS, {"person": leader.pk})
    assert three["security"].client.post(LOCKS, {"person": "9" * 30}).status_code == 404
    assert AccessAttempt.objects.exists()


def gathering():
    """The pages that gather what there is: by the table of addresses those that ask for nothing in particular."""
    names = {name for name, what, method, *_ in LINES if (what, method) == ("-", "GET") and name not in ONCE}
    return [*map(reverse, sorted(names)), *(url for url in admin_addresses() if not url.endswith("/0/change/"))]


def test_no_link_that_one_of_the_three_is_shown_leads_to_a_closed_door(three, lead, period):
    for role, visitor in three.items():
        open_ones = {url: visitor.client.get(url) for url in gathering()}
        shown = {url: Page(page, url) for url, page in open_ones.items() if page.status_code == 200 and is_page(page)}
        ways = {path_of(link.url): url for url, page in shown.items() for link in page.links("//body")}
        ways = {way: url for way, url in ways.items() if way.startswith("/") and way != "/accounts/logout/"}
        untried = sorted(ways.keys() - shown.keys())
        closed = [(way, ways[way]) for way in untried if visitor.client.get(way).status_code > 399]
        assert (role, closed) == (role, [])
        assert len(shown) > 9


def is_page(response):
    return "html" in response.headers["Content-Type"]
