"""Every state × every deed × every role, as it is done on the pages: what the table doesn't allow changes nothing."""

from datetime import date

import pytest
from django.db import transaction
from django.test import Client

from agencies.models import Change
from tasks.course import REQUESTS, Move
from tests.factories import make_evidence, make_request
from tests.tasks.test_course import BEFORE, CELLS, IDS, LATE_DATE, allowed, bring, facts

PARTIES = {"coordinator": "coordinator", "lead": "agency", "approver": "agency"}


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture
def everybody(coordinator, lead_liaison, approver, assisting_liaison, other_liaison, leader, administrator):
    return (coordinator, lead_liaison, approver, assisting_liaison, other_liaison, leader, administrator)


def post(client, move, assignment):
    """The page on which it is done, with everything that it asks for; the status of its answer."""
    pk = assignment.pk
    if move == Move.ACKNOWLEDGE:
        return client.post("/my/receipts/", {"assignment": pk})
    if move == Move.REPORT:
        return client.post(f"/my/{pk}/", {"action": "submit", "period": "2016Q3", "percent": 90, "progress": "进展"})
    if move in REQUESTS:
        sent = {
            "kind": move.value,
            "reason": "理由",
            "due_on": LATE_DATE,
            "evidence_kept": assignment.evidence.get().pk,
        }
        return client.post(f"/assignments/{pk}/requests/new/", sent)
    if move == Move.DECIDE:
        return client.post(f"/requests/{assignment.requests.get().pk}/", {"verdict": "refused", "comment": "意见"})
    return client.post(f"/assignments/{pk}/close/", {"kind": move.value, "reason": "依据"})


@pytest.mark.parametrize(("state", "move"), CELLS, ids=IDS)
def test_everybody_can_do_on_the_pages_what_the_table_says_and_nothing_else(
    everybody, assist, lead, period, state, move
):
    bring(lead, state)
    make_evidence(lead, at=BEFORE)
    if move == Move.DECIDE and not lead.requests.exists():
        make_request(lead, "extension", at=BEFORE, due_on=LATE_DATE)
    before, done = facts(), {}
    for person in everybody:
        client = Client()
        client.force_login(person)
        with transaction.atomic():
            response = post(client, move, lead)
            assert response.status_code in (302, 403, 404, 422)
            done[person.username] = facts() != before
            transaction.set_rollback(True)
    may = {str(party) for party in allowed(state, move)}
    assert {name for name, has_changed in done.items() if has_changed} == {
        name for name, party in PARTIES.items() if party in may
    }


def test_the_whole_way_is_on_the_record(visitor, coordinator, lead_liaison, lead):
    agency, office = visitor(lead_liaison), visitor(coordinator)
    paper = make_evidence(lead, at=BEFORE)
    agency.post("/my/receipts/", assignment=lead.pk)
    agency.post(f"/assignments/{lead.pk}/requests/new/", kind="completion", reason="完成", evidence_kept=paper.pk)
    office.post(f"/requests/{lead.requests.get().pk}/", verdict="granted")
    office.post(f"/assignments/{lead.pk}/close/", kind="reopened", reason="回头看发现尾工")
    actions = [change.action for change in Change.objects.order_by("pk")]
    assert actions == ["签收", "申请办结", "办结销号", "同意：申请办结", "恢复办理"]
    assert Change.objects.latest("pk").reason == "回头看发现尾工"
