"""What a person may do with an assignment now, as links: the buttons of item page, ledger and filing."""

from collections.abc import Iterable
from typing import NamedTuple

from django.urls import reverse

from agencies.models import User
from tasks.access import may, party_of
from tasks.models import AgencyRequest, Assignment
from tasks.rules.asof import AsOf
from tasks.standing.course import ENDINGS, REQUESTS, SEVERAL, Move, open_requests, state_of_read


class Offer(NamedTuple):
    label: str
    url: str


def offers(assignments: Iterable[Assignment], user: User, as_of: AsOf) -> dict[int, list[Offer]]:
    """What the person may do with each assignment now, by its key; nothing on a past day."""
    return {a.pk: list(_offers_of(a, user)) for a in assignments} if as_of.is_today else {}


def _offers_of(assignment: Assignment, user: User) -> Iterable[Offer]:
    state, waiting = state_of_read(assignment), open_requests(assignment)
    party = party_of(user, assignment)
    moves = [move for move in Move if may(user, assignment, state, move)]
    if Move.ACKNOWLEDGE in moves:
        yield Offer("签收", f"{reverse('tasks:my')}#receipts")
    for move in askable(assignment, user):
        yield Offer(f"{move.label}…", f"{reverse('tasks:request-new', args=[assignment.pk])}?kind={move}")
    for kind, key in waiting.items() if party else ():
        label = "答复申请" if Move.DECIDE in moves else f"{AgencyRequest.Kind(kind).label}（待答复）"
        yield Offer(label, reverse("tasks:request-detail", args=[key]))
    if Move.URGE in moves:
        yield Offer("催办…", f"{reverse('tasks:urge-new')}?assignment={assignment.pk}")
    closing = reverse("tasks:assignment-close", args=[assignment.pk])
    if Move.CLOSE in moves and not waiting:
        yield Offer("办结…", closing)
        yield Offer("中止…", f"{closing}?kind={Move.SUSPEND}")
    if Move.REOPEN in moves:
        yield Offer(Move.REOPEN.label, closing)


def askable(assignment: Assignment, user: User) -> list[Move]:
    """The requests that the person may make for the assignment now."""
    state, waiting = state_of_read(assignment), open_requests(assignment)
    asked = [move for move in REQUESTS if move not in waiting or move in SEVERAL]
    return [move for move in asked if may(user, assignment, state, move)]


def closings(assignment: Assignment, user: User) -> list[tuple[str, str]]:
    """How the person may end the assignment, or take it up again; nothing while a request of it waits."""
    state = state_of_read(assignment)
    kinds = [move for move in (*ENDINGS, Move.REOPEN) if may(user, assignment, state, move)]
    return [] if open_requests(assignment) else [(move.value, move.label) for move in kinds]
