"""How agencies and sections stood at the close of each reporting period: one question, by the rules of progress."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce

from tasks.models import Assignment, Plan, ReportingPeriod
from tasks.models.latest import AcceptedPercent, Latest
from tasks.rules.means import mean
from tasks.standing.kept import Readings
from tasks.standing.rollup import NOT_COUNTED

ONE = timedelta(microseconds=1)
MOST_POINTS = 6  # closed periods that are looked back on


class Trend(NamedTuple):
    """Progress at the close of each of `periods`, the oldest first; None where nothing counted or was accepted then."""

    periods: list[ReportingPeriod]
    agencies: dict[int, list[float | None]]
    sections: dict[int, list[float | None]]

    def of_agency(self, pk: int) -> list[float | None]:
        return self.agencies.get(pk, [None] * len(self.periods))

    def of_section(self, number: int) -> list[float | None]:
        return self.sections.get(number, [None] * len(self.periods))


class Lead(NamedTuple):
    """A lead that counted at a moment."""

    plan: int
    agency: int
    item: int
    section: int  # its number
    weight: int
    percent: int
    has_accepted: bool


def trend_of(plan: Plan, closed: Sequence[ReportingPeriod], items: Collection[int]) -> Trend:
    """Of those items, over the last periods that have closed; `closed` are they, the oldest first. One query."""
    periods = _last(closed)
    return _trend(periods, _at_each(_leads_of(plan).filter(item__in=items), _closes(periods)))


def kept_trend(readings: Readings, plan: Plan, closed: Sequence[ReportingPeriod]) -> Trend:
    """The same of all items that the plan ever had, kept and brought up to date as `tasks.standing.kept` does it."""
    periods = _last(closed)
    moments = _closes(periods)
    name = f"trend {[period.pk for period in periods]}"

    def read(tasks: Collection[int] | None) -> Iterable[tuple[int, list[list[Lead]]]]:
        leads = _leads_of(plan) if tasks is None else _leads_of(plan).filter(item__in=tasks)
        by_task: dict[int, list[list[Lead]]] = defaultdict(lambda: [[] for _ in moments])
        for at, counted in enumerate(_at_each(leads, moments)):
            for lead in counted:
                by_task[lead.item][at].append(lead)
        return by_task.items()

    def reckon() -> Trend:
        in_order = [by_task[task] for task in sorted(by_task)]
        return _trend(periods, [list(chain.from_iterable(at)) for at in zip(*in_order, strict=True)])

    by_task = readings.part(name, read)
    return readings.derived(name, reckon, by_task)


def _last(closed: Sequence[ReportingPeriod]) -> list[ReportingPeriod]:
    return list(closed[-MOST_POINTS:])


def _closes(periods: Iterable[ReportingPeriod]) -> list[datetime]:
    return [period.closes_at for period in periods]


def _leads_of(plan: Plan) -> QuerySet[Assignment]:
    return Assignment.objects.filter(item__plan=plan)


def _trend(periods: list[ReportingPeriod], moments: Sequence[Sequence[Lead]]) -> Trend:
    return Trend(
        periods,
        _series(moments, lambda lead: lead.agency, _plain),
        _series(moments, lambda lead: lead.section, _of_items),
    )


def progress_of_plans(plans: Collection[int], moments: Sequence[datetime]) -> dict[int, list[float | None]]:
    """Where each of the plans stood at each of the moments, the oldest first; None where nothing was accepted then.

    One query. A plan that had nothing accepted at any of them isn't there.
    """
    leads = Assignment.objects.filter(item__plan__in=plans)
    return _series(_at_each(leads, moments), lambda lead: lead.plan, _of_items)


def _at_each(leads: QuerySet[Assignment], moments: Sequence[datetime]) -> list[list[Lead]]:
    """The leads that counted at each of the moments; without moments nothing is asked."""
    return [_leads(rows) for rows in zip(*_read(leads, moments), strict=True)] if moments else []


def _read(assignments: QuerySet[Assignment], moments: Sequence[datetime]) -> list[list[tuple[Any, ...]]]:
    """For each lead that there ever was: who it is, and where it stood at each of the moments."""
    columns: dict[str, Any] = {}
    for n, at in enumerate(moments):
        columns[f"percent_{n}"] = AcceptedPercent(at)
        columns[f"closure_{n}"] = Latest("Closure", "kind", at, assignment="pk")
        columns[f"weight_{n}"] = Coalesce(Latest("WeightRevision", "weight", at, assignment="pk"), F("weight"))
    leads = assignments.filter(role=Assignment.Role.LEAD).annotate(**columns)
    leads = leads.filter(recorded_at__lte=moments[-1]).order_by("pk")
    fixed = ("item__plan_id", "agency_id", "item_id", "item__section__number", "recorded_at", "ended_at")
    read = []
    for *who, rest in ((*row[:6], row[6:]) for row in leads.values_list(*fixed, *columns)):
        ids, begun, ended = who[:4], who[4], who[5]
        read.append(
            [(*ids, *rest[3 * n : 3 * n + 3], begun <= at < (ended or at + ONE)) for n, at in enumerate(moments)]
        )
    return read


def _leads(rows: Sequence[tuple[Any, ...]]) -> list[Lead]:
    return [
        Lead(plan, agency, item, section, weight, percent or 0, percent is not None)
        for plan, agency, item, section, percent, closure, weight, was_there in rows
        if was_there and closure not in NOT_COUNTED
    ]


def _series(
    moments: Sequence[Sequence[Lead]], key: Callable[[Lead], int], of: Callable[[Sequence[Lead]], float]
) -> dict[int, list[float | None]]:
    means = []
    for leads in moments:
        reported = {key(lead) for lead in leads if lead.has_accepted}
        means.append({each: value for each, value in _grouped(leads, key, of).items() if each in reported})
    keys = dict.fromkeys(each for known in means for each in known)
    return {each: [known.get(each) for known in means] for each in keys}


def _grouped(
    leads: Sequence[Lead], key: Callable[[Lead], int], of: Callable[[Sequence[Lead]], float]
) -> dict[int, float]:
    groups: dict[int, list[Lead]] = defaultdict(list)
    for lead in leads:
        groups[key(lead)].append(lead)
    return {each: of(mine) for each, mine in groups.items()}


def _plain(leads: Sequence[Lead]) -> float:
    return mean([lead.percent for lead in leads])


def _of_items(leads: Sequence[Lead]) -> float:
    """The mean of the items, each the weighted mean of its leads."""
    items = _grouped(leads, lambda lead: lead.item, _weighted)
    return mean(list(items.values()))


def _weighted(leads: Sequence[Lead]) -> float:
    whole = sum(lead.weight for lead in leads)
    return sum(lead.weight * lead.percent for lead in leads) / whole if whole else 0.0
