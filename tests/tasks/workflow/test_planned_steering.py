"""待生效: who answers is changed on a later day, by nobody's deed; until then all is as before (docs/rules.md 4)."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from agencies.changes import verify
from agencies.models import Change, Succession
from qa_plan.clock import end_of
from tasks.models import Assignment, Message, PlannedSteering, PlannedSteeringEnd
from tasks.models.obligation import Obligation
from tasks.standing.planned_steering import waiting_notes
from tasks.standing.steering import Kind, Step, basis_of, parts_of_items
from tasks.workflow import (
    WorkflowError,
    carry_out_planned,
    plan_steering,
    split_item,
    steer,
    succeed,
    take_back_steering,
)
from tasks.workflow.daily import daily_round
from tests.support.at_once import AtOnce
from tests.support.factories import (
    ASSIST,
    LEAD,
    accepted_report,
    close,
    file_report,
    make_agency,
    make_assignment,
    make_item,
    make_period,
    make_user,
    moment,
)
from tests.support.refusals import NOW

pytestmark = pytest.mark.django_db

DAY, DAY_BEFORE = date(2016, 12, 1), date(2016, 11, 30)
REASON = "会议纪要〔2016〕5号"


def shown(*steps):
    return basis_of(parts_of_items({step.item for step in steps}, NOW))


def plan(*steps, by, day=DAY, at=NOW, reason=REASON, basis=None):
    what = {"steps": steps, "effective_on": day, "reason": reason, "basis": basis or shown(*steps)}
    return plan_steering(**what, by=by, at=at)


def withdrawn(part):
    return Step(Kind.WITHDRAW, part.item_id, part.pk)


def replaced(part, agency, *, keeps=False):
    return Step(Kind.REPLACE, part.item_id, part.pk, agency.pk, part.role, keeps)


def turned(part, role):
    return Step(Kind.ROLE, part.item_id, part.pk, part.agency_id, role)


def added(item, agency, role=LEAD):
    return Step(Kind.ADD, item.pk, None, agency.pk, role)


def refused(deed, *args, **what):
    """What a deed that isn't allowed says."""
    with pytest.raises(WorkflowError) as caught:
        deed(*args, **what)
    return caught.value


def parts(item, on=None):
    """Who answers, on that day or now."""
    rows = item.assignments.filter(ended_at__isnull=True) if on is None else item.assignments.in_force(end_of(on))
    return {part.agency.name: part.role for part in rows}


# ── until the day, and on it ─────────────────────────────────────────────────────────────────────────────────────


def test_until_its_day_everything_is_as_before_and_on_it_nobody_has_to_do_anything(
    item, lead, other_agency, coordinator
):
    planned = plan(replaced(lead, other_agency), by=coordinator)
    for _ in daily_round(DAY_BEFORE):
        pass
    assert parts(item) == {"省商务厅": LEAD}
    for _ in range(2):  # run twice, changed once
        for _ in daily_round(DAY):
            pass
    assert parts(item) == {"省水利厅": LEAD}
    assert parts(item, DAY_BEFORE) == {"省商务厅": LEAD}
    assert parts(item, DAY) == {"省水利厅": LEAD}
    made = Assignment.objects.get(agency=other_agency)
    assert (made.recorded_by, made.answers_from) == (coordinator, DAY)
    assert planned.end.kind == PlannedSteeringEnd.Kind.DONE
    assert verify().problem == ""


def test_a_round_that_was_missed_is_made_good(item, lead, other_agency, coordinator):
    plan(replaced(lead, other_agency), by=coordinator)
    carry_out_planned(date(2016, 12, 3))
    assert parts(item, date(2016, 12, 2)) == {"省商务厅": LEAD}
    assert parts(item, date(2016, 12, 3)) == {"省水利厅": LEAD}


