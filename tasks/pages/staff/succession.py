"""机构调整: what the page shows before it is done, and how what was confirmed becomes the deed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from agencies.models import Agency, Succession, User
from tasks.models import AgencyRequest, Assignment, ProgressReport, ReportDraft, Urge
from tasks.standing.planned_steering import Held, falling_away, held, items_waiting_for
from tasks.standing.succession import Transfer, parts_of, transfers_of
from tasks.workflow.current import WorkflowError
from tasks.workflow.succession import reorganise

SHARE, PERSON = "share_", "person_"


def recorded_successions(agencies: QuerySet[Agency]) -> QuerySet[Succession]:
    """Of those agencies, each with who followed and who recorded it, the newest first."""
    recorded = Succession.objects.filter(predecessor__in=agencies)
    return recorded.select_related("predecessor", "successor", "recorded_by")


def is_recorded(typed: Mapping[str, Any], keys: Collection[int], by: User) -> bool:
    """Whether the person has recorded just this of those agencies already: the form was sent twice."""
    if not keys or any(typed.get(name) is None for name in ("kind", "effective_on", "document")):
        return False
    same = {name: typed[name] for name in ("kind", "effective_on", "document")}
    made = Succession.objects.filter(predecessor__in=keys, recorded_by=by, **same)
    return set(made.values_list("predecessor", flat=True)) == set(keys)


@dataclass
class Preview:
    """What would move if it were done now; new agencies have no row yet, and go by their names.

    A split asks for the successor of every assignment and person; `chosen` is what was answered so far.
    """

    typed: Mapping[str, Any]
    at: datetime
    answers: Mapping[str, str]

    @property
    def predecessors(self) -> list[Agency]:
        return list(self.typed["predecessors"])

    @property
    def kind(self) -> str:
        return str(self.typed["kind"])

    @property
    def is_split(self) -> bool:
        return self.kind == Succession.Kind.SPLIT

    @property
    def waits(self) -> bool:
        """Recorded in advance: the daily round does it."""
        return bool(self.typed["effective_on"] > timezone.localdate(self.at))

    @property
    def is_late(self) -> bool:
        return bool(self.typed["effective_on"] < timezone.localdate(self.at))

    @property
    def successors(self) -> list[Agency]:
        """Those of the list, and the new ones as they would be."""
        return [*self.typed["successors"], *(Agency(name=name) for name in self.typed["new_names"])]

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(str(number), agency.name) for number, agency in enumerate(self.successors)]

    def moves(self) -> list[Transfer]:
        if self.is_split:
            return [Transfer((part,), None) for part in parts_of(self.predecessors, self.at)]
        successor = next(iter(self.successors), None)
        known = [successor] if successor and successor.pk else []
        moves = transfers_of(self.predecessors, known, lambda part: successor if known else None, self.at)
        return moves if known or successor is None else [Transfer(move.parts, successor) for move in moves]

    def rows(self) -> list[tuple[Transfer, str, str]]:
        """Each move with the name of its field and what was chosen there."""
        moves = self.moves()
        return [
            (move, f"{SHARE}{move.parts[0].pk}", self.answers.get(f"{SHARE}{move.parts[0].pk}", "")) for move in moves
        ]

    def people(self) -> list[tuple[User, str, str]]:
        people = User.objects.filter(agency__in=self.predecessors, is_active=True).order_by(
            "agency__ordinal", "username"
        )
        return [(user, f"{PERSON}{user.pk}", self.answers.get(f"{PERSON}{user.pk}", "")) for user in people]

    def begun(self) -> dict[str, int]:
        """What is under way: drafts, reports that wait, requests and urges without an answer."""
        of = {"assignment__agency__in": self.predecessors, "assignment__ended_at__isnull": True}
        return {
            "drafts": ReportDraft.objects.filter(**of).count(),
            "waiting": ProgressReport.objects.waiting(self.at).filter(**of).count(),
            "requests": AgencyRequest.objects.filter(decision__isnull=True, withdrawal=None, **of).count(),
            "urges": Urge.objects.filter(reply__isnull=True, agency__in=self.predecessors).count(),
        }

    @cached_property
    def falling_away(self) -> list[str]:
        """The changes of who answers that wait for that day or a later one, and that it would make impossible."""
        known = [agency for agency in self.successors if agency.pk]
        items = items_waiting_for([*self.predecessors, *known], self.at)
        if not items:
            return []
        parts = list(Assignment.objects.as_of(self.at).filter(item__in=items).select_related("agency"))
        moves = [(move, answer) for move, _, answer in self.rows() if move.item.pk in items]
        gone = {part.pk for move, _ in moves for part in move.parts}
        moved = [self._held_after(move, answer) for move, answer in moves if self.successors]
        then = [*(held(part) for part in parts if part.pk not in gone), *moved]
        following = {self._key(place) for place in range(len(self.successors))} | {each.agency_id for each in moved}
        besides = {agency.pk: following for agency in self.predecessors}
        return falling_away(items, self.at, parts, then, besides=besides, since=self.typed["effective_on"])

    def _held_after(self, move: Transfer, answer: str) -> Held:
        place = self._place(answer) if self.is_split else 0
        return Held(move.parts[0].pk, move.item.pk, self._key(place), move.role, move.closure)

    def _key(self, place: int | None) -> int:
        """Of the successor at that place; one that has no row yet, or wasn't chosen, goes by a key of its own."""
        if place is None:
            return -1 - len(self.successors)
        return self.successors[place].pk or -1 - place

    @property
    def token(self) -> str:
        """Stands for what is shown: whoever confirms says that it was this, and not what has changed since."""
        typed = self.typed
        shown = [
            self.kind,
            [agency.pk for agency in self.predecessors],
            [agency.name for agency in self.successors],
            [typed["effective_on"], typed["document"]],
            [[(part.pk, part.percent, part.closure) for part in move.parts] for move in self.moves()],
            self.falling_away,
        ]
        return sha256(repr(shown).encode()).hexdigest()

    @property
    def content(self) -> dict[str, Any]:
        """What was typed and chosen, as the deed takes it."""
        names = ("predecessors", "successors", "new_names", "kind", "effective_on", "document")
        chosen = {
            "shares": {move.parts[0].pk: self._place(answer) for move, _, answer in self.rows()},
            "people": {user.pk: self._place(answer) for user, _, answer in self.people()},
        }
        return {name: self.typed[name] for name in names} | (chosen if self.is_split else {})

    def _place(self, answer: str) -> int | None:
        """The successor's place in the choices; None where none of them was chosen."""
        return int(answer) if answer in dict(self.choices) else None


def confirm(preview: Preview, *, by: User, at: datetime) -> list[Succession]:
    """Has done what was shown; a confirmation of anything else is refused."""
    if preview.answers.get("token") != preview.token:
        raise WorkflowError("内容与核对时不同，请重新核对后确认。")
    return reorganise(**preview.content, by=by, at=at)
