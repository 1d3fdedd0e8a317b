"""Who answers for an item and by when; beside each deed each reason for which it is refused."""

from datetime import date

import pytest

from tasks.models import (
    ActionItem,
    Assignment,
)
from tasks.standing.steering import Kind, Step, basis_of, parts_of_items
from tasks.workflow import (
    amend_item,
    assign,
    follow_group,
    steer,
    withdraw_assignment,
)
from tests.support.factories import (
    ASSIST,
    LEAD,
    make_agency,
    make_assignment,
    make_group,
    make_item,
    withdraw,
)
from tests.support.refusals import LATER, NOW, refused, rows

pytestmark = pytest.mark.django_db


# ── responsibility ───────────────────────────────────────────────────────────────────────────────────────────────


def test_assigning_makes_an_agency_answer_for_an_item(item, lead_agency, coordinator):
    assignment = assign(item=item, agency=lead_agency, role=LEAD, by=coordinator, at=NOW, weight=2)
    assert (assignment.item, assignment.agency, assignment.role) == (item, lead_agency, "lead")
    assert (assignment.weight, assignment.is_inferred, assignment.ended_at) == (2, False, None)
    assert (assignment.recorded_at, assignment.recorded_by) == (NOW, coordinator)


@pytest.mark.parametrize("role", [LEAD, ASSIST])
def test_an_agency_is_not_assigned_twice_in_whatever_role(item, lead, coordinator, role):
    with refused("省商务厅已承担（1）任务1，不能重复交办。"):
        assign(item=item, agency=lead.agency, role=role, by=coordinator, at=NOW)


def test_an_agency_that_has_ended_is_assigned_nothing(item, coordinator):
    gone = make_agency("省粮食局", ended_on=date(2016, 9, 1))
    with refused("省粮食局已撤并，不能再交办。"):
        assign(item=item, agency=gone, role=LEAD, by=coordinator, at=NOW)


def test_an_agency_whose_assignment_was_withdrawn_can_be_assigned_anew(item, lead, coordinator):
    withdraw(lead, at=NOW)
    assert assign(item=item, agency=lead.agency, role=LEAD, by=coordinator, at=LATER) != lead


def test_a_withdrawn_assignment_ends_with_its_reason(lead):
    withdraw_assignment(assignment=lead, reason="职责划转", by=None, at=NOW)
    lead.refresh_from_db()
    assert (lead.ended_at, lead.end_reason) == (NOW, "职责划转")


def test_an_assignment_is_not_withdrawn_twice(lead):
    withdraw_assignment(assignment=lead, reason="职责划转", by=None, at=NOW)
    with refused("该责任分工已经撤回。"):
        withdraw_assignment(assignment=lead, reason="又一次", by=None, at=LATER)


# ── members of a group ───────────────────────────────────────────────────────────────────────────────────────────


def open_roles(item):
    return {a.agency.name: (a.role, a.is_inferred) for a in item.assignments.filter(ended_at__isnull=True)}


def test_members_who_do_not_lead_the_item_assist_it(lead_agency, other_agency, coordinator):
    group = make_group(lead_agency, other_agency)
    item, elsewhere = make_item(assist_group=group), make_item()
    make_assignment(item, lead_agency)
    follow_group(group=group, by=coordinator, at=NOW)
    assert open_roles(item) == {"省商务厅": ("lead", False), "省水利厅": ("assist", True)}
    assert open_roles(elsewhere) == {}


def test_a_member_that_has_ended_gets_nothing_more(other_agency, coordinator):
    gone = make_agency("省粮食局", ended_on=date(2016, 9, 1))
    item = make_item(assist_group=make_group(gone, other_agency))
    follow_group(group=item.assist_group, by=coordinator, at=NOW)
    assert open_roles(item) == {"省水利厅": ("assist", True)}


def test_who_joins_the_group_assists_and_who_leaves_it_is_withdrawn(assisting_agency, other_agency, coordinator):
    group = make_group(assisting_agency)
    item = make_item(assist_group=group)
    follow_group(group=group, by=coordinator, at=NOW)
    group.memberships.all().delete()
    group.memberships.create(agency=other_agency)
    follow_group(group=group, by=coordinator, at=LATER)
    assert open_roles(item) == {"省水利厅": ("assist", True)}
    ended = item.assignments.get(agency=assisting_agency)
    assert (ended.ended_at, ended.end_reason) == (LATER, "不再是领导小组成员单位")


