"""The administration: every change of master data is on the record, with old and new values and without passwords."""

from datetime import date

import pytest

from agencies.changes import verify
from agencies.models import Agency, AgencyAlias, Change, GroupMembership, User
from tasks.models import WorkdayOverride
from tests.support.factories import make_agency, make_group, make_user, moment

PASSWORD = "zhi-liang-2016"


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def as_administrator(administrator, visitor):
    return visitor(administrator)


def recorded():
    return [(row.action, row.subject, row.old, row.new) for row in Change.objects.order_by("pk")]


def inline(prefix, *rows, initial=0):
    sent = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    return sent | {f"{prefix}-{n}-{name}": value for n, row in enumerate(rows) for name, value in row.items()}


def test_the_lists_of_master_data_stand_below_chinese_heads(as_administrator):
    heads = [head.text for head in as_administrator.get("/admin/").all("//div[@id='content-main']//caption/a")]
    assert heads == ["单位与账号", "督办业务"]


def test_a_new_agency_with_an_alias_is_two_rows_of_one_request(as_administrator, administrator):
    sent = {"name": "省林业厅", "ordinal": 30} | inline("aliases", {"name": "林业厅"})
    as_administrator.post("/admin/agencies/agency/add/", **sent)
    first, second = Change.objects.order_by("pk")
    assert (first.action, first.subject, first.by) == ("新增单位", "省林业厅", administrator)
    assert (first.recorded_at, first.new["ordinal"]) == (moment("2016-10-12 18:00"), 30)
    assert (second.action, second.new) == ("新增单位别称", {"agency": "省林业厅", "name": "林业厅"})
    assert first.request_id == second.request_id
    assert verify().problem == ""


def test_an_alias_is_kept_without_signs_that_nobody_sees(as_administrator):
    sent = {"name": "省林业厅", "ordinal": 30} | inline("aliases", {"name": "\u200b林业\ufeff厅"})
    as_administrator.post("/admin/agencies/agency/add/", **sent)
    assert AgencyAlias.objects.get().name == "林业厅"
    sent = {"name": "省水利厅", "ordinal": 31} | inline("aliases", {"name": "\u200b"})
    as_administrator.post("/admin/agencies/agency/add/", 200, **sent)
    assert AgencyAlias.objects.count() == 1


def test_a_name_is_only_corrected_here_and_the_page_says_where_agencies_are_renamed(as_administrator, lead_agency):
    page = as_administrator.get(f"/admin/agencies/agency/{lead_agency.pk}/change/")
    assert "此处只更正错字" in page.text("//div[contains(@class, 'field-name')]")
    assert "机构调整" in page.text("//div[contains(@class, 'field-name')]")


def test_only_what_changed_is_told_with_the_value_before(as_administrator):
    agency = make_agency("省林业厅", ordinal=30)
    alias = AgencyAlias.objects.create(agency=agency, name="林业厅")
    sent = inline("aliases", {"id": alias.pk, "agency": agency.pk, "name": "林业局"}, initial=1)
    sent |= {"name": "省林业厅", "ordinal": 31}
    as_administrator.post(f"/admin/agencies/agency/{agency.pk}/change/", **sent)
    assert recorded() == [
        ("修改单位", "省林业厅", {"ordinal": 30}, {"ordinal": 31}),
        ("修改单位别称", "林业局", {"name": "林业厅"}, {"name": "林业局"}),
    ]


def test_saving_without_a_change_leaves_nothing(as_administrator):
    agency = make_agency("省林业厅", ordinal=30)
    sent = {"name": "省林业厅", "ordinal": 30} | inline("aliases")
    as_administrator.post(f"/admin/agencies/agency/{agency.pk}/change/", **sent)
    assert recorded() == []


def test_what_is_wrong_leaves_nothing(as_administrator):
    as_administrator.post("/admin/agencies/agency/add/", 200, name="", ordinal=1, **inline("aliases"))
    assert recorded() == []


def test_a_deleted_alias_and_a_deleted_agency_are_told(as_administrator):
    agency = make_agency("省林业厅", ordinal=30)
    alias = AgencyAlias.objects.create(agency=agency, name="林业厅")
    row = {"id": alias.pk, "agency": agency.pk, "name": "林业厅", "DELETE": "on"}
    sent = {"name": "省林业厅", "ordinal": 30} | inline("aliases", row, initial=1)
    as_administrator.post(f"/admin/agencies/agency/{agency.pk}/change/", **sent)
    as_administrator.post(f"/admin/agencies/agency/{agency.pk}/delete/", post="yes")
    assert [row[:2] for row in recorded()] == [("删除单位别称", "林业厅"), ("删除单位", "省林业厅")]
    assert not Agency.objects.filter(pk=agency.pk).exists()


def test_many_deleted_at_once_are_a_row_each(as_administrator):
    agencies = [make_agency("甲厅"), make_agency("乙厅")]
    sent = {"action": "delete_selected", "_selected_action": [agency.pk for agency in agencies], "post": "yes"}
    as_administrator.post("/admin/agencies/agency/", **sent)
    assert sorted(row[:2] for row in recorded()) == [("删除单位", "乙厅"), ("删除单位", "甲厅")]


