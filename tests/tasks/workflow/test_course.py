"""The life of an assignment: every state × every deed × everybody, told by one table and held by deeds and access."""

from datetime import date

import pytest
from django.db import connection

from agencies.models import Change
from tasks.access import may
from tasks.models import (
    AgencyRequest,
    Assignment,
    Closure,
    Decision,
    ItemRevision,
    Message,
    ProgressReport,
    Receipt,
    Urge,
)
from tasks.standing.course import COURSE, ENDINGS, REQUESTS, Move, Party, State, refusal, state_of, state_of_read
from tasks.workflow import (
    ReportContent,
    Wish,
    WorkflowError,
    acknowledge,
    acknowledge_all,
    close_assignment,
    decide_request,
    make_request,
    save_draft,
    submit_report,
    urge,
)
from tests.support.factories import close, make_assignment, make_evidence, make_item, moment, sign_receipt
from tests.support.factories import make_request as ask

pytestmark = pytest.mark.django_db

NOW, LATER = moment("2016-10-12 10:00"), moment("2016-10-12 16:00")
BEFORE = moment("2016-10-01 09:00")
LATE_DATE, FRIDAY = date(2017, 3, 31), date(2016, 10, 14)

# Read a line as: in this state, these deeds by the agency, and these by coordinators. Nobody else may do any.
TABLE = {
    "issued": ("acknowledge decline report", "urge closed suspended cancelled"),
    "declining": ("report", "decide"),
    "in_progress": ("report completion extension milestone", "decide urge closed suspended cancelled"),
    "completing": ("report extension", "decide"),
    "closed": ("", "reopened"),
    "suspended": ("", "reopened"),
    "cancelled": ("", "reopened"),
}
CELLS = [(state, move) for state in State for move in Move]
IDS = [f"{state.value}-{move.value}" for state, move in CELLS]


def allowed(state, move):
    """Who, by the table above."""
    agency, coordinators = TABLE[state]
    return {Party.AGENCY} if move in agency.split() else {Party.COORDINATOR} if move in coordinators.split() else set()


def bring(assignment, state):
    """The assignment in that state, by the facts that make it."""
    if state not in (State.ISSUED, State.DECLINING):
        sign_receipt(assignment, at=BEFORE)
    if state == State.DECLINING:
        ask(assignment, "decline", at=BEFORE)
    if state == State.COMPLETING:
        ask(assignment, "completion", at=BEFORE)
    if state in (State.CLOSED, State.SUSPENDED, State.CANCELLED):
        close(assignment, state.value, at=BEFORE)


def stand(assignment):
    return state_of_read(Assignment.objects.as_of(LATER).with_course(LATER).get(pk=assignment.pk))


# ── the state ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("has_receipt", "open_kinds", "closure", "state"),
    [
        (False, [], "", State.ISSUED),
        (False, ["decline"], "", State.DECLINING),
        (True, [], "", State.IN_PROGRESS),
        (True, ["extension"], "", State.IN_PROGRESS),
        (True, ["completion"], "", State.COMPLETING),
        (True, ["completion", "extension"], "", State.COMPLETING),
        (True, [], "closed", State.CLOSED),
        (False, [], "suspended", State.SUSPENDED),
        (True, [], "cancelled", State.CANCELLED),
        (True, [], "reopened", State.IN_PROGRESS),
        (False, [], "reopened", State.IN_PROGRESS),
        (True, ["completion"], "reopened", State.COMPLETING),
    ],
)
def test_the_state_follows_from_the_facts(has_receipt, open_kinds, closure, state):
    assert state_of(has_receipt=has_receipt, open_kinds=open_kinds, closure=closure) == state


@pytest.mark.any_database
@pytest.mark.parametrize("state", State)
def test_the_database_tells_the_same_state(lead, state):
    bring(lead, state)
    assert stand(lead) == state


@pytest.mark.any_database
def test_on_a_past_day_the_state_is_that_day_s(lead):
    sign_receipt(lead, at=NOW)
    assert state_of_read(Assignment.objects.as_of(BEFORE).with_course(BEFORE).get(pk=lead.pk)) == State.ISSUED


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_table_is_the_one_above():
    assert set(COURSE) == set(TABLE) == set(State)
    for state, parties in COURSE.items():
        assert {party: set(moves) for party, moves in parties.items()} == {
            party: {Move(move) for move in moves.split()} for party, moves in zip(Party, TABLE[state], strict=True)
        }


def test_everybody_may_what_the_table_says(
    lead, coordinator, lead_liaison, approver, other_liaison, leader, administrator
):
    everybody = (coordinator, lead_liaison, approver, other_liaison, leader, administrator)
    people = {Party.AGENCY: {lead_liaison, approver}, Party.COORDINATOR: {coordinator}}
    for state, move in CELLS:
        expected = {person for party in allowed(state, move) for person in people[party]}
        assert {person for person in everybody if may(person, lead, state, move)} == expected, (state, move)


def test_what_nobody_may_is_refused_with_a_reason_and_the_rest_has_none():
    assert {cell for cell in CELLS if not refusal(*cell)} == {cell for cell in CELLS if allowed(*cell)}


# ── the deeds ────────────────────────────────────────────────────────────────────────────────────────────────────