def test_all_four_changes_come_at_once_with_what_goes_on(item, lead, assist, other_agency, coordinator):
    accepted_report(lead, 40, at=moment("2016-10-01"))
    second, new = make_assignment(item, make_agency("省林业厅")), make_agency("省农委")
    steps = [replaced(lead, other_agency, keeps=True), withdrawn(second), turned(assist, LEAD)]
    plan(*steps, added(item, new, ASSIST), by=coordinator)
    carry_out_planned(DAY)
    assert parts(item) == {"省水利厅": LEAD, "合肥海关": LEAD, "省农委": ASSIST}
    percents = {part.agency.name: part.percent for part in Assignment.objects.as_of(end_of(DAY))}
    assert percents == {"省水利厅": 40, "合肥海关": 0, "省农委": 0}


def test_a_period_that_closes_after_the_day_is_owed_by_the_new_agency(item, lead, other_agency, coordinator):
    third, fourth = (make_period(item.plan, code) for code in ("2016Q3", "2016Q4"))
    plan(replaced(lead, other_agency), by=coordinator)
    carry_out_planned(DAY)
    owed = {
        period.code: [
            part.agency.name
            for part in Assignment.objects.as_of(end_of(period.due_on), period)
            if part.obligation == Obligation.OWED
        ]
        for period in (third, fourth)
    }
    assert owed == {"2016Q3": ["省商务厅"], "2016Q4": ["省水利厅"]}


def test_what_was_filed_until_the_day_stays_and_what_waits_ends(item, lead, other_agency, coordinator):
    plan(replaced(lead, other_agency), by=coordinator)
    report = file_report(lead, 60, at=moment("2016-11-20"))
    carry_out_planned(DAY)
    assert lead.reports.get() == report
    assert not type(report).objects.waiting(end_of(DAY)).exists()
    assert type(report).objects.waiting(end_of(DAY_BEFORE)).get() == report


# ── told, shown, taken back ──────────────────────────────────────────────────────────────────────────────────────


def test_those_concerned_are_told_at_once_and_again_when_it_takes_effect(
    item, lead, lead_liaison, other_agency, other_liaison, coordinator
):
    plan(replaced(lead, other_agency), by=coordinator)
    assert {each.recipient: each.text for each in Message.objects.all()} == {
        lead_liaison: f"自2016-12-01起不再承担（1）：{REASON}",
        other_liaison: f"自2016-12-01起新交办（1）负责：{REASON}",
    }
    Message.objects.all().delete()
    carry_out_planned(DAY)
    assert {each.recipient for each in Message.objects.all()} == {lead_liaison, other_liaison}


def test_it_is_on_the_record_in_words(item, lead, other_agency, coordinator):
    plan(replaced(lead, other_agency), by=coordinator)
    row = Change.objects.get()
    assert (row.action, row.reason) == ("登记责任调整", REASON)
    assert row.new == {"effective_on": "2016-12-01", "steps": ["（1）省商务厅（负责）更换为省水利厅"]}


def test_it_waits_from_when_it_was_recorded_until_it_takes_effect(item, lead, coordinator):
    plan(withdrawn(lead), by=coordinator)
    assert waiting_notes(item, moment("2016-10-12 09:59")) == []
    [note] = waiting_notes(item, NOW)
    assert (note.words, note.effective_on) == ("省商务厅（负责）退出", DAY)
    carry_out_planned(DAY)
    assert len(waiting_notes(item, end_of(DAY_BEFORE))) == 1
    assert waiting_notes(item, end_of(DAY)) == []


def test_taken_back_it_never_takes_effect_and_those_concerned_are_told(item, lead, lead_liaison, coordinator):
    planned = plan(withdrawn(lead), by=coordinator)
    for _ in range(2):  # sent twice is one deed
        take_back_steering(planned=planned, reason="缓办", by=coordinator, at=moment("2016-11-01 09:00"))
    carry_out_planned(DAY)
    assert parts(item) == {"省商务厅": LEAD}
    told = Message.objects.filter(recipient=lead_liaison).order_by("pk")
    assert [each.text for each in told][1:] == ["原定2016-12-01的责任调整已撤回，维持现状。原定不再承担（1）：缓办"]
    assert PlannedSteeringEnd.objects.count() == 1


