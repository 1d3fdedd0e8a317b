"""A plan's items and assignments are read as they stood at one moment, each with its standing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple

from reports.quarter.definition import Filters
from tasks.models import Assignment, Plan
from tasks.models.querysets import ActionItemQuerySet
from tasks.standing.rollup import ItemStanding, Standing, item_standings, standings_from_queryset


class ItemRecord(NamedTuple):
    """An item, with what was in force for it at the moment."""

    pk: int
    number: int
    label: str
    title: str
    text: str
    start: int
    end: int
    section_number: int
    section_title: str
    due_on: date | None
    due_source: str | None
    due_words: str | None
    first_due_on: date | None
    first_due_source: str | None
    wording: str | None
    former: dict[str, Any] | None  # as what it was read at the moment, where it was corrected since

    def as_read_then(self) -> "ItemRecord":
        """The record with title, text and place as they were read at the moment."""
        if not self.former:
            return self
        return self._replace(**{name: self.former[name] for name in ("title", "text", "start", "end")})


class Holder(NamedTuple):
    """Who holds an assignment, to be read beside its standing."""

    pk: int
    agency_id: int
    name: str
    ordinal: int
    is_inferred: bool
    standing_report: int | None
    open_completion: int | None  # the request to close it that waits, if any


ITEM_COLUMNS = (
    *("pk", "number", "label", "title", "text", "start", "end", "section__number", "section__title"),
    *("due_on", "due_source", "due_words", "first_due_on", "first_due_source", "wording", "former"),
)
HOLDER_COLUMNS = (
    *("pk", "agency_id", "agency__name", "agency__ordinal", "is_inferred", "standing_report"),
    "open_completion",
)


@dataclass(frozen=True)
class PlanState:
    """How a plan stood: items in the notice's order, assignments by item and the fixed order of agencies.

    `former` are the items that were split or merged by then: they count nowhere; what was owed of them stays theirs.
    """

    plan: Plan
    day: date
    items: list[ItemRecord]
    rows: list[Standing]
    holders: dict[int, Holder]
    former: list[ItemRecord]

    @cached_property
    def standings(self) -> list[ItemStanding[ItemRecord]]:
        return item_standings(self.items, self.rows, self.plan, self.day)

    @property
    def former_standings(self) -> list[ItemStanding[ItemRecord]]:
        """The items that were split or merged, of whom nobody has a part any more."""
        return item_standings(self.former, [], self.plan, self.day)

    @cached_property
    def names(self) -> dict[int, str]:
        return {holder.agency_id: holder.name for holder in self.holders.values()}

    @cached_property
    def item_of(self) -> dict[int, ItemRecord]:
        return {item.pk: item for item in (*self.items, *self.former)}


def has_accepted(row: Standing, plan_state: PlanState) -> bool:
    """Whether a report of the assignment is accepted: not where the only one that was has been sent back after all."""
    return row.has_accepted and plan_state.holders[row.pk].standing_report is not None


def read_plan_state(
    plan: Plan, moment: datetime, day: date, filters: Filters, only: Collection[int] | None = None
) -> PlanState:
    """Reads the plan with what held for it then, in four queries.

    `only` takes the place of the filters: the very same items as on another day.
    """
    items = plan.items.existing(moment)
    former = plan.items.filter(ended_at__lte=moment)
    in_force = Assignment.objects.in_force(moment).filter(item__plan=plan)
    if only is None and filters.sections:
        items, former = (rows.filter(section__number__in=filters.sections) for rows in (items, former))
    if only is None and filters.agencies:
        led = in_force.filter(role=Assignment.Role.LEAD, agency__in=filters.agencies)
        items = items.filter(pk__in=led.values("item"))
        had_led = Assignment.objects.filter(role=Assignment.Role.LEAD, agency__in=filters.agencies)
        former = former.filter(pk__in=had_led.values("item"))
    records, gone = (_records(rows, moment) for rows in (items, former))
    if only is not None:
        records, gone = ([item for item in rows if item.pk in only] for rows in (records, gone))
    due_dates = {item.pk: item.due_on for item in records}
    assignments = Assignment.objects.as_of(moment).filter(item__plan=plan)
    if len(records) < plan.items.existing(moment).count():
        assignments = assignments.filter(item__in=due_dates)
    assignments = assignments.order_by("item__place", "agency__ordinal", "agency_id", "pk")
    holders = [Holder._make(row) for row in assignments.with_course(moment).values_list(*HOLDER_COLUMNS)]
    return PlanState(
        plan=plan.at(moment),
        day=day,
        items=records,
        rows=standings_from_queryset(assignments, plan.at(moment), day, due_dates),
        holders={holder.pk: holder for holder in holders},
        former=gone,
    )


def _records(items: ActionItemQuerySet, moment: datetime) -> list[ItemRecord]:
    rows = items.as_of(moment).as_read(moment).order_by("place").values_list(*ITEM_COLUMNS)
    return [ItemRecord._make(row).as_read_then() for row in rows]
