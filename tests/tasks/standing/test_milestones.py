"""节点 as of any moment: random histories agree with a plain reading of what happened, and what is past never moves."""

from datetime import date, timedelta
from random import Random

import pytest
from django.utils import timezone

from tasks.models import Milestone, MilestoneDone, MilestonePlan, MilestoneReview, MilestoneWithdrawal
from tasks.standing.milestones import Part, Successors, answering_parts, milestones_of_items, milestones_of_plan
from tasks.standing.proposals import proposals
from tests.support.factories import make_item, make_measure, moment

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

START = moment("2016-06-01 09:00")
SOON = 15


def history(chance):
    """What happens to a milestone, as plain data, oldest first; several things may happen at one instant."""
    at, told, reports = START + timedelta(days=chance.randrange(40)), [], 0
    told.append((at, "plan", date(2016, 7, 1) + timedelta(days=chance.randrange(150))))
    for _ in range(chance.randrange(7)):
        at += timedelta(days=chance.choice((0, 3, 20)))
        what = chance.choice(("plan", "done", "review", "review", "withdraw"))
        if what == "plan":
            told.append((at, "plan", date(2016, 7, 1) + timedelta(days=chance.randrange(150))))
        elif what == "done":
            told.append((at, "done", timezone.localdate(at)))
            reports += 1
        elif what == "review" and reports:
            told.append((at, "review", chance.random() < 0.5))
        elif what == "withdraw" and not any(kind == "withdraw" for _, kind, _ in told):
            told.append((at, "withdraw", None))
    return told


def stored(item, name, told):
    made = Milestone.objects.create(item=item, name=name, recorded_at=told[0][0])
    done = None
    for at, what, value in told:
        if what == "plan":
            MilestonePlan.objects.create(milestone=made, planned_on=value, reason="因", recorded_at=at)
        elif what == "done":
            part = item.assignments.get()
            done = MilestoneDone.objects.create(
                milestone=made, assignment=part, done_on=value, words="已办", recorded_at=at
            )
        elif what == "review":
            MilestoneReview.objects.create(done=done, is_confirmed=value, comment="意见", recorded_at=at)
        else:
            MilestoneWithdrawal.objects.create(milestone=made, reason="合并", recorded_at=at)


def reading(told, when):
    """The state and the places at that moment, by going through what happened one after another."""
    places, is_done, verdict, withdrawn = [], False, None, False
    for at, what, value in told:
        if at > when:
            break
        match what:
            case "plan":
                places.append(value)
            case "done":
                is_done, verdict = True, None
            case "review":
                verdict = value
            case "withdraw":
                withdrawn = True
    day = timezone.localdate(when)
    if withdrawn:
        return "withdrawn", places
    if is_done and verdict is not False:
        return ("confirmed" if verdict else "waiting"), places
    if places[-1] < day:
        return "late", places
    return ("soon" if places[-1] <= day + timedelta(days=SOON) else "planned"), places


@pytest.mark.parametrize("seed", range(12))
def test_every_moment_is_as_a_plain_reading_has_it_and_stays_so(seed, plan, lead):
    chance = Random(seed)
    histories = {f"节点{n}": history(chance) for n in range(8)}
    moments = sorted({at for told in histories.values() for at, _, _ in told})
    for name, told in histories.items():
        stored(lead.item, name, told)
    for when in [START - timedelta(days=1), *moments, *(at + timedelta(days=40) for at in moments)]:
        day = timezone.localdate(when)
        expected = {name: reading(told, when) for name, told in histories.items() if told[0][0] <= when}
        for found in (
            milestones_of_items([lead.item_id], when, day, SOON),
            milestones_of_plan(plan.pk, when, day, SOON),
        ):
            assert {each.name: (each.state, [p.planned_on for p in each.places]) for each in found} == expected
            assert found == sorted(found, key=lambda each: (each.planned_on, each.pk))


def test_who_answers_is_the_named_one_else_the_leads():
    lead, other, assist = Part(1, 9, 11, "lead"), Part(2, 9, 12, "lead"), Part(3, 9, 13, "assist")
    parts, successors = [lead, other, assist], Successors(date(2016, 10, 12))
    assert answering_parts(None, parts, successors) == [lead, other]
    assert answering_parts(13, parts, successors) == [assist]
    assert answering_parts(99, parts, successors) == [lead, other]
    assert answering_parts(13, [], successors) == []


def measure(item, text, due_on, start=1, words="6月底前"):
    made = make_measure(item, text)
    made.due_on, made.due_words, made.due_start = due_on, words, start
    return made


def test_a_measure_with_a_day_is_proposed_once_and_what_is_past_or_planned_is_not(plan):
    item = make_item(plan)
    first = measure(item, "完成首批审查。", date(2016, 6, 30))
    early = measure(item, "印发方案。", date(2016, 3, 31), start=2)
    endless = measure(item, "长期坚持。", None, start=3)
    planned = measure(item, "公布名单。", date(2016, 9, 30), start=4)
    found = proposals(
        [first, early, endless, planned], [], planned={(item.number, "公布名单")}, issued_on=date(2016, 5, 24)
    )
    assert [(each.name, each.planned_on, each.reason) for each in found] == [
        ("完成首批审查", date(2016, 6, 30), "公文载明“6月底前”")
    ]


def test_measures_that_begin_alike_get_names_of_their_own(plan):
    item = make_item(plan)
    both = [measure(item, f"{'开展重点产品质量监督抽查和风险监测' * 3}{n}。", date(2016, 9, 30), n) for n in (1, 2)]
    names = [each.name for each in proposals(both, [], issued_on=date(2016, 5, 24))]
    assert len(set(names)) == 2
