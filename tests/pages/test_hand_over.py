"""账号移交: the new person goes on where the old one stopped, and the history keeps the old name."""

from datetime import date

import pytest
from django.contrib.auth.password_validation import validate_password
from django.test import Client

from agencies.models import Change, User
from tasks.models import Message, ProgressReport
from tasks.workflow import WorkflowError, hand_over, initial_password
from tests.support.factories import accepted_report, make_draft, make_user, moment

PASSWORD = "zhi-liang-2016"
NOW = moment("2016-10-12 10:00")
WHOLE = {"name": "李四", "username": "lisi", "reason": "岗位调整"}


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def old(lead_agency):
    return make_user("zhangsan", role="liaison", agency=lead_agency, display_name="张三", password=PASSWORD)


def url_of(person):
    return f"/accounts/hand-over/{person.pk}/"


def sign_in(username, password):
    client = Client()
    answer = client.post("/accounts/login/", {"username": username, "password": password})
    return client if answer.status_code == 302 else None


def handed_over(visitor, old, **changes):
    sent = {**WHOLE, **changes}
    looked = visitor.post(url_of(old), 200, **sent)
    page = visitor.post(url_of(old), 200, **{**looked.values(), **sent, "action": "confirm"})
    username, password = page.texts("//section[@role='status']//code")
    return username, password


# ── what it does ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_new_person_signs_in_with_the_password_shown_once_and_the_old_one_no_more(as_coordinator, old):
    assert sign_in("zhangsan", PASSWORD)
    username, password = handed_over(as_coordinator, old)
    assert sign_in(username, password)
    assert sign_in("zhangsan", PASSWORD) is None
    new = User.objects.get(username="lisi")
    assert (new.display_name, new.role, new.agency) == ("李四", "liaison", old.agency)
    as_coordinator.get(url_of(old), 404)  # nobody can be replaced twice, and no page shows the password again


def test_the_old_one_s_session_ends_at_once(as_coordinator, old):
    there = Client()
    there.force_login(old)
    assert there.get("/my/").status_code == 200
    handed_over(as_coordinator, old)
    assert there.get("/my/").status_code == 302


def test_the_new_person_finds_the_drafts(as_coordinator, visitor, old, lead, period):
    draft = make_draft(lead, by=old, at=moment("2016-10-10"), percent=55, progress="写了一半的进展")
    handed_over(as_coordinator, old)
    User.objects.filter(username="lisi").update(must_change_password=False)
    assert "写了一半的进展" in visitor(User.objects.get(username="lisi")).get(f"/my/{lead.pk}/").source
    draft.refresh_from_db()
    assert draft.saved_by == old


def test_what_the_old_one_filed_keeps_the_old_name(as_coordinator, old, lead):
    accepted_report(lead, 40, at=moment("2016-07-10"), period="2016Q2", recorded_by=old)
    handed_over(as_coordinator, old)
    assert ProgressReport.objects.get().recorded_by.display_name == "张三"


def test_unread_messages_go_along_and_read_ones_stay(as_coordinator, old):
    for text, read_at in (("未读", None), ("已读", NOW)):
        Message.objects.create(recipient=old, kind="other", text=text, sent_at=NOW, read_at=read_at)
    handed_over(as_coordinator, old)
    told = {message.text: message.recipient.username for message in Message.objects.filter(kind="other")}
    assert told == {"未读": "lisi", "已读": "zhangsan"}


def test_it_is_on_the_record_without_the_password(as_coordinator, old, lead, period):
    make_draft(lead, by=old, at=moment("2016-10-10"))
    _, password = handed_over(as_coordinator, old)
    [row] = Change.objects.filter(action="移交账号")
    assert (row.agency, row.reason, row.by.username) == (old.agency, "岗位调整", "coordinator")
    assert row.old == {"person": "张三", "username": "zhangsan"}
    assert row.new == {"person": "李四", "username": "lisi", "drafts": 1, "messages": 0}
    assert password not in "".join(f"{change.old}{change.new}" for change in Change.objects.all())


def test_the_page_with_the_password_is_kept_by_no_browser(as_coordinator, old):
    page = as_coordinator.post(url_of(old), 200, **WHOLE)
    assert "no-store" in page.response["Cache-Control"]


