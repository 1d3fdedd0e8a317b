"""A dashboard lists the rows that are defined here: sections, agencies, what waits for review, what falls due."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby
from typing import NamedTuple

from django.utils import timezone

from agencies.models import Agency
from tasks.models import LightChange, Plan, Section
from tasks.models.querysets import ActionItemQuerySet
from tasks.rules.asof import AsOf
from tasks.rules.means import averaged, mean
from tasks.rules.numerals import chinese_numeral
from tasks.rules.rounding import difference
from tasks.rules.status import Light
from tasks.standing.explain import because
from tasks.standing.filing import Filed
from tasks.standing.rollup import ItemStanding, Standing, Total, item_percent, total


class Heading(NamedTuple):
    """An item as far as a page over a whole plan names it. `recorded_light` is the daily round's last one before."""

    pk: int
    number: int
    place: float  # among the plan's items
    label: str  # as the notice numbers it, under its section
    title: str
    due_on: date | None
    due_source: str
    first_due_on: date | None
    recorded_light: str | None
    was_red: bool  # the daily round had seen it red by that day
    settling: int | None  # how many of its leads are 待销号
    section: Section


HeadingStanding = ItemStanding[Heading]
HEADING_COLUMNS = ["title_then" if name == "title" else name for name in Heading._fields[:-1]]
USUAL = (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY)  # said even of none
UPCOMING_DAYS = 30
NAMED = 12  # items that a tile names


def headings_of(plan: Plan, items: ActionItemQuerySet, as_of: AsOf) -> list[Heading]:
    """Names those items of the plan in the notice's order; each section is made once. One query."""

    @cache
    def section(pk: int, number: int, title: str) -> Section:
        return Section(pk=pk, plan=plan, number=number, title=title)

    known = items.as_of(as_of.moment).as_read(as_of.moment).with_settling(as_of.moment).with_recorded_lights(as_of.day)
    rows = known.order_by("place").values_list(*HEADING_COLUMNS, "section_id", "section__number", "section__title")
    return [Heading._make((*row[:-3], section(*row[-3:]))) for row in rows]


class Tile(NamedTuple):
    """How many items show a light, and which."""

    light: Light
    size: int
    labels: str


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section of the notice, with its items and what they come to."""

    section: Section
    total: Total
    items: list[HeadingStanding]


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency's part in the plan: its leads and what they come to, assisting ones counted apart."""

    agency: Agency
    leads: list[Standing]
    assists: list[Standing]
    total: Total
    unfiled: int

    @property
    def gap(self) -> Decimal:
        """In percentage points, of the figures as an agency shows them."""
        return difference(self.total.percent, self.total.expected)

    @property
    def reds(self) -> int:
        return self.total.lights[Light.RED]

    @property
    def yellows(self) -> int:
        return self.total.lights[Light.YELLOW]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report in the queue: `percent` is where its assignment stands, `reported_percent` what the report says.

    `percent` is None before a report was accepted.
    """

    report_id: int
    item: Heading
    place: str  # the item's label, with its section where numbering restarts
    agency: Agency
    percent: int | None
    reported_percent: int
    days: int


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something that falls due: an item, or the period's reports when `standing` is None."""

    due_on: date
    days: int
    standing: HeadingStanding | None


def upcoming(items: Iterable[HeadingStanding], reports_due: date | None, day: date) -> list[Upcoming]:
    """What falls due soon, the nearest first: running items, and reports that are still to be filed."""
    until = day + timedelta(days=UPCOMING_DAYS)
    due = [
        Upcoming(standing.due_on, (standing.due_on - day).days, standing)
        for standing in items
        if standing.due_on and day <= standing.due_on <= until and standing.light.is_running
    ]
    if reports_due and day <= reports_due <= until:
        due.append(Upcoming(reports_due, (reports_due - day).days, None))
    return sorted(due, key=lambda entry: entry.due_on)


def _restarts(items: Collection[HeadingStanding]) -> bool:
    """Whether a label alone doesn't say which item it is."""
    return len({standing.item.label for standing in items}) < len(items)