def test_who_was_named_by_the_notice_stays_whoever_leaves_the_group(lead_agency, assisting_agency, coordinator):
    group = make_group()
    item = make_item(assist_group=group)
    make_assignment(item, lead_agency)
    make_assignment(item, assisting_agency, ASSIST)
    follow_group(group=group, by=coordinator, at=NOW)
    assert open_roles(item) == {"省商务厅": ("lead", False), "合肥海关": ("assist", False)}


def test_whom_a_coordinator_made_the_lead_stays_whoever_leaves_the_group(lead_agency, other_agency, coordinator):
    group = make_group(other_agency)
    item = make_item(assist_group=group)
    make_assignment(item, lead_agency)
    follow_group(group=group, by=coordinator, at=NOW)
    part = item.assignments.get(agency=other_agency)
    shown = basis_of(parts_of_items([item.pk], NOW))
    step = Step(Kind.ROLE, item.pk, part.pk, other_agency.pk, LEAD)
    steer(steps=[step], reason="会议纪要", basis=shown, by=coordinator, at=NOW)
    assert open_roles(item)["省水利厅"] == ("lead", False)
    group.memberships.all().delete()
    follow_group(group=group, by=coordinator, at=LATER)
    assert open_roles(item)["省水利厅"] == ("lead", False)


def test_who_comes_back_to_the_group_assists_anew(other_agency, coordinator):
    group = make_group(other_agency)
    item = make_item(assist_group=group)
    withdraw(make_assignment(item, other_agency, ASSIST, is_inferred=True), at=NOW)
    follow_group(group=group, by=coordinator, at=LATER)
    assert [a.recorded_at for a in item.assignments.filter(ended_at__isnull=True)] == [LATER]


def test_following_a_group_twice_changes_nothing(assisting_agency, other_agency, coordinator):
    group = make_group(assisting_agency, other_agency)
    for _ in range(2):
        make_item(assist_group=group)
    follow_group(group=group, by=coordinator, at=NOW)
    before = rows()
    follow_group(group=group, by=coordinator, at=LATER)
    assert rows() == before
    assert Assignment.objects.count() == 4


# ── amending an item ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_new_due_date_is_a_new_row_and_the_former_stays(item, coordinator):
    revision = amend_item(item=item, due_on=date(2016, 9, 30), reason="提前", by=coordinator, at=NOW)
    assert (revision.due_on, revision.is_inferred, revision.reason) == (date(2016, 9, 30), False, "提前")
    assert (revision.recorded_at, revision.recorded_by) == (NOW, coordinator)
    assert [r.due_on for r in item.revisions.order_by("pk")] == [date(2016, 12, 31), date(2016, 9, 30)]


def test_an_item_can_be_made_never_due(item, coordinator):
    assert amend_item(item=item, due_on=None, reason="长期任务", by=coordinator, at=NOW).due_on is None


@pytest.mark.parametrize("reason", ["", " \n"])
def test_an_amendment_says_why(item, coordinator, reason):
    with refused("请写明调整原因。", "reason"):
        amend_item(item=item, due_on=date(2016, 9, 30), reason=reason, by=coordinator, at=NOW)


def test_nothing_is_due_before_the_notice_was_issued(item, coordinator):
    amend_item(item=item, due_on=date(2016, 5, 24), reason="当日", by=coordinator, at=NOW)
    with refused("完成时限不能早于公文印发日期。", "due_on"):
        amend_item(item=item, due_on=date(2016, 5, 23), reason="前一日", by=coordinator, at=NOW)


def test_a_new_due_date_keeps_the_wording_in_force(item, coordinator):
    amend_item(
        item=item, due_on=date(2016, 12, 31), wording="举办两期研讨班。", reason="后续文件", by=coordinator, at=NOW
    )
    amend_item(item=item, due_on=date(2016, 11, 30), reason="提前", by=coordinator, at=LATER)
    now = ActionItem.objects.as_of(LATER).get(pk=item.pk)
    assert (now.due_on, now.wording) == (date(2016, 11, 30), "举办两期研讨班。")
