"""The administration refuses what would leave nobody in charge or two units with one name; it asks before days move."""

from datetime import date

import pytest

from agencies.models import Agency, AgencyAlias, Change, User
from tasks.models import WorkdayOverride
from tests.pages.test_master_data import inline
from tests.support.factories import make_agency, make_assignment, make_item, make_user, moment, standard_rules

DAYS = "/admin/tasks/workdayoverride/"
ASKED = "//form[.//input[@name='moves']]"


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def as_administrator(administrator, visitor):
    return visitor(administrator)


def change_agency(visitor, agency, status, *aliases, **changes):
    whole = {"name": agency.name, "ordinal": agency.ordinal} | inline("aliases", *aliases)
    return visitor.post(f"/admin/agencies/agency/{agency.pk}/change/", status, **{**whole, **changes})


def change_user(visitor, user, status, **changes):
    whole = {"username": user.username, "display_name": "某人", "role": user.role, "agency": user.agency_id or ""}
    return visitor.post(f"/admin/agencies/user/{user.pk}/change/", status, **{**whole, **changes})


# ── people ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_last_administrator_and_the_last_coordinator_stay_in_use(as_administrator, administrator, coordinator):
    page = change_user(as_administrator, administrator, 200)
    assert "这是最后一名在用的系统管理员" in page.source
    page = change_user(as_administrator, coordinator, 200)
    assert "这是最后一名在用的统筹人员" in page.source
    assert User.objects.filter(is_active=True).count() == 2
    make_user("second")
    change_user(as_administrator, coordinator, 302)
    assert not User.objects.get(pk=coordinator.pk).is_active
    assert Change.objects.get().new == {"is_active": False, "display_name": "某人"}


def test_the_last_administrator_keeps_a_password(as_administrator, administrator):
    url = f"/admin/agencies/user/{administrator.pk}/password/"
    as_administrator.post(url, usable_password="false", **{"unset-password": "1"})
    assert User.objects.get(pk=administrator.pk).password == administrator.password
    assert not Change.objects.exists()


def test_no_action_on_many_people_at_once_switches_anybody_off(as_administrator):
    page = as_administrator.get("/admin/agencies/user/")
    assert page.all("//select[@name='action']/option[@value!='']/@value") == ["take_factors_away"]


def test_only_coordinators_administer_beside_their_work(as_administrator, leader):
    page = change_user(as_administrator, leader, 200, is_active="on", also_administers="on")
    assert "只有统筹人员可以兼系统管理员。" in page.source


def test_a_password_that_the_administrator_sets_is_changed_at_the_next_sign_in(as_administrator, lead_liaison):
    sent = {"usable_password": "true", "password1": "zhi-liang-2016", "password2": "zhi-liang-2016"}
    as_administrator.post(f"/admin/agencies/user/{lead_liaison.pk}/password/", **sent, **{"set-password": "1"})
    assert User.objects.get(pk=lead_liaison.pk).must_change_password


# ── agencies ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_consent_is_asked_for_only_where_a_head_can_give_it(as_administrator, lead_agency):
    page = change_agency(as_administrator, lead_agency, 200, requires_consent="on")
    assert "还没有在用的单位负责人账号" in page.source
    head = make_user(role="approver", agency=lead_agency)
    change_agency(as_administrator, lead_agency, 302, requires_consent="on")
    page = change_user(as_administrator, head, 200)
    assert "最后一名在用的单位负责人" in page.source


@pytest.mark.parametrize(
    ("alias", "message"),
    [
        ("省水利厅", "“省水利厅”是另一单位的名称"),
        ("水利厅", "“水利厅”已是省水利厅的别称。"),
        ("省商务厅", "“省商务厅”是本单位的名称"),
    ],
)
def test_an_alias_is_one_agency_s_alone(as_administrator, lead_agency, other_agency, alias, message):
    other_agency.aliases.create(name="水利厅")
    page = change_agency(as_administrator, lead_agency, 200, {"name": alias})
    assert message in page.source
    assert AgencyAlias.objects.count() == 1
    change_agency(as_administrator, lead_agency, 302, {"name": "商务厅"})


def test_a_name_is_no_other_agency_s_alias(as_administrator, lead_agency, other_agency):
    other_agency.aliases.create(name="水利厅")
    page = change_agency(as_administrator, lead_agency, 200, name="水利厅")
    assert "“水利厅”是省水利厅的别称" in page.source


def test_a_unit_with_tasks_or_people_is_none_that_stands_for_many(as_administrator, lead, lead_agency, lead_liaison):
    page = change_agency(as_administrator, lead_agency, 200, is_collective="on")
    assert "该单位有1项在办任务、1个在用账号，不能设为泛指单位。" in page.source
    idle = make_agency("各市人民政府")
    change_agency(as_administrator, idle, 302, is_collective="on")
    make_assignment(make_item(lead.item.plan), idle)
    change_agency(as_administrator, idle, 302, is_collective="on", ordinal=99)
    assert Agency.objects.get(pk=idle.pk).is_collective


# ── working days ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_correction_that_moves_a_deadline_is_saved_only_when_that_was_seen(as_administrator, lead):
    day = {"day": "2017-01-13", "is_workday": "", "name": "停电检修"}
    page = as_administrator.post(f"{DAYS}add/", 200, **day)
    assert "2016年四季度报送截止：2017-01-13 → 2017-01-12" in page.source
    assert not WorkdayOverride.objects.exists()
    as_administrator.post(f"{DAYS}add/", 302, **page.values(ASKED))
    assert WorkdayOverride.objects.get().name == "停电检修"
    assert Change.objects.get().new["day"] == "2017-01-13"


def test_receipts_and_reminders_that_move_are_told(as_administrator, item, lead_agency, lead_liaison, october):
    standard_rules()
    make_assignment(item, lead_agency, at=moment("2016-10-11"))
    page = as_administrator.post(f"{DAYS}add/", 200, day="2016-10-14", is_workday="", name="调休")
    assert "1条任务的签收期限：2016-10-18 → 2016-10-19" in page.source
    assert "今后30天的提醒" in page.source


def test_what_has_changed_since_it_was_seen_is_shown_again(as_administrator, lead):
    first = as_administrator.post(f"{DAYS}add/", 200, day="2017-01-13", is_workday="", name="停电检修").values(ASKED)
    WorkdayOverride.objects.create(day=date(2017, 1, 12), is_workday=False, name="检修")
    page = as_administrator.post(f"{DAYS}add/", 200, **first)
    assert "2017-01-13 → 2017-01-11" in page.source
    assert WorkdayOverride.objects.count() == 1


def test_deleting_one_says_what_moves_back(as_administrator, lead):
    row = WorkdayOverride.objects.create(day=date(2017, 1, 13), is_workday=False, name="检修")
    page = as_administrator.get(f"{DAYS}{row.pk}/delete/")
    assert "2016年四季度报送截止：2017-01-12 → 2017-01-13" in page.source
    as_administrator.post(f"{DAYS}{row.pk}/delete/", post="yes")
    assert not WorkdayOverride.objects.exists()


def test_a_wrong_form_is_answered_at_its_field_as_before(as_administrator, lead):
    page = as_administrator.post(f"{DAYS}add/", 200, day="2017-01-13", is_workday="", name="")
    assert "核对受影响" not in page.source
    assert not WorkdayOverride.objects.exists()
