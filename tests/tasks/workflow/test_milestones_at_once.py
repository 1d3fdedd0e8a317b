"""Two people at the same instant: one deed of each form, and nobody writes over what he has not seen."""

from datetime import date

import pytest
from django.db import transaction

from tasks.models import Milestone, MilestonePlan, MilestoneWithdrawal
from tasks.workflow import add_milestone, move_milestone, withdraw_milestone
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