def test_an_order_changed_in_the_list_is_told(as_administrator):
    agency = make_agency("省林业厅", ordinal=30)
    sent = inline("form", {"id": agency.pk, "ordinal": 7}, initial=1) | {"_save": "保存"}
    as_administrator.post("/admin/agencies/agency/", **sent)
    assert recorded() == [("修改单位", "省林业厅", {"ordinal": 30}, {"ordinal": 7})]


def test_a_new_person_is_told_without_the_password(as_administrator):
    agency = make_agency("省林业厅")
    sent = {"username": "linye", "display_name": "李四", "role": "liaison", "agency": agency.pk}
    sent |= {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD}
    as_administrator.post("/admin/agencies/user/add/", **sent)
    [row] = Change.objects.all()
    told = {"username": "linye", "display_name": "李四", "role": "liaison", "agency": "省林业厅", "is_active": True}
    told |= {"office": None, "also_administers": False, "must_change_password": True}
    assert (row.action, row.agency) == ("新增用户", agency)
    assert (row.old, row.new) == ({}, {**told, "password": "密码已修改"})


def test_a_person_who_is_switched_off_is_told(as_administrator, lead_liaison):
    sent = {"username": "lead", "display_name": "商务联络员", "role": "liaison", "agency": lead_liaison.agency_id}
    as_administrator.post(f"/admin/agencies/user/{lead_liaison.pk}/change/", **sent)
    assert recorded() == [("修改用户", "商务联络员", {"is_active": True}, {"is_active": False})]


def test_a_password_set_by_the_administrator_is_told_and_not_shown(as_administrator, lead_liaison):
    sent = {"usable_password": "true", "password1": PASSWORD, "password2": PASSWORD, "set-password": "1"}
    as_administrator.post(f"/admin/agencies/user/{lead_liaison.pk}/password/", **sent)
    lead_liaison.refresh_from_db()
    assert lead_liaison.check_password(PASSWORD)
    assert recorded() == [("修改用户", "商务联络员", {}, {"password": "密码已修改"})]


def test_a_password_that_is_refused_leaves_nothing(as_administrator, lead_liaison):
    sent = {"usable_password": "true", "password1": PASSWORD, "password2": "anders", "set-password": "1"}
    as_administrator.post(f"/admin/agencies/user/{lead_liaison.pk}/password/", 200, **sent)
    assert recorded() == []


def test_a_person_s_own_new_password_is_told_and_not_shown(visitor):
    user = make_user("zhangsan", password=PASSWORD)
    sent = {"old_password": PASSWORD, "new_password1": "gaosu-tielu-8", "new_password2": "gaosu-tielu-8"}
    visitor(user).post("/accounts/password/", **sent)
    assert User.objects.get(pk=user.pk).check_password("gaosu-tielu-8")
    assert recorded() == [("修改密码", "zhangsan", {}, {"password": "密码已修改"})]


def test_a_corrected_working_day_is_told(as_administrator):
    as_administrator.post("/admin/tasks/workdayoverride/add/", day="2016-10-15", is_workday="on", name="调休")
    [row] = recorded()
    assert row[0] == f"新增{WorkdayOverride._meta.verbose_name}"
    assert row[3]["day"] == "2016-10-15"


def test_members_sent_to_the_administration_change_nothing(as_administrator, item, lead_agency):
    group = make_group(lead_agency)
    item.assist_group = group
    item.save()
    membership = group.memberships.get()
    rows = ({"id": membership.pk, "group": group.pk, "agency": lead_agency.pk, "DELETE": "on"},)
    as_administrator.post(
        f"/admin/agencies/agencygroup/{group.pk}/change/", name=group.name, **inline("memberships", *rows, initial=1)
    )
    assert list(group.members.all()) == [lead_agency]
    assert not Change.objects.exclude(agency=None).exists()


def test_members_changed_by_coordinators_are_told_with_who_and_when(as_coordinator, coordinator, lead_agency):
    group = make_group(lead_agency, make_agency("省林业厅"), is_inferred=True)
    customs = make_agency("合肥海关")
    staying = group.members.exclude(pk=lead_agency.pk).values_list("pk", flat=True)
    sent = {"member": [*staying, customs.pk], "confirm": "on"}
    page = as_coordinator.post(f"/groups/{group.pk}/", 200, action="preview", **sent)
    as_coordinator.post(f"/groups/{group.pk}/", action="confirm", basis=page.values()["basis"], **sent)
    rows = Change.objects.order_by("pk")
    assert [(row.action, row.agency.name) for row in rows] == [
        ("移出成员单位", "省商务厅"),
        ("增加成员单位", "合肥海关"),
        ("核对成员单位", "省林业厅"),
    ]
    assert {(row.by, row.recorded_at) for row in rows} == {(coordinator, moment("2016-10-12 18:00"))}
    assert rows[0].old == {"member": "省商务厅"}
    assert not GroupMembership.objects.filter(is_inferred=True).exists()


def test_every_column_of_a_table_of_related_rows_has_a_heading(as_administrator, lead_agency):
    page = as_administrator.get(f"/admin/agencies/agency/{lead_agency.pk}/change/")
    assert page.text("//th[@class='original']") == "已有"
