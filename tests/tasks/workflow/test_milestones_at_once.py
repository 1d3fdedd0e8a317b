"""Two people at the same instant: one deed of each form, and nobody writes over what he has not seen."""

from datetime import date

import pytest
from django.db import transaction

from tasks.models import Message, Milestone, MilestoneDone, MilestonePlan, MilestoneReview, MilestoneWithdrawal
from tasks.workflow import add_milestone, move_milestone, review_milestone, withdraw_milestone
from tests.support.at_once import AtOnce
from tests.support.factories import make_milestone, make_user, moment

pytestmark = pytest.mark.django_db(transaction=True)

NOW, DAY = moment("2016-10-12 10:00"), date(2016, 11, 15)


def at_once(model, row, *deeds):
    tried = AtOnce(*deeds)
    with transaction.atomic():
        model.objects.select_for_update().get(pk=row.pk)
        tried.begin()
    return tried.finish()


def test_a_form_sent_five_times_at_once_is_one_milestone(lead, coordinator):
    what = {"item": lead.item, "name": "专项督查", "planned_on": DAY, "by": coordinator, "at": NOW}
    done, refusals = at_once(type(lead.item), lead.item, *(lambda: add_milestone(**what) for _ in range(5)))
    assert refusals == []
    assert {made.pk for made in done} == {Milestone.objects.get().pk}


def test_of_a_move_and_a_withdrawal_at_once_one_happens_and_the_other_is_told(lead, coordinator):
    made, other = make_milestone(lead.item), make_user("second")
    done, (refused,) = at_once(
        Milestone,
        made,
        lambda: move_milestone(milestone=made, planned_on=DAY, reason="顺延", by=coordinator, at=NOW, basis=1),
        lambda: withdraw_milestone(milestone=made, reason="合并", by=other, at=NOW, basis=1),
    )
    assert len(done) == 1
    assert "内容已被更新，本次未保存：该节点已有变动" in refused.message
    assert MilestonePlan.objects.count() - 1 + MilestoneWithdrawal.objects.count() == 1


def test_of_two_coordinators_who_decide_on_a_proof_at_once_one_does_and_the_other_is_told_by_whom(
    lead, lead_liaison, coordinator
):
    made, other = make_milestone(lead.item), make_user("second", display_name="李处长")
    done = MilestoneDone.objects.create(
        milestone=made, assignment=lead, done_on=date(2016, 9, 28), words="已印发", recorded_at=moment("2016-10-10")
    )
    ways = [(coordinator, True, ""), (other, False, "缺印发件")] * 3
    decided, refused = at_once(
        Milestone,
        made,
        *(
            lambda by=by, is_confirmed=is_confirmed, comment=comment: review_milestone(
                milestone=made, is_confirmed=is_confirmed, comment=comment, by=by, at=NOW, basis=2
            )
            for by, is_confirmed, comment in ways
        ),
    )
    review = MilestoneReview.objects.get(done=done)
    assert {each.pk for each in decided} == {review.pk}  # sent thrice by who was first, it is one
    assert len(decided) == len(refused) == 3
    word = "确认完成" if review.is_confirmed else "退回"
    assert {each.message for each in refused} == {
        f"该节点已由{review.recorded_by}{word}，未作改动。请刷新页面，核对后再办。"
    }
    assert Message.objects.count() == 1
