"""Two people at once: real connections, both begun before either ends."""

from datetime import date

import pytest
from django.db import transaction

from tasks.models import ActionItem, AgencyRequest, Closure, Decision, ItemRevision
from tasks.workflow import close_assignment, decide_request, make_request
from tests.support.at_once import AtOnce, all_while_locked
from tests.support.factories import make_assignment, make_evidence, make_user, moment, sign_receipt
from tests.support.factories import make_request as ask

pytestmark = pytest.mark.django_db(transaction=True)

NOW = moment("2016-10-12 10:00")
SIGNED = moment("2016-05-26 09:00")


@pytest.fixture
def lead(lead):
    sign_receipt(lead, at=SIGNED)
    return lead


def decide(request, by, **fields):
    fields = {"is_granted": True, "comment": "核过", **fields}
    return decide_request(request=AgencyRequest.objects.get(pk=request.pk), by=by, at=NOW, **fields)


def ask_to_close(lead, by, papers):
    return make_request(assignment=lead, kind="completion", reason="完成", by=by, at=NOW, evidence=papers)


def test_of_two_decisions_one_counts_and_the_other_is_told(lead, coordinator):
    request, colleague = ask(lead, "completion", at=SIGNED), make_user()
    done, refusals = all_while_locked(
        lead,
        lambda: decide(request, coordinator),
        lambda: decide(request, colleague, is_granted=False),
    )
    decision = Decision.objects.get()
    word = "同意" if decision.is_granted else "不同意"
    assert done == [decision]
    assert [str(refusal) for refusal in refusals] == [f"该申请已由{decision.recorded_by}答复“{word}”，未作改动。"]
    assert Closure.objects.count() == decision.is_granted


def test_of_two_requests_of_a_kind_one_waits_and_the_other_is_told(lead, lead_liaison, approver):
    papers = [make_evidence(lead, at=SIGNED)]
    done, refusals = all_while_locked(
        lead, *(lambda by=by: ask_to_close(lead, by, papers) for by in (lead_liaison, approver))
    )
    assert done == [AgencyRequest.objects.get()]
    assert [str(refusal) for refusal in refusals] == ["已有待答复的申请（申请办结），请等待答复。"]


def test_of_a_request_and_a_closure_whoever_comes_second_is_told(lead, lead_liaison, coordinator):
    papers = [make_evidence(lead, at=SIGNED)]
    done, refusals = all_while_locked(
        lead,
        lambda: ask_to_close(lead, lead_liaison, papers),
        lambda: close_assignment(assignment=lead, kind="suspended", reason="依据", by=coordinator, at=NOW),
    )
    assert AgencyRequest.objects.count() + Closure.objects.count() == len(done) == len(refusals) == 1


def test_of_two_extensions_of_one_item_neither_moves_the_other_s_date_back(lead, other_agency, coordinator):
    """They are different assignments of one item: the item is what both wait for."""
    other = make_assignment(lead.item, other_agency)
    sign_receipt(other, at=SIGNED)
    far = ask(lead, "extension", at=SIGNED, due_on=date(2017, 6, 30))
    near = ask(other, "extension", at=SIGNED, due_on=date(2017, 3, 31))
    colleague = make_user()
    at_once = AtOnce(lambda: decide(far, coordinator), lambda: decide(near, colleague))
    with transaction.atomic():
        ActionItem.objects.select_for_update(of=("self",)).get(pk=lead.item_id)
        at_once.begin()
    at_once.finish()
    assert ItemRevision.objects.order_by("recorded_at", "pk").last().due_on == date(2017, 6, 30)
