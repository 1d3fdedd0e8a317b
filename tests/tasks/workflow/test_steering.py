"""调整责任单位: one deed changes who answers for one item or many; past days and counts stay (docs/rules.md 1, 4)."""

from datetime import date

import pytest
from django.db import transaction

from agencies.changes import verify
from agencies.models import Change
from qa_plan.clock import end_of
from tasks.models import AcceptedProgress, ActionItem, Assignment, Message, ProgressReport, Receipt
from tasks.models.obligation import Obligation
from tasks.standing.rollup import item_standings, standings_from_queryset
from tasks.standing.steering import Kind, Step, basis_of, parts_of_items
from tasks.standing.steering_outcome import Outcome
from tasks.workflow import follow_group, steer
from tests.support.at_once import AtOnce
from tests.support.factories import (
    ASSIST,
    LEAD,
    accepted_report,
    file_report,
    make_agency,
    make_assignment,
    make_group,
    make_item,
    make_period,
    make_request,
    make_user,
    moment,
    sign_receipt,
)
from tests.support.refusals import LATER, NOW, refused

pytestmark = pytest.mark.django_db

TODAY = date(2016, 10, 12)


def basis(*items, at=NOW):
    return basis_of(parts_of_items([item.pk for item in items], at))


def do(*steps, by, at=NOW, reason="会议纪要〔2016〕5号", shown=None):
    items = ActionItem.objects.filter(pk__in=[step.item for step in steps])
    return steer(steps=steps, reason=reason, basis=shown or basis(*items, at=at), by=by, at=at)


def parts(item):
    return {part.agency.name: part.role for part in item.assignments.filter(ended_at__isnull=True)}


def withdrawn(part):
    return Step(Kind.WITHDRAW, part.item_id, part.pk)


def replaced(part, agency, *, keeps=False):
    return Step(Kind.REPLACE, part.item_id, part.pk, agency.pk, part.role, keeps)


def turned(part, role):
    return Step(Kind.ROLE, part.item_id, part.pk, part.agency_id, role)


def added(item, agency, role=LEAD):
    return Step(Kind.ADD, item.pk, None, agency.pk, role)


def standing(plan, on):
    rows = standings_from_queryset(Assignment.objects.as_of(end_of(on)).filter(item__plan=plan), plan, on)
    return item_standings(list(plan.items.all()), rows, plan, on)


# ── the four changes ─────────────────────────────────────────────────────────────────────────────────────────────


def test_an_agency_is_added_and_told(item, lead, other_agency, other_liaison, coordinator):
    [made] = do(added(item, other_agency), by=coordinator)
    assert parts(item) == {"省商务厅": LEAD, "省水利厅": LEAD}
    assert (made.recorded_at, made.recorded_by, made.answers_from) == (NOW, coordinator, TODAY)
    assert [m.text for m in Message.objects.filter(recipient=other_liaison)] == [
        f"{item.plan.document_number}新交办任务：{item}"
    ]


def test_an_agency_is_withdrawn_with_the_reason_and_told(item, lead, lead_liaison, coordinator):
    assert do(withdrawn(lead), by=coordinator) == []
    lead.refresh_from_db()
    assert (lead.ended_at, lead.ended_by, lead.end_reason) == (NOW, coordinator, "会议纪要〔2016〕5号")
    assert [m.text for m in Message.objects.filter(recipient=lead_liaison)] == [f"不再承担{item}：会议纪要〔2016〕5号"]


def test_whoever_replaces_begins_anew_with_the_same_weight(item, lead, other_agency, coordinator):
    accepted_report(lead, 60, at=moment("2016-10-01"))
    [made] = do(replaced(lead, other_agency), by=coordinator)
    assert parts(item) == {"省水利厅": LEAD}
    assert (made.weight, made.role) == (lead.weight, LEAD)
    assert not AcceptedProgress.objects.filter(assignment=made).exists()


def test_whoever_replaces_may_go_on_from_the_percentage_but_never_has_the_others_words(
    item, lead, other_agency, coordinator
):
    accepted_report(lead, 60, at=moment("2016-10-01"))
    [made] = do(replaced(lead, other_agency, keeps=True), by=coordinator)
    kept = AcceptedProgress.objects.get(assignment=made)
    assert (kept.percent, kept.report) == (60, None)
    assert not ProgressReport.objects.filter(assignment=made).exists()


