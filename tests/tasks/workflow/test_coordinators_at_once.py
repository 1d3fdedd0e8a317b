"""Two coordinators at the same instant, on real connections: nothing is lost, nothing done twice. PostgreSQL only."""

from datetime import date

import pytest
from django.db import transaction

from agencies.changes import verify
from tasks.models import (
    ActionItem,
    Closure,
    ItemRevision,
    Lineage,
    Measure,
    Message,
    PlannedSteering,
    Reshaping,
)
from tasks.standing.reshaping import reshaping_basis
from tasks.standing.steering import Kind, Step, basis_of, parts_of_items
from tasks.workflow import Piece, amend_item, amend_items, close_item, merge_items, plan_steering, split_item, steer
from tests.support.at_once import AtOnce
from tests.support.factories import LEAD, make_agency, make_assignment, make_item, make_user, moment

pytestmark = pytest.mark.django_db(transaction=True)

NOW, DUE = moment("2016-10-12 10:00"), date(2016, 12, 31)
WORDS = ("开展抽查。", "开展培训。")


@pytest.fixture
def other(coordinator):
    return make_user("second", display_name="李处长")


@pytest.fixture
def item(plan):
    """An item of two sentences, each of which can become an item."""
    plan.notice_text = "".join(WORDS)
    plan.save()
    item = make_item(plan, title="提升质量", label="（五）", text=plan.notice_text, start=0, end=len(plan.notice_text))
    for number, words in enumerate(WORDS, 1):
        start = item.text.index(words)
        Measure.objects.create(item=item, number=number, text=words, start=start, end=start + len(words))
    return item


def at_once(item, *deeds):
    """What was done and what was refused, of deeds that had all begun before one could go on."""
    tried = AtOnce(*deeds)
    with transaction.atomic():
        ActionItem.objects.select_for_update().get(pk=item.pk)
        tried.begin()
    done, refusals = tried.finish()
    assert verify().problem == ""
    return done, [str(each) for each in refusals]


def shown(item):
    return basis_of(parts_of_items([item.pk], NOW))


def splitting(item, lead, by, reason="纪要"):
    basis = reshaping_basis([item], NOW)
    pieces = [Piece(title, (number,), {lead.pk: LEAD}, DUE) for number, title in enumerate(("抽查", "培训"))]
    what = {"item": item, "pieces": pieces, "by_measures": True, "reason": reason, "basis": basis}
    return lambda: split_item(**what, by=by, at=NOW)


def merging(items, by, title):
    basis = reshaping_basis(items, NOW)
    what = {"items": items, "title": title, "due_on": DUE, "reason": "纪要", "basis": basis}
    return lambda: merge_items(**what, by=by, at=NOW)


def replacing(item, lead, agency, by):
    basis, step = shown(item), Step(Kind.REPLACE, item.pk, lead.pk, agency.pk, LEAD)
    return lambda: steer(steps=[step], reason="纪要", basis=basis, by=by, at=NOW)


def there_are(plan):
    return set(plan.items.filter(ended_at=None).values_list("title", flat=True))


def test_a_split_sent_thrice_is_one_and_another_s_is_refused(item, lead, coordinator, other):
    mine, theirs = splitting(item, lead, coordinator), splitting(item, lead, other, reason="另一份纪要")
    done, refusals = at_once(item, mine, theirs, mine, mine)
    [change] = Reshaping.objects.all()
    assert {each.pk for each in done} == {change.pk}
    assert len(done) == (3 if change.recorded_by == coordinator else 1)
    assert set(refusals) == {"（五）已拆分或合并，请在新任务上办理。"}
    assert there_are(item.plan) == {"抽查", "培训"}
    assert Lineage.objects.count() == 2