def test_administrators_may_and_heads_of_agencies_are_replaced_the_same_way(visitor, administrator, approver):
    handed_over(visitor(administrator), approver)
    assert User.objects.get(username="lisi").role == "approver"


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"name": ""}, "name", "请填写接任人姓名。"),
        ({"username": ""}, "username", "请填写新用户名。"),
        ({"username": "zhangsan"}, "username", "该用户名已被使用。"),
        ({"username": "李 四"}, "username", "用户名"),
        ({"reason": " "}, "reason", "请写明移交原因。"),
        ({"name": "长" * 51}, "name", "50"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_changes(as_coordinator, old, changes, field, message):
    page = as_coordinator.post(url_of(old), 422, **{**WHOLE, **changes})
    assert list(page.errors) == [field]
    assert message in page.errors[field]
    assert User.objects.get(pk=old.pk).is_active
    assert not Change.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_agencies_and_leaders_may_not(as_lead, as_leader, old, method):
    for visitor in (as_lead, as_leader):
        getattr(visitor, method)(url_of(old), 403)


def test_people_of_the_office_are_not_replaced_here(as_coordinator, leader):
    as_coordinator.get(url_of(leader), 404)


def test_of_two_at_once_the_second_is_refused(old, coordinator):
    again = User.objects.get(pk=old.pk)
    whole = {"new_name": "李四", "password": initial_password(), "reason": "岗位调整", "by": coordinator, "at": NOW}
    hand_over(old=old, new_username="lisi", **whole)
    with pytest.raises(WorkflowError, match="已停用"):
        hand_over(old=again, new_username="wangwu", **whole)


def test_a_name_taken_meanwhile_is_refused_at_its_field(old, coordinator):
    make_user("lisi")
    whole = {"new_name": "李四", "password": initial_password(), "reason": "岗位调整", "by": coordinator, "at": NOW}
    with pytest.raises(WorkflowError) as refused:
        hand_over(old=old, new_username="lisi", **whole)
    assert refused.value.field == "username"
    assert User.objects.get(pk=old.pk).is_active


# ── the way there ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_agency_s_page_leads_coordinators_to_its_people_and_nobody_else(as_coordinator, as_lead, lead, old):
    url = f"/plans/{lead.item.plan.slug}/agencies/{lead.agency_id}/"
    page = as_coordinator.get(as_coordinator.get(url).link("省商务厅的账号").url)
    assert "张三 · 联络员 用户名 zhangsan" in page.main
    assert url_of(old) in {link.url for link in page.links() if link.text == "移交账号"}
    assert "账号" not in as_lead.get(url).main
    as_lead.get(f"/agencies/{lead.agency_id}/people/", 403)


def test_initial_passwords_differ_and_pass_the_rules_for_passwords(old):
    words = {initial_password() for _ in range(50)}
    assert len(words) == 50
    for word in words:
        validate_password(word, old)


def test_a_page_says_in_numbers_what_goes_along_before_it_does(as_coordinator, old, lead, period):
    make_draft(lead, by=old, at=moment("2016-10-10"))
    page = as_coordinator.post(url_of(old), 200, **WHOLE)
    assert "接任人接手省商务厅的1项责任分工、1份草稿，和张三未读的0条消息。" in page.text("//section[@id='preview']")
    assert not User.objects.filter(username="lisi").exists()
    sent = {**page.values(), **WHOLE, "name": "王五", "action": "confirm"}
    assert as_coordinator.post(url_of(old), 422, **sent).errors == {"": "内容与核对时不同，请重新核对后确认。"}


def test_a_confirmation_sent_twice_is_one_hand_over_and_says_what_became_of_the_password(as_coordinator, old):
    page = as_coordinator.post(url_of(old), 200, **WHOLE)
    sent = {**page.values(), **WHOLE, "action": "confirm"}
    as_coordinator.post(url_of(old), 200, **sent)
    [message] = as_coordinator.post_and_follow(url_of(old), **sent).messages
    assert message.startswith("张三的账号已经移交或停用。")
    assert User.objects.filter(agency=old.agency).count() == 2
