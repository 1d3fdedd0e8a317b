"""调整责任单位: what a coordinator is about to change in who answers for what, and how the items stand afterwards."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from django.db.models import Exists, OuterRef

from tasks.models import (
    Assignment,
    ProgressReport,
    ReportDraft,
    UrgedAssignment,
)
from tasks.models.choices import SteeringKind
from tasks.models.querysets import AssignmentQuerySet
from tasks.standing.course import open_requests

LEAD, ASSIST = Assignment.Role.LEAD, Assignment.Role.ASSIST
Kind = SteeringKind


@dataclass(frozen=True, slots=True)
class Step:
    """One change. `part` is what there is, by its key; `agency` who gets the task, in that `role`."""

    kind: Kind
    item: int
    part: int | None = None
    agency: int | None = None
    role: str = ""
    keeps_progress: bool = False


def parts_of_items(items: Iterable[int], moment: datetime) -> list[Assignment]:
    """Who answers for the items at the moment, each with its standing, its course and what is under way on it."""
    of_part = {"assignment": OuterRef("pk")}
    waiting = ProgressReport.objects.unsettled(moment).filter(**of_part)
    urged = UrgedAssignment.objects.filter(urge__reply__isnull=True, **of_part)
    parts = Assignment.objects.as_of(moment).with_course(moment).filter(item__in=list(items))
    parts = parts.annotate(
        has_draft=Exists(ReportDraft.objects.filter(**of_part)), waits=Exists(waiting), is_urged=Exists(urged)
    )
    return list(parts.select_related("agency", "item").defer("item__text").order_by("item__place", *IN_ORDER))


IN_ORDER = ("agency__ordinal", "agency_id")


def basis_of(parts: Iterable[Assignment]) -> str:
    """Stands for who answers and how far each is: a form that was made from anything else is stale."""
    shown = [
        (part.pk, part.percent, part.weight_now, part.closure, sorted(open_requests(part).values()))
        for part in sorted(parts, key=lambda part: part.pk)
    ]
    return sha256(repr(shown).encode()).hexdigest()[:32]


def normalised(steps: Iterable[Step], parts: Iterable[Assignment]) -> list[Step]:
    """The changes that there are, as they come out where the agency that gets a task has a part in it already.

    To replace a lead by one that assists makes the assisting one lead and ends the other; who has the role already
    gets it no second time.
    """
    asked, present = list(steps), list(parts)
    by_key = {part.pk: part for part in present}
    leaving = {step.part for step in asked if step.kind in (Kind.WITHDRAW, Kind.REPLACE)}
    staying = {(part.item_id, part.agency_id): part for part in present if part.pk not in leaving}
    found: dict[tuple[Kind, int, int | None, int | None], Step] = {}
    for step in asked:
        part, own = by_key.get(step.part or 0), staying.get((step.item, step.agency or 0))
        for each in _as_it_comes_out(step, part, own):
            found.setdefault((each.kind, each.item, each.part, each.agency), each)
    order = list(Kind)
    return sorted(found.values(), key=lambda step: (order.index(step.kind), step.item, step.part or 0))


def _as_it_comes_out(step: Step, part: Assignment | None, own: Assignment | None) -> Iterator[Step]:
    """`part` is what there is, `own` what the agency that gets the task has in the item and keeps."""
    if step.kind == Kind.WITHDRAW:
        yield step
    elif step.kind == Kind.ROLE:
        if part is None or part.role != step.role:
            yield step
    elif step.kind == Kind.ADD:
        if own is None:
            yield step
        elif own.role != step.role:
            yield Step(Kind.ROLE, step.item, own.pk, own.agency_id, step.role)
    elif part is None or own is None:
        if part is None or step.agency != part.agency_id:
            yield replace(step, role=part.role if part else step.role)
    else:
        yield Step(Kind.WITHDRAW, step.item, part.pk)
        if part.role == LEAD != own.role:
            yield Step(Kind.ROLE, step.item, own.pk, own.agency_id, LEAD)


def part_keys(steps: Iterable[Step]) -> AssignmentQuerySet:
    """The rows that the changes end."""
    return Assignment.objects.filter(pk__in=[step.part for step in steps if step.part])