def do(move, assignment, period, liaison, coordinator):
    """The deed with everything else in order, so that only the state can be what it is refused for."""
    if move == Move.ACKNOWLEDGE:
        acknowledge(assignment=assignment, by=liaison, at=NOW)
    elif move == Move.REPORT:
        content = ReportContent(percent=90, progress="进展")
        submit_report(assignment=assignment, period=period, content=content, by=liaison, at=NOW)
    elif move in REQUESTS:
        due_on = LATE_DATE if move == Move.EXTENSION else None
        papers = [make_evidence(assignment, at=BEFORE)]
        wish = Wish("印发方案", FRIDAY) if move == Move.MILESTONE else None
        what = {"kind": move, "reason": "理由", "due_on": due_on, "wish": wish, "evidence": papers}
        make_request(assignment=assignment, by=liaison, at=NOW, **what)
    elif move == Move.DECIDE:
        [waiting] = assignment.requests.all()
        decide_request(request=waiting, is_granted=False, comment="意见", by=coordinator, at=NOW)
    elif move == Move.URGE:
        urge(assignments=[assignment], text="请抓紧。", reply_by=FRIDAY, by=coordinator, at=NOW)
    else:
        close_assignment(assignment=assignment, kind=move, reason="依据", by=coordinator, at=NOW)


def facts():
    """Every row of these tables; asked of the database itself, since it is asked so often."""
    models = (Receipt, ProgressReport, AgencyRequest, Decision, Closure, ItemRevision, Urge)
    with connection.cursor() as cursor:
        return [all_of(model, cursor) for model in (*models, Assignment, Message, Change)]


def all_of(model, cursor):
    cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY {model._meta.pk.column}")
    return cursor.fetchall()


DONE = [pytest.param(*cell, id=name) for cell, name in zip(CELLS, IDS, strict=True) if allowed(*cell)]


@pytest.mark.any_database
@pytest.mark.parametrize(("state", "move"), DONE)
def test_a_deed_is_done_where_the_table_allows_it(lead, period, lead_liaison, coordinator, state, move):
    bring(lead, state)
    if move == Move.DECIDE and not lead.requests.exists():
        ask(lead, "extension", at=BEFORE, due_on=LATE_DATE)
    before = facts()
    do(move, lead, period, lead_liaison, coordinator)
    assert facts() != before


@pytest.mark.parametrize("state", State)
def test_a_deed_changes_nothing_where_the_table_does_not_allow_it(lead, period, lead_liaison, coordinator, state):
    bring(lead, state)
    before = facts()
    for move in sorted((move for move in Move if not allowed(state, move)), key=lambda move: move == Move.DECIDE):
        if move == Move.DECIDE and not lead.requests.exists():
            ask(lead, "extension", at=BEFORE, due_on=LATE_DATE)  # the last: no other deed is refused because of it
            before = facts()
        if move == Move.ACKNOWLEDGE and sign_states(state):
            do(move, lead, period, lead_liaison, coordinator)  # the second receipt is the first one
        else:
            with pytest.raises(WorkflowError) as caught:
                do(move, lead, period, lead_liaison, coordinator)
            assert caught.value.message
        assert facts() == before, move


def sign_states(state):
    return state not in (State.ISSUED, State.DECLINING)


@pytest.mark.parametrize("state", State)
def test_drafts_are_kept_wherever_reports_are_filed(lead, period, lead_liaison, state):
    bring(lead, state)
    if allowed(state, Move.REPORT):
        save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"progress": "起草"})
    else:
        with pytest.raises(WorkflowError):
            save_draft(assignment=lead, period=period, by=lead_liaison, at=NOW, fields={"progress": "起草"})


@pytest.mark.parametrize("move", [Move.EXTENSION, Move.COMPLETION])
def test_an_assisting_agency_asks_for_neither_extension_nor_completion(assist, assisting_liaison, move):
    sign_receipt(assist, at=BEFORE)
    assert not may(assisting_liaison, assist, State.IN_PROGRESS, move)
    due_on = LATE_DATE if move == Move.EXTENSION else None
    with pytest.raises(WorkflowError, match="由负责单位提出"):
        make_request(assignment=assist, kind=move, reason="理由", due_on=due_on, by=assisting_liaison, at=NOW)


@pytest.mark.parametrize("move", ENDINGS)
def test_nothing_is_ended_over_a_request_that_nobody_answered(lead, coordinator, move):
    bring(lead, State.IN_PROGRESS)
    ask(lead, "extension", at=BEFORE, due_on=LATE_DATE)
    with pytest.raises(WorkflowError, match="另有待答复的申请（延期申请），请先答复"):
        close_assignment(assignment=lead, kind=move, reason="依据", by=coordinator, at=NOW)


@pytest.mark.any_database
def test_of_several_receipts_all_are_signed_or_none(lead, lead_liaison):
    other = make_assignment(make_item(), lead.agency)
    assert acknowledge_all(assignments=[other, lead], by=lead_liaison, at=NOW) == 2
    assert Receipt.objects.count() == 2
    third, declined = make_assignment(make_item(), lead.agency), make_assignment(make_item(), lead.agency)
    bring(declined, State.DECLINING)
    with pytest.raises(WorkflowError):
        acknowledge_all(assignments=[third, declined], by=lead_liaison, at=NOW)
    assert Receipt.objects.count() == 2


def test_a_receipt_is_on_the_record_once(lead, lead_liaison):
    for _ in range(2):
        acknowledge(assignment=lead, by=lead_liaison, at=NOW)
    assert [change.action for change in Change.objects.all()] == ["签收"]