def test_of_two_mergers_that_share_an_item_one_is_done(item, lead, coordinator, other):
    second, third = (make_assignment(make_item(item.plan), lead.agency).item for _ in range(2))
    done, refusals = at_once(item, merging([item, second], coordinator, "甲"), merging([item, third], other, "乙"))
    assert len(done) == len(refusals) == 1
    merged = {"甲", third.title} if done[0].recorded_by == coordinator else {"乙", second.title}
    assert there_are(item.plan) == merged
    assert Lineage.objects.filter(former=item).count() == 1


def test_of_a_split_and_a_change_of_who_answers_one_is_done_and_the_other_is_told(item, lead, coordinator, other):
    new = make_agency("省林业厅")
    done, refusals = at_once(item, splitting(item, lead, coordinator), replacing(item, lead, new, other))
    assert len(done) == len(refusals) == 1
    names = set(item.plan.items.filter(ended_at=None).values_list("assignments__agency__name", flat=True))
    if Reshaping.objects.exists():
        assert refusals == ["（五）已拆分或合并，请在新任务上办理。"]
        assert names == {"省商务厅"}
    else:
        assert "请重新核对后再确认" in refusals[0]
        assert item.assignments.get(ended_at=None).agency == new


def test_of_two_dates_for_an_item_one_counts_and_the_other_is_named_as_stale(item, lead, coordinator, other):
    second = make_item(item.plan)
    bases = {each.pk: each.revisions.count() for each in (item, second)}
    many = {"items": [item, second], "due_on": date(2016, 11, 30), "reason": "同步", "bases": bases}
    one = {"item": item, "due_on": date(2016, 12, 15), "reason": "提前", "basis": bases[item.pk]}
    done, refusals = at_once(
        item,
        lambda: amend_items(**many, by=coordinator, at=NOW),
        lambda: amend_item(**one, by=other, at=NOW),
    )
    assert len(done) == len(refusals) == 1
    assert "内容已被更新，本次未保存" in refusals[0]
    made = ItemRevision.objects.filter(recorded_at__gte=NOW).values_list("item", "due_on")
    both = {(item.pk, date(2016, 11, 30)), (second.pk, date(2016, 11, 30))}
    assert set(made) in (both, {(item.pk, date(2016, 12, 15))})


def test_of_two_who_suspend_an_item_one_does_and_each_part_has_it_once(item, lead, lead_liaison, coordinator, other):
    make_assignment(item, make_agency("省林业厅"))
    basis = shown(item)
    ways = [(coordinator, "甲"), (other, "乙"), (coordinator, "甲")]
    deeds = [
        lambda by=by, reason=reason: close_item(item=item, kind="suspended", reason=reason, basis=basis, by=by, at=NOW)
        for by, reason in ways
    ]
    done, refusals = at_once(item, *deeds)
    reasons = set(Closure.objects.values_list("reason", flat=True))
    assert Closure.objects.count() == 2
    assert len(reasons) == 1
    assert len(done) == (2 if reasons == {"甲"} else 1)
    assert all("请重新核对后再确认" in each for each in refusals)
    assert Message.objects.filter(recipient=lead_liaison).count() == 1


def test_of_two_changes_for_a_later_day_one_waits_and_the_other_is_told_to_take_it_back_first(
    item, lead, coordinator, other
):
    basis, step = shown(item), Step(Kind.WITHDRAW, item.pk, lead.pk)
    ways = [(coordinator, date(2016, 12, 1)), (other, date(2016, 12, 20)), (coordinator, date(2016, 12, 1))]
    deeds = [
        lambda by=by, day=day: plan_steering(steps=[step], effective_on=day, reason="纪要", basis=basis, by=by, at=NOW)
        for by, day in ways
    ]
    done, refusals = at_once(item, *deeds)
    planned = PlannedSteering.objects.get()
    assert {each.pk for each in done} == {planned.pk}
    assert len(done) == (2 if planned.recorded_by == coordinator else 1)
    assert all(f"已有{planned.effective_on}生效的调整，请先撤回" in each for each in refusals)
