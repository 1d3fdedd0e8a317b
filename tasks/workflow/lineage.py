"""Of what a new item is made that comes of a split or a merger: its text, dates, parts, readings and milestones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Max, Subquery

from agencies.changes import note
from agencies.models import User
from tasks.models import (
    AcceptedProgress,
    ActionItem,
    Assignment,
    Duty,
    DutyAgency,
    Indicator,
    IndicatorReading,
    ItemRevision,
    Measure,
)
from tasks.rules.due_dates import reason_of
from tasks.standing.questions import accepted_readings
from tasks.standing.reshaping import Unit
from tasks.standing.succession import Transfer
from tasks.workflow.current import WorkflowError
from tasks.workflow.responsibility import TOO_EARLY

LABEL_LIMIT = ActionItem._meta.get_field("label").max_length or 0
Spans = Sequence[tuple[int, int]]
DEADLINE = ("due_words", "due_start", "due_on", "recurs")


@dataclass(slots=True)
class Heir:
    """A new item, with what of the old ones' is which of its own, by key, and whose parts go on in it."""

    item: ActionItem
    transfers: list[Transfer] = field(default_factory=list)
    measures: dict[int, Measure] = field(default_factory=dict)
    duties: dict[int, Duty] = field(default_factory=dict)
    indicators: dict[int, int] = field(default_factory=dict)


def due_rows(origin: ActionItem, due_on: date | None, units: Sequence[Unit], reason: str) -> list[ItemRevision]:
    """The new item's due dates: the old one's first and present, so that both stay visible, and then its own.

    Where the notice writes the day for this piece, that is the date in force, as written.
    """
    if due_on is not None and due_on < origin.plan.issued_on:
        raise WorkflowError(TOO_EARLY, "due_on")
    revisions = list(origin.revisions.order_by("recorded_at", "pk"))
    current = revisions[-1]
    if due_on == current.due_on:
        return [_again(each) for each in dict.fromkeys((revisions[0], current))]
    if written := next((unit for unit in units if unit.due_words and unit.due_on == due_on), None):
        words = written.due_words
        return [ItemRevision(due_on=due_on, due_words=words, wording=current.wording, reason=reason_of(words))]
    own = ItemRevision(due_on=due_on, wording=current.wording, reason=reason)
    return [*(_again(each) for each in dict.fromkeys((revisions[0], current))), own]


def _again(revision: ItemRevision) -> ItemRevision:
    names = ("due_on", "is_inferred", "due_words", "wording", "reason")
    return ItemRevision(**{name: getattr(revision, name) for name in names})


def begin_item(
    olds: Sequence[ActionItem],
    heading: tuple[str, str, float],
    spans: Spans,
    due: Sequence[ItemRevision],
    parts: Sequence[Assignment],
    roles: dict[int, str],
    *,
    by: User,
    at: datetime,
) -> Heir:
    """Makes the item of those runs of the notice, with the measures, duties and targets that lie in them.

    `heading` is title, label and place. The members of a group go on following it where all of them go on here.
    """
    (title, label, place), first = heading, olds[0]
    followed = next((old for old in olds if old.assist_group_id and _all_inferred(old, parts, roles)), None)
    item = ActionItem.objects.create(
        plan=first.plan,
        section=first.section,
        number=(ActionItem.objects.filter(plan=first.plan).aggregate(last=Max("number"))["last"] or 0) + 1,
        label=_short(label),
        title=title,
        text="\n".join(first.plan.notice_text[start:end] for start, end in spans),
        start=spans[0][0],
        end=spans[-1][1],
        spans=[list(span) for span in spans] if len(spans) > 1 else None,
        assist_rule=followed.assist_rule if followed else "",
        assist_group=followed.assist_group if followed else None,
        placed=place,
        began_at=at,
    )
    for revision in due:
        revision.item, revision.recorded_at, revision.recorded_by = item, at, by
        revision.save()
    heir = Heir(item)
    _take_measures(heir, olds, spans)
    _take_duties(heir, olds, spans)
    _take_indicators(heir, olds, spans)
    heir.transfers = _transfers(heir, parts, roles)
    origin = [old.number for old in olds]
    note("新立任务", item, by=by, at=at, new={"label": item.label, "title": title, "predecessors": origin})
    return heir