def test_whoever_changes_its_role_keeps_progress_receipt_and_what_waits(
    item, assist, assisting_liaison, period, coordinator
):
    sign_receipt(assist, at=moment("2016-06-01"))
    accepted_report(assist, 30, at=moment("2016-07-10"))
    file_report(assist, at=moment("2016-10-10"), period="2016Q3")
    make_request(assist, at=moment("2016-10-11"))
    [made] = do(turned(assist, LEAD), by=coordinator)
    assert parts(item) == {"合肥海关": LEAD}
    assert Assignment.objects.as_of(NOW).get(pk=made.pk).percent == 30
    assert Receipt.objects.filter(assignment=made).exists()
    assert ProgressReport.objects.waiting(NOW).get().assignment == made
    assert made.requests.get().kind == "completion"
    assert made.answers_from == TODAY
    assert [m.text for m in Message.objects.filter(recipient=assisting_liaison)] == [
        f"{item}改为由你单位负责：会议纪要〔2016〕5号"
    ]


def test_a_lead_that_becomes_assisting_counts_no_more_in_the_mean(item, lead, plan, coordinator):
    accepted_report(lead, 60, at=moment("2016-10-01"))
    do(turned(lead, ASSIST), by=coordinator)
    [now] = standing(plan, TODAY)
    assert (now.light_word, now.counts, [row.percent for row in now.assists]) == ("未明确单位", False, [60])


def test_replacing_by_one_that_assists_makes_it_the_lead(item, lead, assist, coordinator):
    do(replaced(lead, assist.agency), by=coordinator)
    assert parts(item) == {"合肥海关": LEAD}


def test_many_items_are_changed_in_one_deed_and_each_agency_is_told_once(
    item, lead, lead_liaison, other_agency, other_liaison, plan, coordinator
):
    second = make_assignment(make_item(plan), lead.agency)
    do(replaced(lead, other_agency), replaced(second, other_agency), by=coordinator)
    assert [parts(one) for one in plan.items.all()] == [{"省水利厅": LEAD}] * 2
    assert [m.text for m in Message.objects.filter(recipient=other_liaison)] == [
        f"{item.plan.document_number}新交办2项任务，首项为{item}"
    ]
    assert Message.objects.filter(recipient=lead_liaison).count() == 1


def test_every_change_is_on_record(item, lead, assist, other_agency, coordinator):
    do(withdrawn(lead), turned(assist, LEAD), added(item, other_agency, ASSIST), by=coordinator)
    words = list(Change.objects.filter(by=coordinator).order_by("pk").values_list("action", flat=True))
    assert words.count("撤回") == 2
    assert words.count("交办") == 2
    assert "改角色" in words
    assert verify().broken is None


# ── the past ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_past_days_and_what_was_owed_in_a_closed_period_stay(item, lead, other_agency, plan, coordinator):
    closed = make_period(plan, "2016Q2")
    accepted_report(lead, 40, at=moment("2016-07-10"), period="2016Q2")
    yesterday = date(2016, 10, 11)
    before = standing(plan, yesterday)

    def owing(day):
        owed = Assignment.objects.reporting(closed.terms_at(end_of(day)))
        return list(owed.values_list("pk", "obligation"))

    owed = owing(TODAY)
    assert owed == [(lead.pk, Obligation.OWED)]
    do(replaced(lead, other_agency), by=coordinator)
    assert standing(plan, yesterday) == before
    assert owing(TODAY) == owed


# ── refused ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_it_says_why(lead, coordinator):
    with refused("请写明依据文件或原因。", "reason"):
        do(withdrawn(lead), by=coordinator, reason=" ")


def test_nothing_chosen_is_refused(item, lead, coordinator):
    with refused("没有要调整的内容：请至少选择一项，所选单位须尚未承担。"):
        do(added(item, lead.agency), by=coordinator)


def test_an_agency_that_has_ended_gets_nothing(item, lead, coordinator):
    gone = make_agency("原省粮食局", ended_on=date(2016, 9, 1))
    with refused("原省粮食局已撤并，不能再交办。"):
        do(added(item, gone), by=coordinator)


def test_one_agency_gets_an_item_once(item, lead, assist, other_agency, coordinator):
    with refused("同一单位在同一任务中只能承担一次，请核对所选单位。"):
        do(replaced(lead, other_agency), replaced(assist, other_agency), by=coordinator)


def test_what_was_shown_before_something_changed_is_stale(item, lead, assist, other_agency, coordinator):
    shown = basis(item)
    accepted_report(assist, 20, at=moment("2016-10-12 09:00"))
    with refused("核对之后，责任分工、进度或申请又有变化。请重新核对后再确认。"):
        do(withdrawn(lead), by=coordinator, shown=shown)


