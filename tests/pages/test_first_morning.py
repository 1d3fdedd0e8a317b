"""The first morning of an installation: its first account, its checklist, the office's name."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from agencies.changes import verify
from agencies.installation import new_key
from agencies.models import Change, Office, SetupKey, User
from tasks.workflow import urge
from tests.support.factories import (
    make_agency,
    make_assignment,
    make_group,
    make_item,
    make_office,
    make_period,
    make_plan,
    make_urge,
    make_user,
    moment,
)
from tests.support.reading import Page

WHOLE = {
    "office_name": "省质量强省领导小组办公室",
    "urge_prefix": "皖质督",
    "display_name": "王处长",
    "username": "wang",
    "password1": "gaosu-tielu-8",
    "password2": "gaosu-tielu-8",
    "also_coordinates": "on",
}


@pytest.fixture
def address(db):
    return f"/setup/first/{new_key(timezone.now())}/"


def sent(address, client=None, **changes):
    return Page((client or Client()).post(address, {**WHOLE, **changes}), address)


# ── the first account ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_empty_installation_says_that_it_is_not_set_up_and_where_the_address_stands(client, db):
    page = Page(client.get("/", follow=True), "/")
    assert "尚未设立首个账号" in page.main
    assert "manage.py setup_address" in page.main
    assert page.all("//main//input") == []


def test_the_address_makes_an_account_that_coordinates_and_administers_and_is_signed_in(address, client):
    answer = sent(address, client)
    assert (answer.status, answer.response.url) == (302, "/setup/")
    [user] = User.objects.all()
    assert (user.username, user.display_name, user.role, user.also_administers) == (
        "wang",
        "王处长",
        "coordinator",
        True,
    )
    assert user.check_password("gaosu-tielu-8")
    assert not user.must_change_password
    for url in ("/setup/", "/admin/", "/reviews/"):
        assert client.get(url).status_code == 200, url
    office = Office.current()
    assert (office.name, office.urge_prefix, office.copy_to) == (
        "省质量强省领导小组办公室",
        "皖质督",
        "省质量强省领导小组",
    )


def test_who_only_keeps_accounts_is_an_administrator(address, client):
    sent(address, client, also_coordinates="")
    assert User.objects.get().role == "administrator"
    assert client.get("/reviews/").status_code == 403


def test_it_is_on_the_record_without_password_or_key(address):
    sent(address)
    rows = list(Change.objects.order_by("pk"))
    assert [row.action for row in rows] == ["设立首个账号", "登记统筹机构"]
    told = "".join(f"{row.old}{row.new}{row.reason}" for row in rows)
    assert "gaosu" not in told
    assert address.split("/")[-2] not in told
    assert verify().problem == ""


def test_afterwards_the_address_is_gone_for_ever_and_no_new_one_is_made(address):
    sent(address)
    assert Client().get(address).status_code == Client().post(address, WHOLE).status_code == 404
    assert not SetupKey.objects.exists()
    with pytest.raises(CommandError, match="已有账号"):
        call_command("setup_address")
    User.objects.update(is_active=False)
    assert Client().get(f"/setup/first/{new_key(timezone.now())}/").status_code == 404


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"office_name": ""}, "office_name", "请填写办公室名称。"),
        ({"urge_prefix": " "}, "urge_prefix", "请填写代字。"),
        ({"display_name": ""}, "display_name", "请填写姓名。"),
        ({"username": "王 处"}, "username", "用户名"),
        ({"password1": "", "password2": ""}, "password1", "请填写密码。"),
        ({"password2": "gaosu-tielu-9"}, "password2", "不一致"),
        ({"password1": "1234567890", "password2": "1234567890"}, "password1", "数字"),
        ({"password1": "kurz", "password2": "kurz"}, "password1", "10"),
        (
            {"username": "gaosu-tielu", "password1": "gaosu-tielu", "password2": "gaosu-tielu"},
            "password1",
            "不能含有用户名",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_address_still_holds(address, changes, field, message):
    page = sent(address, **changes)
    assert page.status == 422
    assert message in page.errors[field]
    assert not User.objects.exists()
    assert sent(address).status == 302


def test_an_address_that_has_ended_or_is_none_says_where_a_new_one_comes_from(address):
    SetupKey.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for url in (address, "/setup/first/geraten/"):
        page = Page(Client().get(url), url)
        assert page.status == 404
        assert "不正确或已过期" in page.main
        assert sent(url).status == 404
    assert not User.objects.exists()


def test_a_new_address_takes_the_place_of_the_one_before(address, capsys):
    call_command("setup_address", site="http://10.1.2.3:8000/")
    new = capsys.readouterr().out.strip()
    assert new.startswith("http://10.1.2.3:8000/setup/first/")
    assert Client().get(address).status_code == 404
    assert Client().get(new.removeprefix("http://10.1.2.3:8000")).status_code == 200


def test_the_key_itself_is_not_stored(address):
    assert address.split("/")[-2] not in str(list(SetupKey.objects.values()))


# ── the checklist ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def october(settings):
    settings.QA_PLAN_TODAY = moment("2016-10-12").date()


def steps(page):
    """Whether each is done, by its title."""
    return {
        row.find(".//b").text: "已完成" in row.text_content() for row in page.all("//ol[contains(@class, 'setup')]/li")
    }


def test_it_begins_with_what_is_there_and_says_what_comes_next(as_coordinator):
    page = as_coordinator.get("/", follow=True)
    assert page.title == "开通清单"
    done = {title for title, is_done in steps(page).items() if is_done}
    assert done == {"首个账号"}
    assert "导入公文后，在此列出承担任务的单位" in page.main


def test_agencies_without_an_account_are_named_until_each_has_one(as_coordinator, lead, assist, lead_liaison):
    page = as_coordinator.get("/setup/")
    assert "2个单位中1个已有联络员账号" in page.main
    assert "还没有账号：合肥海关" in page.main
    make_user(role="approver", agency=assist.agency)
    assert "还没有账号：合肥海关" in as_coordinator.get("/setup/").main
    make_user(role="liaison", agency=assist.agency)
    assert steps(as_coordinator.get("/setup/"))["各单位账号"]


def test_an_agency_without_a_task_and_a_collective_one_need_no_account(as_coordinator, item, lead_liaison, lead):
    make_agency("省水利厅")
    make_assignment(item, make_agency("各市人民政府", is_collective=True))
    assert steps(as_coordinator.get("/setup/"))["各单位账号"]


def test_members_and_dates_are_done_when_the_rows_say_so(october, as_coordinator, lead, lead_agency):
    group = make_group(lead_agency, is_inferred=True)
    page = as_coordinator.get("/setup/")
    assert "领导小组1个成员单位中1个为推定" in page.main
    assert "1项任务中1项的完成时限为推定" in page.main
    assert f"/groups/{group.pk}/?from=setup" in {link.url for link in page.links()}
    group.memberships.update(is_inferred=False)
    look_dates_through(as_coordinator)
    page = as_coordinator.get("/setup/")
    assert steps(page)["核对成员单位"]
    assert steps(page)["核对完成时限"]
    assert Change.objects.get(action="核对完成时限").by.username == "coordinator"
    look_dates_through(as_coordinator)
    assert Change.objects.filter(action="核对完成时限").count() == 1


def look_dates_through(visitor):
    """What the button sends, or sends once more."""
    shown = [field.get("value") for field in visitor.get("/setup/").all("//input[@name='plan']")]
    visitor.post("/setup/", action="dates", plan=shown)


def test_a_plan_that_came_since_the_list_was_shown_is_not_looked_through(october, as_coordinator, plan, lead):
    newer = make_plan(issued_on=date(2016, 9, 1))
    make_assignment(make_item(newer), lead.agency)
    for shown in ([plan.pk], [plan.pk], [], [newer.pk + 1, "x"]):
        as_coordinator.post("/setup/", action="dates", plan=shown)
        assert [change.subject_id for change in Change.objects.filter(action="核对完成时限")] == [str(plan.pk)]
    assert not steps(as_coordinator.get("/setup/"))["核对完成时限"]


def test_every_page_that_it_leads_to_leads_back(october, as_coordinator, plan, lead, lead_agency):
    make_group(lead_agency, is_inferred=True)
    onward = [link.url for link in as_coordinator.get("/setup/").links("//ol[contains(@class, 'setup')]")]
    assert len(onward) > 4
    for url in onward:
        assert as_coordinator.get(url).link("返回开通清单").url == "/setup/"


def test_it_judges_all_plans_that_were_imported(october, as_coordinator, plan, lead):
    newer = make_plan(issued_on=date(2016, 9, 1))
    make_assignment(make_item(newer), lead.agency)
    make_period(newer, "2016Q3")
    page = as_coordinator.get("/setup/")
    assert f"{newer.document_number}等2份公文已导入" in page.main
    assert f"{plan.document_number}1项任务中1项的完成时限为推定" in page.main
    assert not steps(page)["首个报告期"]
    assert f"{plan.document_number}尚未开放" in page.main
    look_dates_through(as_coordinator)
    assert Change.objects.filter(action="核对完成时限").count() == 2
    assert steps(as_coordinator.get("/setup/"))["核对完成时限"]


def test_a_period_that_has_not_opened_can_be_opened_by_hand_from_there(october, as_coordinator, plan, lead):
    page = as_coordinator.get("/setup/")
    assert "到开放日由系统自动开放；也可手动提前" in page.main
    assert page.link("报告期安排").url == f"/plans/{plan.slug}/periods/?from=setup"
    make_period(plan, "2016Q4")
    page = as_coordinator.get("/setup/")
    assert "2016年四季度将于2016-12-20开放；也可手动提前" in page.main
    assert page.link("报告期安排").url == f"/plans/{plan.slug}/periods/?from=setup"


def test_when_all_is_done_the_first_page_is_the_desk(october, as_coordinator, lead, lead_liaison, period):
    Office.objects.create(name="办公室", urge_prefix="督")
    look_dates_through(as_coordinator)
    assert as_coordinator.get("/", 302).response.url == "/desk/"
    assert "7项均已完成" in as_coordinator.get("/setup/").main


def test_a_coordinator_puts_it_away_and_that_is_on_record(as_coordinator, visitor, administrator, plan):
    assert as_coordinator.get("/", 302).response.url == "/setup/"
    as_coordinator.post("/setup/", action="dismiss")
    as_coordinator.post("/setup/", action="dismiss")
    assert as_coordinator.get("/", 302).response.url == "/desk/"
    [row] = Change.objects.filter(action="收起开通清单")
    assert row.by.username == "coordinator"
    visitor(administrator).post("/setup/", 403, action="dismiss")


def test_agencies_leaders_and_demonstrations_are_not_led_there(settings, as_coordinator, as_lead, as_leader, plan):
    assert as_lead.get("/", 302).response.url == "/my/"
    assert as_leader.get("/", 302).response.url == plan.get_absolute_url()
    settings.QA_PLAN_DEMO = True
    assert as_coordinator.get("/", 302).response.url == "/desk/"


# ── the office's name ────────────────────────────────────────────────────────────────────────────────────────────


def office_form(page, **changes):
    return {**page.values(), **changes}


def test_the_name_is_the_settings_until_it_is_said_and_then_stands_everywhere(settings, as_coordinator):
    page = as_coordinator.get("/setup/office/")
    assert page.values()["name"] == settings.COORDINATING_OFFICE
    as_coordinator.post("/setup/office/", **office_form(page, name="市质量办", urge_prefix="市质督"))
    assert "市质量办 · 统筹人员" in as_coordinator.get("/plans/").text("//header")
    assert "市质量办" in Page(Client().get("/accounts/login/"), "/accounts/login/").main
    [row] = Change.objects.filter(action="登记统筹机构")
    assert row.new == {"name": "市质量办", "urge_prefix": "市质督", "level": "province"}
    page = as_coordinator.get("/setup/office/")
    as_coordinator.post("/setup/office/", **page.values())
    assert Change.objects.filter(action="登记统筹机构").count() == 1


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(as_coordinator):
    Office.objects.create(name="甲办", urge_prefix="甲")
    stale = as_coordinator.get("/setup/office/").values()
    Office.objects.update(name="乙办")
    page = as_coordinator.post("/setup/office/", 422, **{**stale, "name": "丙办"})
    assert "已被改为“乙办”" in page.errors[""]
    assert Office.current().name == "乙办"


def test_an_installation_may_be_a_city_s_and_says_so_where_it_said_that_it_was_the_province_s(as_coordinator, visitor):
    page = as_coordinator.get("/setup/office/")
    sent = office_form(page, name="合肥市质量办", level="city", area="合肥市")
    as_coordinator.post("/setup/office/", **sent)
    assert (Office.current().place, Office.current().level, Office.current().area) == ("市级", "city", "合肥市")
    county = make_office("肥东县", level="county")
    administrator = visitor(make_user(role="administrator"))
    page = administrator.get("/accounts/people/")
    assert ("市级" in page.main, "省级" in page.main) == (True, False)
    page = administrator.get("/admin/agencies/office/")
    assert ("市级" in page.source, "省级" in page.source) == (True, False)
    page = administrator.get(f"/admin/agencies/office/{county.pk}/change/")
    assert page.all("//select[@name='level']/option/@value") == ["county"]
    make_office("巢湖市", level="city")
    stale = as_coordinator.get("/setup/office/")
    page = as_coordinator.post("/setup/office/", 422, **office_form(stale, level="county"))
    assert "巢湖市已设为下一级机构，层级不能改为县（市、区）" in page.main


def test_the_office_is_of_the_level_of_its_name_until_it_has_said_so(settings, db):
    settings.COORDINATING_OFFICE = "合肥市质量发展办公室"
    assert (Office.current().place, Office.of_settings().level) == ("市级", "city")


def test_letters_that_went_out_keep_the_prefix_that_they_were_numbered_under(as_coordinator, coordinator, lead):
    Office.objects.create(name="甲办", urge_prefix="甲督")
    what = {"assignments": [lead], "text": "请抓紧报送。", "by": coordinator, "at": moment("2016-10-10")}
    urge(reply_by=date(2016, 10, 14), **what)
    Office.objects.update(urge_prefix="乙督")
    page = as_coordinator.get("/urges/?turn=all").main
    assert "甲督〔2016〕1号" in page
    assert "甲督〔2016〕1号" in as_coordinator.get(lead.item.get_absolute_url()).main
    assert "乙督〔" not in page


def test_an_urge_of_before_has_the_prefix_of_the_settings(lead):
    Office.objects.create(name="甲办", urge_prefix="甲督")
    assert str(make_urge(lead, at=moment("2016-10-10"))).startswith("督催〔2016〕")