def tiles(items: Sequence[HeadingStanding]) -> list[Tile]:
    """Counts the items under each light: the usual ones always, the others where there are any."""
    restarts = _restarts(items)
    by_light: dict[Light, list[Heading]] = {light: [] for light in Light}
    for standing in items:
        by_light[standing.light].append(standing.item)
    return [
        Tile(light, len(shown), _labels(shown[:NAMED], restarts=restarts) + "等" * (len(shown) > NAMED))
        for light, shown in by_light.items()
        if shown or light in USUAL
    ]


def _labels(items: Iterable[Heading], *, restarts: bool) -> str:
    """「（一）（三）」; where numbering restarts, under their sections: 「第一部分（一）（三），第二部分（一）」."""
    if not restarts:
        return "".join(item.label for item in items)
    parts = groupby(items, key=lambda item: item.section.number)
    return "，".join(
        f"第{chinese_numeral(number)}部分{''.join(item.label for item in within)}" for number, within in parts
    )


def waiting_rows(
    reports: Iterable[Filed],
    rows: Mapping[int, Standing],
    items: Mapping[int, HeadingStanding],
    agencies: Mapping[int, Agency],
    day: date,
) -> list[Waiting]:
    """Puts reports that wait beside where their assignments stand."""
    restarts = _restarts(items.values())

    def waiting(report: Filed, row: Standing) -> Waiting:
        item = items[row.item_id].item
        return Waiting(
            report_id=report.pk,
            item=item,
            place=_labels([item], restarts=restarts),
            agency=agencies[row.agency_id],
            percent=row.percent if row.has_accepted else None,
            reported_percent=report.percent,
            days=(day - timezone.localdate(report.recorded_at)).days,
        )

    return [waiting(report, rows[report.assignment_id]) for report in reports]


def percent_if_accepted(items: Sequence[HeadingStanding], waiting: Iterable[Filed]) -> float:
    """Reckons what the mean of the items would be if all of these reports were accepted."""
    hoped = {report.assignment_id: report.percent for report in waiting}
    return mean([item_percent(part.leads, hoped) for part in averaged(items)])


def section_rows(items: Iterable[HeadingStanding]) -> list[SectionRow]:
    """Puts the items under their sections, both in the notice's order."""
    by_section: dict[Section, list[HeadingStanding]] = {}
    for standing in items:
        by_section.setdefault(standing.item.section, []).append(standing)
    return [SectionRow(section, total(parts), parts) for section, parts in by_section.items()]


def agency_rows(
    rows: Iterable[Standing], agencies: Mapping[int, Agency], unfiled: Mapping[int, int]
) -> list[AgencyRow]:
    """Gives each agency its rows, in the fixed order of agencies; `unfiled` counts the reports that it still owes."""
    leads: dict[int, list[Standing]] = defaultdict(list)
    assists: dict[int, list[Standing]] = defaultdict(list)
    for row in rows:
        if row.is_lead:
            leads[row.agency_id].append(row)
        else:
            assists[row.agency_id].append(row)
    return [
        AgencyRow(
            agency=agency,
            leads=leads[pk],
            assists=assists[pk],
            total=total(leads[pk]),
            unfiled=unfiled[pk],
        )
        for pk, agency in sorted(agencies.items(), key=lambda pair: (pair[1].ordinal, pair[0]))
    ]


def changes_today(
    items: Iterable[HeadingStanding], plan: Plan, day: date, names: Mapping[int, str]
) -> list[LightChange]:
    """Which lights are others today than the daily round last recorded."""
    return [
        LightChange(
            item_id=standing.pk,
            day=day,
            light=standing.light,
            previous=standing.item.recorded_light,
            reason=because(standing, plan, day, names),
        )
        for standing in items
        if standing.item.recorded_light not in (None, standing.light)
    ]


def unassigned(items: Iterable[HeadingStanding]) -> list[Heading]:
    """The items without a lead (未明确单位), for which somebody has to be found."""
    return [standing.item for standing in items if standing.light == Light.UNASSIGNED]
