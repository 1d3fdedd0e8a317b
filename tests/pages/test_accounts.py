"""账号名单: a workbook out and in, checked before anything is done, and slips with passwords that hold once."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook

from agencies.changes import verify
from agencies.models import Change, User
from tasks.models import ReminderPreference
from tests.support.factories import make_agency, make_office, make_user
from tests.support.reading import Page

HEAD = ["单位", "姓名", "手机", "邮箱", "角色", "用户名"]
LIST = "/accounts/people/"
PASSWORD = "zhi-liang-2016"


def workbook(*rows, head=HEAD):
    book = Workbook()
    for row in (head, *rows):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def upload(visitor, *rows, status=200, content=None):
    content = content or workbook(*rows)
    return visitor.post(LIST, status, workbook=SimpleUploadedFile("名单.xlsx", content))


def confirm(visitor, page, status=200):
    return visitor.post(f"{LIST}open/", status, list=page.values()["list"], token=page.values()["token"])


def slips(page):
    """User name and password of each slip."""
    return [tuple(code.text for code in slip.iter("code")) for slip in page.all("//section[@class='key-slip']")]


def told(page):
    return [[cell.text_content().strip() for cell in row] for row in page.all("//tbody/tr")]


# ── out ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_comes_with_everybody_and_a_row_for_each_agency_that_has_nobody(
    as_coordinator, lead_liaison, assist, lead
):
    ReminderPreference.objects.create(user=lead_liaison, mobile="13800000000", email="a@example.cn")
    response = as_coordinator.client.get(f"{LIST}list.xlsx")
    sheet = load_workbook(io.BytesIO(response.content)).active
    rows = [tuple(cell or "" for cell in row) for row in sheet.iter_rows(min_row=3, values_only=True)]
    assert rows == [
        tuple(HEAD),
        ("省商务厅", "商务联络员", "13800000000", "a@example.cn", "联络员", "lead"),
        ("合肥海关", "", "", "", "联络员", ""),
    ]
    assert "no-store" in response["Cache-Control"]


def test_as_it_came_it_changes_nothing_once_somebody_is_in_it(as_coordinator, lead_liaison, lead):
    content = as_coordinator.client.get(f"{LIST}list.xlsx").content
    page = upload(as_coordinator, content=content)
    assert "新开通0人，有变动0人，无变动1人，有误0人" in page.main
    answer = confirm(as_coordinator, page, 302)
    assert answer.response.url == LIST
    assert not Change.objects.exists()


def test_people_of_the_office_are_the_administrators_matter(as_coordinator, visitor, administrator, leader):
    assert "分管领导" not in as_coordinator.get(LIST).main
    assert "分管领导" in visitor(administrator).get(LIST).main


# ── in ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_new_is_shown_and_done_only_when_it_is_confirmed(as_coordinator, lead, lead_agency):
    row = ["省商务厅", "张三", 13800000000, "zhang@example.cn", "联络员", None]
    page = upload(as_coordinator, row)
    username = f"dw{lead_agency.ordinal:02d}"
    assert told(page) == [["新开通", "省商务厅", "张三", "联络员", username, ""]]
    assert not User.objects.filter(display_name="张三").exists()
    [(name, password)] = slips(confirm(as_coordinator, page))
    user = User.objects.get(username=username)
    assert (name, user.display_name, user.agency, user.must_change_password) == (username, "张三", lead_agency, True)
    assert user.check_password(password)
    preference = user.reminder_preference
    assert (preference.mobile, preference.email) == ("13800000000", "zhang@example.cn")


def test_the_same_list_twice_changes_nothing(as_coordinator, lead):
    row = ["省商务厅", "张三", "13800000000", "", "联络员", ""]
    first = upload(as_coordinator, row)
    confirm(as_coordinator, first)
    page = upload(as_coordinator, row)
    assert "新开通0人，有变动0人，无变动1人" in page.main
    confirm(as_coordinator, page, 302)
    assert User.objects.filter(display_name="张三").count() == 1
    assert Change.objects.count() == 1


def test_sent_again_it_says_what_was_opened_and_gives_new_slips_by_a_deed_of_its_own(as_coordinator, lead):
    first = upload(as_coordinator, ["省商务厅", "张三", "", "", "联络员", ""])
    [(username, password)] = slips(confirm(as_coordinator, first))
    again = confirm(as_coordinator, first)
    assert "已开通1个账号，本次没有重复开通" in again.main
    assert username in again.main
    assert slips(again) == []
    assert Change.objects.count() == 1
    asked = as_coordinator.post(f"{LIST}slips/", 200, **again.values())
    [(same, other)] = slips(as_coordinator.post(f"{LIST}slips/", 200, **asked.values(), action="confirm"))
    assert same == username
    assert other != password
    User.objects.filter(username=username).update(must_change_password=False)
    assert "无须再发" in confirm(as_coordinator, first).main


def test_what_was_changed_otherwise_meanwhile_is_shown_anew(as_coordinator, lead):
    first = upload(as_coordinator, ["省商务厅", "张三", "13800000000", "", "联络员", ""])
    confirm(as_coordinator, first)
    ReminderPreference.objects.update(mobile="13900000000")
    assert "核对之后账号又有变动" in confirm(as_coordinator, first, 422).main


def test_neither_password_nor_hash_is_on_the_record_and_no_browser_keeps_the_slips(as_coordinator, lead):
    page = confirm(as_coordinator, upload(as_coordinator, ["省商务厅", "张三", "13800000000", "", "联络员", ""]))
    [(_, password)] = slips(page)
    [row] = Change.objects.all()
    assert (row.action, row.agency.name, row.by.username) == ("开通账号", "省商务厅", "coordinator")
    assert row.new == {
        "username": slips(page)[0][0],
        "display_name": "张三",
        "role": "liaison",
        "mobile": "13800000000",
    }
    stored = "".join(str(list(model.objects.values())) for model in (Change, User, ReminderPreference))
    assert password not in stored
    assert "no-store" in page.response["Cache-Control"]
    assert verify().problem == ""


def test_a_slip_says_who_where_and_with_what(as_coordinator, lead):
    page = confirm(as_coordinator, upload(as_coordinator, ["省商务厅", "张三", "", "", "单位负责人", "zhangsan"]))
    text = page.text("//section[@class='key-slip']")
    for words in ("省商务厅", "张三（单位负责人）", "zhangsan", "http://testserver/", "首次登录须改为本人密码"):
        assert words in text


def test_known_people_are_found_by_name_or_user_name_and_only_what_differs_changes(as_coordinator, lead_liaison, lead):
    ReminderPreference.objects.create(user=lead_liaison, mobile="13800000000", email="a@example.cn")
    page = upload(as_coordinator, ["省商务厅", "商务联络员", "139 0000-0000", "", "单位负责人", ""])
    assert told(page)[0][-1] == "角色：联络员 → 单位负责人；手机：13800000000 → 13900000000"
    confirm(as_coordinator, page, 302)
    lead_liaison.refresh_from_db()
    assert lead_liaison.role == "approver"
    assert not lead_liaison.must_change_password
    preference = ReminderPreference.objects.get()
    assert (preference.mobile, preference.email) == ("13900000000", "a@example.cn")
    [row] = Change.objects.all()
    assert row.old == {"role": "liaison", "mobile": "13800000000"}


def test_two_of_one_agency_and_names_that_are_taken_get_other_user_names(as_coordinator, lead, lead_agency):
    stem = f"dw{lead_agency.ordinal:02d}"
    make_user(stem)
    people = [["省商务厅", name, "", "", "联络员", ""] for name in ("张三", "李四")]
    page = upload(as_coordinator, *people, ["省商务厅", "王五", "", "", "联络员", f"{stem}-3"])
    assert [row[4] for row in told(page)] == [f"{stem}-2", f"{stem}-4", f"{stem}-3"]


def test_the_heads_may_stand_in_any_row_and_order_and_names_be_aliases(as_coordinator, lead, lead_agency):
    lead_agency.aliases.create(name="商务厅")
    content = workbook(["商务厅", "联络员", "张三"], head=["单位", "角色", "姓名"])
    assert told(upload(as_coordinator, content=content))[0][:3] == ["新开通", "商务厅", "张三"]


def test_signs_that_nobody_sees_are_taken_out(as_coordinator, lead, lead_agency):
    row = ["\ufeff省商务\u200b厅", "张\u200b三", "138\u200e00000000", "", "联络员\u2060"]
    confirm(as_coordinator, upload(as_coordinator, row))
    person = User.objects.get(display_name="张三")
    assert (person.agency, ReminderPreference.objects.get(user=person).mobile) == (lead_agency, "13800000000")


@pytest.mark.parametrize(
    ("row", "cell", "message"),
    [
        (["没有厅", "张三", "", "", "联络员", ""], "A2", "没有名为“没有厅”的单位"),
        (["", "张三", "", "", "联络员", ""], "A2", "请填写单位。"),
        (["各市人民政府", "张三", "", "", "联络员", ""], "A2", "泛指单位"),
        (["原林业厅", "张三", "", "", "联络员", ""], "A2", "已撤并"),
        (["省商务厅", "", "13800000000", "", "联络员", ""], "B2", "请填写姓名。"),
        (["省商务厅", "长" * 51, "", "", "联络员", ""], "B2", "50"),
        (["省商务厅", "张三", "一三八", "", "联络员", ""], "C2", "手机号码只含数字"),
        (["省商务厅", "张三", "", "zhang", "联络员", ""], "D2", "邮箱写法有误。"),
        (["省商务厅", "张三", "", "", "", ""], "E2", "请填写角色。"),
        (["省商务厅", "张三", "", "", "厅长", ""], "E2", "角色应为联络员、单位负责人之一。"),
        (["", "张三", "", "", "领导", ""], "E2", "领导账号由系统管理员开通。"),
        (["省商务厅", "张三", "", "", "联络员", "张 三"], "F2", "用户名"),
        (["省商务厅", "张三", "", "", "联络员", "gone"], "F2", "已停用"),
        (["省商务厅", "张三", "", "", "联络员", "other"], "F2", "已由省水利厅的水利联络员使用"),
        (["省商务厅", "张三", "", "", "联络员", "lead"], "B2", "换人请办理账号移交"),
    ],
)
def test_what_is_wrong_is_said_at_its_cell_and_nobody_gets_an_account(
    as_coordinator, lead_liaison, other_liaison, row, cell, message
):
    make_agency("各市人民政府", is_collective=True)
    make_agency("原林业厅", ended_on="2016-01-01")
    make_user("gone", role="liaison", agency=lead_liaison.agency, is_active=False)
    people = User.objects.count()
    page = upload(as_coordinator, row, ["省商务厅", "李四", "", "", "联络员", ""], status=422)
    assert f"!{cell}" in page.main
    assert message in page.main
    assert page.all("//main//form") == []
    assert User.objects.count() == people


def test_one_account_in_two_rows_is_said_at_the_second(as_coordinator, lead):
    row = ["省商务厅", "张三", "", "", "联络员", "zhangsan"]
    page = upload(as_coordinator, row, row, status=422)
    assert "Sheet!F3" in page.main
    assert "与Sheet!B2是同一账号" in page.main


def test_one_person_in_two_rows_without_a_user_name_is_said_at_the_second(as_coordinator, lead):
    row = ["省商务厅", "王五", "", "", "联络员", ""]
    page = upload(as_coordinator, row, row, status=422)
    assert "Sheet!B3" in page.main
    assert "与Sheet!B2是同一单位的同名人员" in page.main


def test_the_last_head_of_an_agency_that_asks_for_consent_stays(as_coordinator, approver, lead):
    approver.agency.requires_consent = True
    approver.agency.save()
    page = upload(as_coordinator, ["省商务厅", "商务负责人", "", "", "联络员", "approver"])
    assert "最后一名在用的单位负责人" in confirm(as_coordinator, page, 422).main
    assert User.objects.get(pk=approver.pk).role == "approver"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"kein Workbook", "文件"),
        (workbook(["张三"], head=["姓名"]), "找不到表头"),
        (workbook(["省商务厅", "", "", "", "联络员", ""]), "没有填写任何人员"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_at_its_field(as_coordinator, lead, content, message):
    page = upload(as_coordinator, content=content, status=422)
    assert message in page.errors["workbook"]


def test_a_list_that_another_had_before_them_or_that_was_altered_is_not_taken(as_coordinator, visitor, lead):
    page = upload(as_coordinator, ["省商务厅", "张三", "", "", "联络员", ""])
    other = visitor(make_user("second"))
    assert confirm(other, page, 302).response.url == LIST
    as_coordinator.post(f"{LIST}open/", 302, list=page.values()["list"] + "x", token=page.values()["token"])
    assert not User.objects.filter(display_name="张三").exists()


def test_administrators_open_accounts_of_the_office_too(visitor, administrator):
    page = upload(visitor(administrator), ["", "赵主任", "", "", "领导", ""], ["", "钱科长", "", "", "统筹人员", ""])
    assert [name for name, _ in slips(confirm(visitor(administrator), page))] == ["ld01", "tc01"]


# ── passwords that hold once ─────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def newcomer(lead_agency):
    return make_user("new", role="liaison", agency=lead_agency, password=PASSWORD, must_change_password=True)


def signed_in(username, password):
    client = Client()
    client.post("/accounts/login/", {"username": username, "password": password}, REMOTE_ADDR="10.0.0.1")
    return client


def test_whoever_signs_in_with_a_given_password_chooses_their_own_first(newcomer, lead, period):
    client = signed_in("new", PASSWORD)
    for url in ("/", "/my/", "/plans/", "/accounts/password/done/", f"/evidence/{lead.pk}/"):
        assert client.get(url).url == "/accounts/password/", url
    assert client.post(f"/my/{lead.pk}/", {"action": "draft", "percent": "10"}).url == "/accounts/password/"
    htmx = client.get("/my/", headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx["HX-Redirect"]) == (204, "/accounts/password/")
    page = Page(client.get("/accounts/password/"), "/accounts/password/")
    assert "首次登录，请先设定自己的密码" in page.main
    sent = {"old_password": PASSWORD, "new_password1": "gaosu-tielu-8", "new_password2": "gaosu-tielu-8"}
    assert client.post("/accounts/password/", sent).url == "/"
    assert client.get("/my/").status_code == 200
    assert not User.objects.get(username="new").check_password(PASSWORD)


def test_the_given_password_is_not_one_s_own(newcomer):
    client = signed_in("new", PASSWORD)
    sent = {"old_password": PASSWORD, "new_password1": PASSWORD, "new_password2": PASSWORD}
    page = Page(client.post("/accounts/password/", sent), "/accounts/password/")
    assert page.errors["new_password1"] == "新密码不能与原密码相同。"
    assert client.get("/my/").status_code == 302


def test_they_may_sign_out_and_their_calendar_goes_on(newcomer):
    ReminderPreference.objects.create(user=newcomer, calendar_token="geheim")
    client = signed_in("new", PASSWORD)
    assert client.get("/calendar/geheim.ics").status_code == 200
    assert client.post("/accounts/logout/").url == "/"


def test_slips_are_made_anew_with_new_passwords_and_sessions_end(as_coordinator, newcomer):
    client = signed_in("new", PASSWORD)
    User.objects.update(must_change_password=False)
    page = as_coordinator.post(f"{LIST}slips/", 200, person=[newcomer.pk])
    assert page.title == "为1人重做口令单"
    assert "确认后1人的原口令立即失效" in page.main
    page = as_coordinator.post(f"{LIST}slips/", 200, person=[newcomer.pk], action="confirm")
    [(name, password)] = slips(page)
    assert name == "new"
    assert client.get("/my/").url.startswith("/accounts/login/")
    new = User.objects.get(username="new")
    assert new.check_password(password)
    assert new.must_change_password
    [row] = Change.objects.all()
    assert (row.action, row.new) == ("重设初始口令", {"password": "密码已修改"})


def test_a_coordinator_gives_nobody_of_the_office_a_new_password_and_nobody_themselves(
    as_coordinator, coordinator, visitor, administrator, leader
):
    for person in (administrator, leader, coordinator):
        answer = as_coordinator.post(f"{LIST}slips/", 302, person=[person.pk], action="confirm")
        assert answer.response.url == LIST
    assert not Change.objects.exists()
    assert slips(visitor(administrator).post(f"{LIST}slips/", 200, person=[leader.pk], action="confirm"))


def test_who_is_given_an_account_by_hand_over_changes_the_password_too(as_coordinator, lead_liaison):
    sent = {"name": "李四", "username": "lisi", "reason": "岗位调整"}
    address = f"/accounts/hand-over/{lead_liaison.pk}/"
    page = as_coordinator.post(address, 200, **sent)
    as_coordinator.post(address, 200, **{**page.values(), **sent, "action": "confirm"})
    assert User.objects.get(username="lisi").must_change_password


# ── cities and counties ──────────────────────────────────────────────────────────────────────────────────────────

LEVELS = [*HEAD, "所属机构"]


@pytest.fixture
def hefei(db):
    return make_office("合肥市", code="340100")


def test_administrators_open_accounts_of_cities_by_the_column_of_offices(visitor, administrator, hefei):
    bureau = make_agency("合肥市质监局", office=hefei)
    rows = (
        ["", "赵主任", "", "", "领导", "", "合肥市"],
        ["", "钱科长", "", "", "统筹人员", "", "340100"],
        ["", "孙科长", "", "", "统筹人员", "", ""],
        ["合肥市质监局", "李科员", "", "", "联络员", "", "合肥市"],
    )
    page = upload(visitor(administrator), content=workbook(*rows, head=LEVELS))
    assert [row[2] for row in told(page)] == ["合肥市", "340100", "", "合肥市"]
    confirm(visitor(administrator), page)
    made = {user.display_name: (user.office, user.scope) for user in User.objects.exclude(pk=administrator.pk)}
    assert made == {
        "赵主任": (hefei, hefei.path),
        "钱科长": (hefei, hefei.path),
        "孙科长": (None, ""),
        "李科员": (None, bureau.office_id),
    }
    assert Change.objects.filter(action="开通账号", new__office="合肥市").count() == 2
    content = visitor(administrator).client.get(f"{LIST}list.xlsx").content
    known = {row[1]: row[6] for row in load_workbook(io.BytesIO(content)).active.iter_rows(min_row=4, values_only=True)}
    assert (known["赵主任"], known["孙科长"] or "", known["李科员"]) == ("合肥市", "", "合肥市")
    assert "无变动4人" in upload(visitor(administrator), content=content).main
    assert "所属机构" in visitor(administrator).get(LIST).main


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["", "赵主任", "", "", "领导", "", "芜湖市"], "没有“芜湖市”这一机构"),
        (["", "赵主任", "", "", "领导", "", "鼓楼区"], "有2个名为“鼓楼区”的机构"),
        (["合肥市质监局", "李科员", "", "", "联络员", "", "省级"], "合肥市质监局不属该机构"),
        (["", "周处长", "", "", "统筹人员", "zhou", "合肥市"], "周处长现属省级"),
    ],
)
def test_a_wrong_office_is_said_at_its_cell(visitor, administrator, hefei, row, said):
    make_agency("合肥市质监局", office=hefei)
    for _ in range(2):
        make_office("鼓楼区", parent=hefei, government=make_agency())
    make_user("zhou", display_name="周处长")
    page = upload(visitor(administrator), status=422, content=workbook(row, head=LEVELS))
    assert f"G2 {said}" in page.text("//section[@role='alert']")


def test_a_list_without_the_column_means_whom_it_names_wherever_they_belong(visitor, administrator, hefei):
    make_user("qian", display_name="钱科长", office=hefei)
    row = ["", "钱科长", "13800000000", "", "统筹人员", "qian"]
    assert "有变动1人" in upload(visitor(administrator), row).main


def test_coordinators_of_a_city_open_none_of_the_province_nor_of_offices_whatever_the_column_says(
    visitor, hefei, lead_agency
):
    clerk = visitor(make_user(office=hefei))
    rows = (
        [lead_agency.name, "赵科员", "", "", "联络员", "", ""],
        ["", "钱科长", "", "", "统筹人员", "", "合肥市"],
    )
    page = upload(clerk, status=422, content=workbook(*rows, head=LEVELS))
    assert "没有名为" in page.main
    assert "统筹人员账号由系统管理员开通" in page.main
    head = load_workbook(io.BytesIO(clerk.client.get(f"{LIST}list.xlsx").content)).active[3]
    assert [cell.value for cell in head] == HEAD
    assert "所属机构" not in clerk.get(LIST).main


def test_where_there_is_one_office_nothing_speaks_of_offices(visitor, administrator):
    head = load_workbook(io.BytesIO(visitor(administrator).client.get(f"{LIST}list.xlsx").content)).active[3]
    assert [cell.value for cell in head] == HEAD
    assert "所属机构" not in visitor(administrator).get(LIST).main