def test_the_same_form_sent_twice_is_one_deed(item, lead, assist, other_agency, coordinator):
    shown = basis(item)
    steps = (replaced(lead, other_agency), turned(assist, LEAD))
    do(*steps, by=coordinator, shown=shown)
    assert do(*steps, by=coordinator, shown=shown, at=LATER) == []
    assert Assignment.objects.count() == 4
    with refused("核对之后，责任分工、进度或申请又有变化。请重新核对后再确认。"):
        do(*steps, by=make_user(), shown=shown, at=LATER)


def test_whom_a_coordinator_took_away_the_group_brings_back_no_more(item, other_agency, coordinator):
    group = make_group(other_agency)
    joined = make_item(item.plan, assist_group=group)
    follow_group(group=group, by=coordinator, at=NOW)
    do(withdrawn(joined.assignments.get()), by=coordinator, at=LATER)
    follow_group(group=group, by=coordinator, at=LATER)
    assert parts(joined) == {}


# ── before it is done ────────────────────────────────────────────────────────────────────────────────────────────


def outcome(plan, *steps):
    keys = {step.item for step in steps}
    items = list(plan.items.filter(pk__in=keys).as_of(NOW))
    return Outcome(plan, items, steps, TODAY, NOW)


def test_what_is_foretold_is_what_comes(item, lead, assist, other_agency, plan, period, coordinator):
    accepted_report(lead, 60, at=moment("2016-07-10"))
    steps = (replaced(lead, other_agency, keeps=True), turned(assist, LEAD))
    foretold = outcome(plan, *steps).after
    do(*steps, by=coordinator)
    items = list(plan.items.as_of(NOW))
    rows = standings_from_queryset(Assignment.objects.as_of(NOW).filter(item__plan=plan), plan, TODAY)
    came = item_standings(items, rows, plan, TODAY)

    def told(standings):
        return [
            (one.percent, one.light, one.pace, sorted((row.agency_id, row.light, row.percent) for row in one.leads))
            for one in standings
        ]

    assert told(foretold) == told(came)


def test_what_ends_and_what_goes_on_is_counted(item, lead, assist, plan, period, coordinator):
    file_report(lead, at=moment("2016-10-10"))
    make_request(lead, at=moment("2016-10-10"))
    file_report(assist, at=moment("2016-10-10"))
    shown = outcome(plan, withdrawn(lead), turned(assist, LEAD))
    assert shown.ends == {"drafts": 0, "waiting": 1, "requests": 1, "urges": 0}
    assert shown.goes_on == {"drafts": 0, "waiting": 1, "requests": 0, "urges": 0}
    assert shown.left_alone == []
    assert outcome(plan, withdrawn(lead)).left_alone == [item]
    assert shown.next_period == period


# ── at once ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.django_db(transaction=True)
def test_of_two_coordinators_at_once_one_counts_and_the_other_is_told(item, lead, other_agency, coordinator):
    colleague, shown = make_user(), basis(item)
    step = replaced(lead, other_agency)
    at_once = AtOnce(
        lambda: steer(steps=[step], reason="甲", basis=shown, by=coordinator, at=NOW),
        lambda: steer(steps=[withdrawn(lead)], reason="乙", basis=shown, by=colleague, at=NOW),
    )
    with transaction.atomic():
        ActionItem.objects.select_for_update().get(pk=item.pk)
        at_once.begin()
    done, refusals = at_once.finish()
    assert len(done) == 1
    assert [str(refusal) for refusal in refusals] == ["核对之后，责任分工、进度或申请又有变化。请重新核对后再确认。"]
    lead.refresh_from_db()
    assert parts(item) == ({"省水利厅": LEAD} if lead.end_reason == "甲" else {})


@pytest.mark.django_db(transaction=True)
def test_of_ten_of_the_same_form_at_once_one_is_done(item, lead, other_agency, coordinator):
    shown, step = basis(item), replaced(lead, other_agency)
    at_once = AtOnce(
        *(lambda: steer(steps=[step], reason="纪要", basis=shown, by=coordinator, at=NOW) for _ in range(10))
    )
    with transaction.atomic():
        ActionItem.objects.select_for_update().get(pk=item.pk)
        at_once.begin()
    done, refusals = at_once.finish()
    assert refusals == []
    assert sum(len(made) for made in done) == 1
    assert Assignment.objects.count() == 2


def test_a_name_that_stands_for_many_leads_nothing(item, lead, coordinator):
    many = make_agency("各市人民政府", is_collective=True)
    for step in (Step(Kind.ADD, item.pk, None, many.pk, LEAD), Step(Kind.REPLACE, item.pk, lead.pk, many.pk, LEAD)):
        with refused("各市人民政府是泛指，没有账号，无人可以报送，请选择具体单位。"):
            do(step, by=coordinator)