def test_what_has_taken_effect_is_not_taken_back_and_a_reason_is_asked_for(item, lead, coordinator):
    planned = plan(withdrawn(lead), by=coordinator)
    assert refused(take_back_steering, planned=planned, reason=" ", by=coordinator, at=NOW).field == "reason"
    carry_out_planned(DAY)
    error = refused(take_back_steering, planned=planned, reason="缓办", by=coordinator, at=moment("2016-12-02"))
    assert error.message == "该调整已生效，未作改动。"


# ── what is refused ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_day_that_has_come_and_a_stale_page_are_refused(item, lead, other_agency, coordinator):
    error = refused(plan, withdrawn(lead), by=coordinator, day=NOW.date())
    assert (error.field, PlannedSteering.objects.count()) == ("effective_on", 0)
    basis = shown(withdrawn(lead))
    accepted_report(lead, 40, at=moment("2016-10-01"))
    assert "重新核对" in refused(plan, withdrawn(lead), by=coordinator, basis=basis).message


def test_the_same_form_twice_is_one_and_another_for_the_same_agency_waits_for_the_first(
    item, lead, other_agency, coordinator
):
    first = plan(replaced(lead, other_agency), by=coordinator)
    assert plan(replaced(lead, other_agency), by=coordinator) == first
    error = refused(plan, withdrawn(lead), by=coordinator, day=date(2016, 12, 20))
    assert error.message == "省商务厅在（1）已有2016-12-01生效的调整，请先撤回。"
    assert "省水利厅在（1）已有" in refused(plan, added(item, other_agency, ASSIST), by=coordinator).message


def test_an_agency_that_is_done_is_not_replaced_later(item, lead, other_agency, coordinator):
    close(lead, at=moment("2016-10-01"))
    assert "已经办结或中止" in refused(plan, replaced(lead, other_agency), by=coordinator).message


def test_an_item_whose_agencies_are_to_change_is_not_split(item, lead, coordinator):
    plan(withdrawn(lead), by=coordinator)
    what = {"item": item, "pieces": [], "by_measures": True, "reason": "纪要", "basis": "", "by": coordinator}
    assert "请先在任务页撤回" in refused(split_item, **what, at=NOW).message


# ── what has changed by then ─────────────────────────────────────────────────────────────────────────────────────


def test_what_is_no_more_falls_away_and_coordinators_are_told(item, lead, assist, other_agency, coordinator):
    colleague = make_user()
    planned = plan(replaced(lead, other_agency), turned(assist, LEAD), by=coordinator)
    steer(steps=[withdrawn(lead)], reason="另有安排", basis=shown(withdrawn(lead)), by=colleague, at=NOW)
    Message.objects.all().delete()
    carry_out_planned(DAY)
    assert parts(item) == {"合肥海关": LEAD}
    assert planned.end.kind == PlannedSteeringEnd.Kind.DONE
    assert planned.end.reason == "情况已有变化，未办理：（1）省商务厅（负责）更换为省水利厅"
    assert {each.recipient for each in Message.objects.filter(text__contains="未办理")} == {coordinator, colleague}


def test_the_agencies_that_were_told_of_it_are_told_that_it_is_off(item, lead, other_agency, coordinator):
    """Whoever follows one of them by then is told in its place."""
    going, coming = (make_user(role="liaison", agency=agency) for agency in (lead.agency, other_agency))
    plan(replaced(lead, other_agency), by=coordinator)
    close(lead, at=moment("2016-10-20"), kind="suspended")
    what = {"predecessors": [other_agency], "successor": make_agency("省水务厅"), "kind": "renamed"}
    succeed(**what, effective_on=date(2016, 11, 1), document="文件", by=coordinator, at=moment("2016-11-01 09:00"))
    Message.objects.all().delete()
    carry_out_planned(DAY)
    assert {each.recipient: each.text for each in Message.objects.filter(recipient__in=[going, coming])} == {
        going: "原定2016-12-01的责任调整未能生效，维持现状。原定不再承担（1）：情况已有变化",
        coming: "原定2016-12-01的责任调整未能生效，维持现状。原定新交办（1）负责：情况已有变化",
    }


