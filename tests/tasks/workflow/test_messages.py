"""站内消息: who is told of which deed, once, in the deed's own transaction."""

import pytest

from agencies.models import GroupMembership, Role, User
from tasks.models import Assignment, Message
from tasks.workflow import WorkflowError, assign, follow_group, review_report, withdraw_assignment
from tasks.workflow.importing import import_notice
from tasks.workflow.messages import tell
from tests.support.factories import (
    ACCEPTED,
    ASSIST,
    LEAD,
    SENT_BACK,
    file_report,
    make_agency,
    make_group,
    make_item,
    make_user,
    moment,
)
from tests.support.small_notices import RULE, make_notice, make_task

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW = moment("2016-10-12 18:00")


def inbox(person):
    return list(Message.objects.filter(recipient=person).order_by("pk"))


@pytest.fixture
def waiting(lead, period):
    return file_report(lead, 70, at=moment("2016-10-10"))


def test_the_agency_s_people_are_those_who_sign_in_for_it(lead_agency, lead_liaison, approver, other_liaison):
    make_user(role=Role.LIAISON, agency=lead_agency, is_active=False)
    assert set(User.objects.of_agency(lead_agency)) == {lead_liaison, approver}


def test_coordinators_are_those_in_office(coordinator, leader, administrator):
    make_user(is_active=False)
    assert set(User.objects.coordinators()) == {coordinator}


def test_each_active_recipient_is_told_once_and_not_of_what_he_did(coordinator, leader, lead_liaison):
    gone = make_user(is_active=False)
    people = [leader, coordinator, leader, gone, lead_liaison]
    tell(people, Message.Kind.OTHER, "通知", link="/my/", at=NOW, by=coordinator)
    rows = Message.objects.order_by("pk").values_list("recipient", "text", "link", "sent_at", "read_at")
    assert list(rows) == [(person.pk, "通知", "/my/", NOW, None) for person in (leader, lead_liaison)]


def test_a_long_text_is_cut_to_what_fits(leader):
    tell([leader], Message.Kind.OTHER, "长" * 900, link="", at=NOW)
    assert Message.objects.get().text == "长" * 499 + "…"


def test_what_was_sent_back_is_told_with_the_beginning_of_the_comment(waiting, coordinator, lead_liaison, approver):
    comment = "请补充培训名册和照片，并说明下一步打算。" * 9
    review_report(report=waiting, verdict=SENT_BACK, comment=comment, by=coordinator, at=NOW)
    [message] = inbox(lead_liaison)
    assert message.kind == Message.Kind.SENT_BACK
    assert "被退回：请补充培训名册和照片" in message.text
    assert message.text.endswith("…")
    assert message.link == f"/my/{waiting.assignment_id}/?period=2016Q3"
    assert (message.assignment, message.sent_at) == (waiting.assignment, NOW)
    assert len(inbox(approver)) == 1
    assert Message.objects.count() == 2


def test_what_was_accepted_is_told_and_leads_to_the_item(waiting, coordinator, lead_liaison):
    review_report(report=waiting, verdict=ACCEPTED, by=coordinator, at=NOW)
    [message] = inbox(lead_liaison)
    assert message.kind == Message.Kind.ACCEPTED
    assert message.text == f"{waiting.assignment.item} · {waiting.period}报告已通过审核"
    assert message.link == f"{waiting.assignment.item.get_absolute_url()}#a{waiting.assignment_id}"


def test_a_refused_deed_tells_nobody(waiting, coordinator, lead_liaison):
    with pytest.raises(WorkflowError):
        review_report(report=waiting, verdict=SENT_BACK, comment=" ", by=coordinator, at=NOW)
    assert inbox(lead_liaison) == []


def test_an_assigned_item_is_told_and_a_withdrawn_one_too(item, lead_agency, lead_liaison, coordinator):
    assignment = assign(item=item, agency=lead_agency, role=LEAD, by=coordinator, at=NOW)
    withdraw_assignment(assignment=assignment, reason="分工调整", by=coordinator, at=NOW)
    assigned, withdrawn = inbox(lead_liaison)
    assert (assigned.kind, assigned.text) == (Message.Kind.ASSIGNED, f"{item.plan.document_number}新交办任务：{item}")
    assert (withdrawn.kind, withdrawn.text) == (Message.Kind.WITHDRAWN, f"不再承担{item}：分工调整")
    assert {assigned.link, withdrawn.link} == {f"{item.get_absolute_url()}#a{assignment.pk}"}


def test_who_joins_or_leaves_a_group_is_told_once_for_all_its_items(plan, lead_agency, lead_liaison, coordinator):
    group = make_group(lead_agency)
    for _ in range(3):
        make_item(plan, assist_group=group)
    follow_group(group=group, by=coordinator, at=NOW)
    GroupMembership.objects.filter(group=group).delete()
    follow_group(group=group, by=coordinator, at=NOW)
    follow_group(group=group, by=coordinator, at=NOW)
    joined, left = inbox(lead_liaison)
    assert joined.text.endswith("号新交办3项任务，首项为（1）任务1")
    assert joined.link == "/my/"
    assert left.text == "不再承担（1）任务1等3项任务：不再是领导小组成员单位"


def test_importing_a_plan_tells_each_agency_once():
    people = [make_user(role=Role.LIAISON, agency=make_agency(name)) for name in ("省质监局", "省商务厅")]
    tasks = (make_task(1, ["省质监局"], rule=RULE), make_task(2, ["省商务厅"], rule=RULE), make_task(3, ["省质监局"]))
    import_notice(make_notice(*tasks), by=None, at=NOW)
    for person, count in zip(people, (3, 2), strict=True):
        [message] = inbox(person)
        assert Assignment.objects.filter(agency=person.agency).count() == count
        assert f"新交办{count}项任务" in message.text
    assert Message.objects.count() == 2
    assert Assignment.objects.filter(role=ASSIST).exists()