def _short(label: str) -> str:
    return label if len(label) <= LABEL_LIMIT else f"{label[: LABEL_LIMIT - 1]}等"


def _all_inferred(old: ActionItem, parts: Iterable[Assignment], roles: dict[int, str]) -> bool:
    return all(part.pk in roles for part in parts if part.item_id == old.pk and part.is_inferred)


def _lies_in(row: Measure | Indicator, spans: Spans) -> bool:
    return any(start <= row.start < end for start, end in spans)


def _take_measures(heir: Heir, olds: Sequence[ActionItem], spans: Spans) -> None:
    measures = [row for row in Measure.objects.filter(item__in=olds).order_by("start") if _lies_in(row, spans)]
    for number, old in enumerate(measures, start=1):
        deadline = {name: getattr(old, name) for name in DEADLINE}
        heir.measures[old.pk] = Measure.objects.create(
            item=heir.item, number=number, text=old.text, start=old.start, end=old.end, **deadline
        )


def _take_duties(heir: Heir, olds: Sequence[ActionItem], spans: Spans) -> None:
    """A duty of which only a part lies here answers for that part; one inherited of a heading above for all."""
    own = {old.pk: old for old in olds}
    duties = Duty.objects.filter(item__in=olds).order_by("start").prefetch_related("named")
    for old in duties:
        start, end = old.start, old.end
        if old.end > own[old.item_id].start:
            start, end = max(start, spans[0][0]), min(end, spans[-1][1])
            if start >= end:
                continue
        number = len(heir.duties) + 1
        duty = Duty.objects.create(
            item=heir.item,
            number=number,
            ending=old.ending,
            start=start,
            end=end,
            assist_rule=old.assist_rule,
            **{name: getattr(old, name) for name in DEADLINE},
        )
        heir.duties[old.pk] = duty
        DutyAgency.objects.bulk_create(
            DutyAgency(duty=duty, agency_id=named.agency_id, role=named.role) for named in old.named.all()
        )


def _take_indicators(heir: Heir, olds: Sequence[ActionItem], spans: Spans) -> None:
    taken: set[str] = set()
    labels = {old.pk: old.label for old in olds}
    for old in Indicator.objects.filter(item__in=olds).order_by("start", "pk"):
        if not _lies_in(old, spans):
            continue
        name = f"{old.name}（{labels[old.item_id]}）" if old.name in taken else old.name
        taken.add(name)
        columns = {column: getattr(old, column) for column in ("target", "unit", "start", "end")}
        heir.indicators[old.pk] = Indicator.objects.create(item=heir.item, name=name, **columns).pk


def _transfers(heir: Heir, parts: Sequence[Assignment], roles: dict[int, str]) -> list[Transfer]:
    """One for each agency, in their order; what it has in several items becomes one part."""
    by_agency: dict[int, list[Assignment]] = {}
    for part in parts:
        if roles.get(part.pk):
            by_agency.setdefault(part.agency_id, []).append(part)
    transfers = []
    for mine in by_agency.values():
        new_role = roles[mine[0].pk] if len(mine) == 1 and roles[mine[0].pk] != mine[0].role else ""
        transfers.append(Transfer(tuple(mine), mine[0].agency, new_role, heir.item, heir.indicators))
    return transfers


def carry_readings(heir: Heir, made: Iterable[Assignment], at: datetime) -> None:
    """Where a target stood goes on: with the report that goes on of the agency that gave the reading, or another's."""
    here = [part.pk for part in made if part.item_id == heir.item.pk]
    standing = AcceptedProgress.objects.filter(assignment__in=here, report__assignment__in=here)
    reports = dict(standing.order_by("-assignment").values_list("assignment__agency", "report"))
    readings = accepted_readings(at)
    known = Indicator.objects.filter(pk__in=heir.indicators).annotate(
        value=Subquery(readings.values("value")[:1]),
        agency=Subquery(readings.values("report__assignment__agency")[:1]),
    )
    for pk, value, agency in known.values_list("pk", "value", "agency"):
        indicator = heir.indicators[pk]
        report = reports.get(agency) or next(iter(reports.values()), None)
        if value is None or report is None or IndicatorReading.objects.filter(indicator=indicator).exists():
            continue
        IndicatorReading.objects.create(report_id=report, indicator_id=indicator, value=value)
