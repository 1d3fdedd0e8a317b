"""Every state × every deed, as it is done on the pages: what the table doesn't allow changes nothing.

Who may is asked of everybody where the table allows the deed for the first time, and of one person of the party that
does such deeds where it doesn't or does so again: `tests.tasks.workflow.test_course` asks everybody in every state.
"""

from datetime import date

import pytest
from django.db import transaction

from agencies.models import Change, Role
from tasks.standing.course import REQUESTS, Move, Party, State
from tests.pages.conftest import signed_in
from tests.support.factories import (
    ASSIST,
    LEAD,
    make_agency,
    make_assignment,
    make_evidence,
    make_item,
    make_period,
    make_plan,
    make_request,
    make_user,
)
from tests.support.reading import Page
from tests.tasks.workflow.test_course import BEFORE, CELLS, IDS, LATE_DATE, allowed, bring, facts

pytestmark = [pytest.mark.django_db, pytest.mark.untraced]

PARTIES = {"coordinator": Party.COORDINATOR, "liaison": Party.AGENCY, "approver": Party.AGENCY}


@pytest.fixture(autouse=True)
def october(settings):
    settings.QA_PLAN_TODAY = date(2016, 10, 12)


@pytest.fixture(scope="module")
def lead(rows_of_module):
    """Put down once, as are the people who try: every test is rolled back to it."""
    plan = make_plan()
    make_period(plan, "2016Q3")
    lead = make_assignment(make_item(plan), make_agency(), LEAD)
    make_assignment(lead.item, make_agency(), ASSIST)
    return lead


@pytest.fixture(scope="module")
def browsers(lead):
    """Everybody's, signed in. Only words for the next page stay in their cookies, and none is read here."""
    assisting = lead.item.assignments.get(role=ASSIST).agency
    users = {
        "coordinator": make_user(role=Role.COORDINATOR),
        "liaison": make_user(role=Role.LIAISON, agency=lead.agency),
        "approver": make_user(role=Role.APPROVER, agency=lead.agency),
        "assisting": make_user(role=Role.LIAISON, agency=assisting),
        "other": make_user(role=Role.LIAISON),
        "leader": make_user(role=Role.LEADER),
        "administrator": make_user(role=Role.ADMINISTRATOR),
    }
    return {name: signed_in(user) for name, user in users.items()}


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
            **{"name": "印发方案", "planned_on": LATE_DATE, "whose": "own"},
            "evidence_kept": assignment.evidence.get().pk,
        }
        return client.post(f"/assignments/{pk}/requests/new/", sent)
    if move == Move.DECIDE:
        return client.post(f"/requests/{assignment.requests.get().pk}/", {"verdict": "refused", "comment": "意见"})
    if move == Move.URGE:
        sent = {"assignment": pk, "text": "请抓紧。", "reply_by": "2016-10-19"}
        return client.post(f"/urges/new/?assignment={pk}", sent)
    return close(client, pk, kind=move.value, reason="依据", unproven="会议验收")


def close(client, pk, **typed):
    """What comes of it is shown first, and confirmed where there is something to confirm."""
    url = f"/assignments/{pk}/close/"
    shown = client.post(url, typed)
    if shown.status_code != 200:
        return shown
    return client.post(url, {**Page(shown, url).values(), **typed, "action": "confirm"})


def party_of(move):
    """Who does it in whatever state: the liaison, or the coordinator."""
    return "liaison" if any(Party.AGENCY in allowed(state, move) for state in State) else "coordinator"


def tried_by(state, move):
    first = next(state for state in State if allowed(state, move))
    return [*PARTIES, "assisting", "other", "leader", "administrator"] if state == first else [party_of(move)]


@pytest.mark.parametrize(("state", "move"), CELLS, ids=IDS)
def test_on_the_pages_too_is_done_what_the_table_says_and_nothing_else(browsers, lead, state, move):
    bring(lead, state)
    make_evidence(lead, at=BEFORE)
    if move == Move.DECIDE and not lead.requests.exists():
        make_request(lead, "extension", at=BEFORE, due_on=LATE_DATE)
    before = facts()
    for name in tried_by(state, move):
        with transaction.atomic():
            status = post(browsers[name], move, lead).status_code
            if PARTIES.get(name) in allowed(state, move):
                assert status == 302, name
                assert facts() != before, name
            else:
                assert status in (302, 403, 404, 422), name
                assert facts() == before, name
            transaction.set_rollback(True)


def test_the_whole_way_is_on_the_record(browsers, lead):
    agency, office = browsers["liaison"], browsers["coordinator"]
    paper = make_evidence(lead, at=BEFORE)
    agency.post("/my/receipts/", {"assignment": lead.pk})
    done = {"kind": "completion", "reason": "完成", "evidence_kept": paper.pk}
    agency.post(f"/assignments/{lead.pk}/requests/new/", done)
    office.post(f"/requests/{lead.requests.get().pk}/", {"verdict": "granted"})
    close(office, lead.pk, kind="reopened", reason="回头看发现尾工")
    actions = [change.action for change in Change.objects.order_by("pk")]
    assert actions == ["签收", "申请办结", "办结销号", "同意：申请办结", "恢复办理"]
    assert Change.objects.latest("pk").reason == "回头看发现尾工"
