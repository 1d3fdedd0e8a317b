"""Coordinators at the same instant: numbers follow one another, and an urge is answered by one of two."""

from datetime import date

import pytest
from django.db import transaction

from tasks.models import Urge, UrgeReply
from tasks.workflow import answer_urge, close_assignment, urge
from tests.support.at_once import AtOnce, all_while_locked
from tests.support.factories import make_assignment, make_item, make_user, moment

pytestmark = pytest.mark.django_db(transaction=True)

NOW, FRIDAY = moment("2016-10-12 10:00"), date(2016, 10, 14)


def test_urges_sent_at_once_are_numbered_one_after_another(plan, coordinator):
    leads = [make_assignment(make_item(plan)) for _ in range(4)]
    at_once = AtOnce(
        *(
            lambda lead=lead: urge(assignments=[lead], text="请抓紧。", reply_by=FRIDAY, by=coordinator, at=NOW)
            for lead in leads
        )
    )
    with transaction.atomic():
        list(type(leads[0]).objects.select_for_update().filter(pk__in=[lead.pk for lead in leads]))
        at_once.begin()
    done, refusals = at_once.finish()
    assert (len(done), refusals) == (4, [])
    assert sorted(Urge.objects.values_list("number", flat=True)) == [1, 2, 3, 4]


def test_a_form_that_is_sent_thirty_times_at_once_is_one_urge(lead, coordinator):
    what = {"assignments": [lead], "text": "请抓紧。", "reply_by": FRIDAY, "by": coordinator, "at": NOW}
    done, refusals = all_while_locked(lead, *(lambda: urge(**what) for _ in range(30)))
    assert refusals == []
    assert {made.pk for (made,) in done} == {Urge.objects.get().pk}


def test_of_two_answers_at_once_one_counts_and_the_other_is_told(lead, lead_liaison, approver, coordinator):
    (made,) = urge(assignments=[lead], text="请抓紧。", reply_by=FRIDAY, by=coordinator, at=NOW)
    at_once = AtOnce(
        *(lambda by=by: answer_urge(urge=made, text=str(by), by=by, at=NOW) for by in (lead_liaison, approver))
    )
    with transaction.atomic():
        Urge.objects.select_for_update().get(pk=made.pk)
        at_once.begin()
    done, refusals = at_once.finish()
    assert done == [UrgeReply.objects.get()]
    assert [str(refusal) for refusal in refusals] == ["该催办已经答复，未作改动。"]


def test_an_urge_waits_for_a_closure_of_its_task_and_is_refused_then(lead, coordinator):
    colleague = make_user()
    done, refusals = all_while_locked(
        lead,
        lambda: urge(assignments=[lead], text="请抓紧。", reply_by=FRIDAY, by=coordinator, at=NOW),
        lambda: close_assignment(assignment=lead, kind="suspended", reason="依据", by=colleague, at=NOW),
    )
    assert len(done) + len(refusals) == 2
    assert Urge.objects.count() == len(done) - 1