def test_what_was_closed_meanwhile_is_not_begun_anew(item, lead, other_agency, coordinator):
    planned = plan(replaced(lead, other_agency), by=coordinator)
    close(lead, at=moment("2016-11-01"))
    carry_out_planned(DAY)
    assert parts(item) == {"省商务厅": LEAD}
    assert planned.end.kind == PlannedSteeringEnd.Kind.VOID


def test_what_somebody_has_done_by_hand_already_needs_nothing(item, lead, other_agency, coordinator):
    planned = plan(added(item, other_agency), by=coordinator)
    step = added(item, other_agency)
    steer(steps=[step], reason="提前", basis=shown(step), by=coordinator, at=NOW)
    carry_out_planned(DAY)
    assert (planned.end.kind, planned.end.reason) == ("void", "责任单位已是如此，无须调整。")
    assert item.assignments.count() == 2


def test_whoever_follows_an_agency_stands_in_its_place(item, lead, other_agency, coordinator):
    """Renamed by then: the one that is to go, and the one that is to come."""
    plan(replaced(lead, other_agency), by=coordinator)
    new = {agency: make_agency(f"{agency}（新）") for agency in (lead.agency, other_agency)}
    for agency, successor in new.items():
        what = {"predecessors": [agency], "successor": successor, "kind": Succession.Kind.RENAMED}
        succeed(**what, effective_on=date(2016, 11, 1), document="文件", by=coordinator, at=moment("2016-11-01 09:00"))
    carry_out_planned(DAY)
    assert parts(item) == {"省水利厅（新）": LEAD}


def test_the_part_that_a_successor_had_of_its_own_is_left_alone(item, lead, other_agency, coordinator):
    make_assignment(item, other_agency, LEAD)
    plan(withdrawn(lead), by=coordinator)
    succeed(
        predecessors=[lead.agency],
        successor=other_agency,
        kind="merged",
        effective_on=NOW.date(),
        document="皖编〔2016〕30号",
        by=coordinator,
        at=NOW + timedelta(hours=1),
    )
    [planned] = carry_out_planned(DAY)
    assert parts(item) == {"省水利厅": LEAD}
    assert planned.end.kind == PlannedSteeringEnd.Kind.VOID


def test_a_role_that_was_given_since_is_not_changed_by_the_older_decision(item, lead, other_agency, coordinator):
    planned = plan(added(item, other_agency, ASSIST), by=coordinator)
    make_assignment(item, other_agency, LEAD, at=NOW + timedelta(hours=1))
    carry_out_planned(DAY)
    assert parts(item) == {"省商务厅": LEAD, "省水利厅": LEAD}
    assert planned.end.kind == PlannedSteeringEnd.Kind.VOID


def test_of_many_items_each_is_done_that_still_can_be(item, lead, other_agency, coordinator):
    second = make_assignment(make_item(item.plan), lead.agency)
    plan(replaced(lead, other_agency), replaced(second, other_agency), by=coordinator)
    type(item).objects.filter(pk=item.pk).update(ended_at=moment("2016-11-01"))
    carry_out_planned(DAY)
    assert parts(second.item) == {"省水利厅": LEAD}
    assert parts(item) == {"省商务厅": LEAD}


# ── at once ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_of_the_round_and_a_coordinator_who_takes_it_back_at_once_one_counts(item, lead, coordinator):
    planned = plan(withdrawn(lead), by=coordinator)
    at = moment("2016-12-01 00:10")
    at_once = AtOnce(
        lambda: carry_out_planned(DAY),
        lambda: take_back_steering(planned=planned, reason="缓办", by=coordinator, at=at),
        lambda: carry_out_planned(DAY),
    )
    with transaction.atomic():
        PlannedSteering.objects.select_for_update().get()
        at_once.begin()
    done, refusals = at_once.finish()
    assert len(done) + len(refusals) == 3
    is_taken_back = planned.end.kind == PlannedSteeringEnd.Kind.TAKEN_BACK
    assert parts(item) == ({"省商务厅": LEAD} if is_taken_back else {})
    assert len(refusals) == (0 if is_taken_back else 1)
