"""What a page of 待办 shows of its rows: every kind in the same columns, all of them in one statement."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    DateTimeField,
    F,
    Field,
    IntegerField,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.expressions import Combinable, OuterRef
from django.db.models.functions import Cast, Coalesce

from qa_plan.compile_once import InKeys, KeyList, Param, compile_once
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    InstructedAssignment,
    LightChange,
    Milestone,
    MilestoneDone,
    ProgressReport,
    ReportEvidence,
    Urge,
    UrgedAssignment,
)
from tasks.models.latest import Latest
from tasks.standing.pending import Wait


class Told(NamedTuple):
    """What is shown of one thing that waits. Some columns say of each kind something else, or nothing."""

    wait: str
    key: int
    assignment: int | None
    agency_id: int | None
    agency: str | None
    liaison: str | None
    telephone: str | None
    number: int | None
    label: str | None
    title: str | None
    slug: str | None
    plan: str | None  # its document number
    words: str | None
    kind: str | None
    before: int | None
    after: int | None
    number_of: int | None
    day: date | None
    other_day: date | None


Columns = dict[str, Combinable | Subquery | None]
TYPES: "dict[str, Field[Any, Any]]" = {
    **dict.fromkeys(("assignment", "agency_id", "number", "before", "after", "number_of"), IntegerField()),
    **dict.fromkeys(("agency", "liaison", "telephone", "label", "title", "slug", "plan", "words", "kind"), CharField()),
    **dict.fromkeys(("day", "other_day"), DateField()),
}
UNCHANGED = "unchanged"  # the kind of a report that says so
AS = {name: f"told_{name}" for name in Told._fields}


@compile_once(
    instructions=KeyList(),
    urges=KeyList(),
    receipts=KeyList(),
    milestones=KeyList(),
    requests=KeyList(),
    reviews=KeyList(),
    proofs=KeyList(),
    unassigned=KeyList(),
    moment=DateTimeField(),
)
def told(
    instructions: Param,
    urges: Param,
    receipts: Param,
    milestones: Param,
    requests: Param,
    reviews: Param,
    proofs: Param,
    unassigned: Param,
    moment: Param,
) -> QuerySet[Any, tuple[Any, ...]]:
    """The columns of `Told`, of those keys."""
    parts = [
        _instructions(instructions),
        _urges(urges),
        _receipts(receipts),
        _milestones(milestones, moment, Wait.MILESTONE),
        _requests(requests),
        _reviews(reviews, moment),
        _milestones(proofs, moment, Wait.PROOF),
        _unassigned(unassigned),
    ]
    return parts[0].union(*parts[1:], all=True)


def _told(wait: Wait, rows: QuerySet[Any], keys: Param, **columns: Any) -> QuerySet[Any, Any]:
    shown = {name: Cast(columns.get(name) or Value(None), field) for name, field in TYPES.items()}
    every = {"wait": Value(wait.value, CharField()), "key": F("pk"), **shown}
    annotated = rows.filter(InKeys(F("pk"), keys)).order_by().annotate(**{AS[name]: it for name, it in every.items()})
    return annotated.values_list(*AS.values())


def _item(prefix: str) -> dict[str, Any]:
    """What every row says of its item, by the way to it."""
    return {
        "number": F(f"{prefix}number"),
        "label": F(f"{prefix}label"),
        "title": F(f"{prefix}title"),
        "slug": F(f"{prefix}plan__slug"),
        "plan": F(f"{prefix}plan__document_number"),
    }


def _of_assignment(prefix: str) -> dict[str, Any]:
    return {
        "assignment": F(f"{prefix}pk"),
        **_of_agency(prefix),
        **_item(f"{prefix}item__"),
    }


def _of_agency(prefix: str) -> dict[str, Any]:
    """The agency, and whom to call there."""
    return {
        "agency_id": F(f"{prefix}agency_id"),
        "agency": F(f"{prefix}agency__name"),
        "liaison": F(f"{prefix}agency__liaison_name"),
        "telephone": F(f"{prefix}agency__liaison_telephone"),
    }


def _instructions(keys: Param) -> QuerySet[Any, Any]:
    return _told(
        Wait.INSTRUCTION,
        InstructedAssignment.objects.all(),
        keys,
        words=F("instruction__text"),
        kind=F("instruction__leader"),
        number_of=F("instruction_id"),
        day=F("instruction__given_on"),
        other_day=F("instruction__answer_by"),
        **_of_assignment("assignment__"),
    )


def _urges(keys: Param) -> QuerySet[Any, Any]:
    """By their first task, with how many there are."""
    subjects = UrgedAssignment.objects.filter(urge=OuterRef("pk")).order_by("assignment__item__place", "pk")

    def first(column: str) -> Subquery:
        return Subquery(subjects.values(f"assignment__{column}")[:1])

    counted = UrgedAssignment.objects.filter(urge=OuterRef("pk")).order_by().values("urge").annotate(n=Count("pk"))
    return _told(
        Wait.URGE,
        Urge.objects.all(),
        keys,
        number=first("item__number"),
        label=first("item__label"),
        title=first("item__title"),
        slug=first("item__plan__slug"),
        plan=first("item__plan__document_number"),
        words=F("text"),
        number_of=Subquery(counted.values("n")),
        before=F("number"),
        after=F("year"),
        kind=F("prefix"),
        day=F("recorded_at"),
        other_day=F("reply_by"),
        **_of_agency(""),
    )


def _receipts(keys: Param) -> QuerySet[Any, Any]:
    given = Assignment.objects.all()
    return _told(Wait.RECEIPT, given, keys, kind=F("role"), day=F("recorded_at"), **_of_assignment(""))


def _requests(keys: Param) -> QuerySet[Any, Any]:
    return _told(
        Wait.REQUEST,
        AgencyRequest.objects.all(),
        keys,
        words=F("reason"),
        kind=F("kind"),
        day=F("old_due_on"),
        other_day=F("due_on"),
        **_of_assignment("assignment__"),
    )


def _reviews(keys: Param, moment: Param) -> QuerySet[Any, Any]:
    proofs = ReportEvidence.objects.filter(report=OuterRef("pk")).order_by().values("report").annotate(n=Count("pk"))
    return _told(
        Wait.REVIEW,
        ProgressReport.objects.all(),
        keys,
        words=F("progress"),
        before=Latest("AcceptedProgress", "percent", moment, assignment="assignment"),
        after=F("percent"),
        number_of=Coalesce(Subquery(proofs.values("n")), 0),
        kind=Case(When(is_unchanged=True, then=Value(UNCHANGED)), default=Value("")),
        day=F("recorded_at"),
        other_day=Latest("ItemRevision", "due_on", moment, item="assignment__item"),
        **_of_assignment("assignment__"),
    )


def _milestones(keys: Param, moment: Param, wait: Wait) -> QuerySet[Any, Any]:
    done = MilestoneDone.objects.filter(milestone=OuterRef("pk")).order_by("-recorded_at", "-pk")
    return _told(
        wait,
        Milestone.objects.all(),
        keys,
        words=F("name"),
        number_of=F("item_id"),
        day=Latest("MilestonePlan", "planned_on", moment, milestone="pk"),
        other_day=Subquery(done.values("done_on")[:1]),
        **_of_agency(""),
        **_item("item__"),
    )


def _unassigned(keys: Param) -> QuerySet[Any, Any]:
    return _told(Wait.UNASSIGNED, ActionItem.objects.all(), keys, **_item(""))


# ── lights, as the last night recorded them ──────────────────────────────────────────────────────────────────────


@compile_once(plan=IntegerField())
def recorded_lights(plan: Param) -> QuerySet[Any, tuple[Any, ...]]:
    """Of every item of the plan: its number, label, title, the light recorded last, since when, and why."""
    changes = LightChange.objects.filter(item=OuterRef("pk")).order_by("-day")
    items = ActionItem.objects.filter(plan=plan, ended_at__isnull=True).order_by("place")
    told = {column: Subquery(changes.values(column)[:1]) for column in ("light", "day", "reason")}
    return items.annotate(**told).values_list("number", "label", "title", *told)


# ── whom another notice concerns ─────────────────────────────────────────────────────────────────────────────────


def urged_again(former: Urge, moment: datetime) -> list[Assignment]:
    """The tasks of a notice that its agency still has, with what the deed reads of them."""
    return list(_in_force(moment).filter(urges=former))


def late_receipts_of(key: int, waiting: Iterable[int], moment: datetime) -> list[Assignment]:
    """Of the assignments that were not received in time, those of the same agency as that one."""
    agency = Assignment.objects.filter(pk=key).values("agency")
    return list(_in_force(moment).filter(pk__in=list(waiting), agency__in=agency))


def _in_force(moment: datetime) -> QuerySet[Assignment]:
    parts = Assignment.objects.in_force(moment).select_related("item__plan", "agency")
    return parts.defer("item__text", "item__plan__notice_text")
