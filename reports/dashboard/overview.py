"""The numbers of the dashboard, of sections and of agencies come from one reading of the plan's standings.

Every figure here has its rows beside it, so that a page can lead from the number to what made it.
"""

from collections import Counter
from datetime import date, timedelta

from agencies.models import Agency
from reports.dashboard.curve import Curve, curve
from reports.dashboard.known import Known
from reports.dashboard.listings import (
    USUAL,
    AgencyRow,
    HeadingStanding,
    SectionRow,
    Tile,
    Upcoming,
    Waiting,
    agency_rows,
    changes_today,
    percent_if_accepted,
    section_rows,
    tiles,
    upcoming,
    waiting_rows,
)
from reports.dashboard.locked_property import locked_property
from reports.dashboard.questions import agencies_by_key
from tasks.models import LightChange, WorkdayOverride
from tasks.models.obligation import Obligation
from tasks.rules.due_dates import DueSource
from tasks.rules.status import Light, Pace, Thresholds
from tasks.rules.workdays import workdays_until
from tasks.standing.filing import (
    FILED,
    Filed,
    Filing,
    FilingCount,
    count_filings,
    filings_in,
    late_filings,
    waiting_at,
)
from tasks.standing.rollup import (
    Standing,
    Total,
    thresholds_on,
    total,
)
from tasks.standing.trend import Trend, kept_trend

WAITING_NAMED = 8
CHANGES_OF_DAYS = 14
CHANGES_SHOWN = 18  # one more is read, to know whether there are more


class Overview(Known):
    """A plan or one section of it stands so on a day. It is read on first use and once; the rest is derived in memory.

    Threads may share it: each thing is reckoned once, and nothing in it is changed afterwards.
    """

    @locked_property
    def has_inferred(self) -> bool:
        """Whether any item's due date is one that the notice doesn't write."""
        return any(item.due_source == DueSource.INFERRED for item in self.headings)

    @locked_property
    def item_of(self) -> dict[int, HeadingStanding]:
        return {standing.item.pk: standing for standing in self.items}

    @locked_property
    def whole(self) -> Total:
        return total(self.items)

    @locked_property
    def sections(self) -> list[SectionRow]:
        return section_rows(self.items)

    @locked_property
    def section_of(self) -> dict[int, SectionRow]:
        return {row.section.pk: row for row in self.sections}

    @locked_property
    def agencies(self) -> dict[int, Agency]:
        """The agencies that have a part in the plan, in their fixed order."""
        return {agency.pk: agency for agency in agencies_by_key(keys=list({row.agency_id for row in self.rows}))}

    @locked_property
    def names(self) -> dict[int, str]:
        return {pk: agency.name for pk, agency in self.agencies.items()}

    @property
    def thresholds(self) -> Thresholds:
        return thresholds_on(self.plan, self.day)

    @locked_property
    def lights_present(self) -> list[Tile]:
        return [tile for tile in self.tiles if tile.size]

    @locked_property
    def tiles(self) -> list[Tile]:
        return tiles(self.items)

    @locked_property
    def legend(self) -> list[Light]:
        """The lights that the matrix explains: the usual ones, and what else it shows."""
        shown = {standing.light for standing in self.items} | {row.light for row in self.rows if row.light}
        return [light for light in Light if light in USUAL or light in shown]

    @locked_property
    def lights_apart(self) -> list[Light]:
        """What agencies are counted by beside 逾期 and 滞后: 临期, 已办结, and the other ends that some lead has."""
        ends = {row.light for row in self.rows} & {Light.SUSPENDED, Light.CANCELLED}
        return [Light.BLUE, Light.GREY, *(light for light in Light if light in ends)]

    @locked_property
    def paces(self) -> dict[str, int]:
        return {pace.value: sum(standing.pace == pace for standing in self.items) for pace in Pace}

    @locked_property
    def once_red(self) -> int:
        """曾逾期: counts the items that were red and are no more."""
        return sum(standing.item.was_red and standing.light != Light.RED for standing in self.items)

    @locked_property
    def settling(self) -> int:
        """待销号: counts the leads that wait for the office to close them."""
        return sum(item.settling or 0 for item in self.headings)

    # ── filing ──

    @locked_property
    def filings(self) -> dict[int, Filing]:
        return filings_in(self.period, self.reports) if self.period else {}

    @locked_property
    def filing(self) -> FilingCount | None:
        obligations = ((pk, obligation) for pk, _, obligation in self.obligations)
        late = late_filings(self.period, self.reports) if self.period else ()
        return count_filings(self.period, obligations, self.filings, late) if self.period else None

    @locked_property
    def unfiled(self) -> Counter[int]:
        """Counts by agency what is 未报: 应报 and not 已报."""
        states = self.filings
        owed = ((pk, agency) for pk, agency, obligation in self.obligations if obligation == Obligation.OWED)
        return Counter(agency for pk, agency in owed if states.get(pk) not in FILED)

    @locked_property
    def row_of(self) -> dict[int, Standing]:
        return {row.pk: row for row in self.rows}

    @locked_property
    def waiting(self) -> list[Filed]:
        """The plan's part of the queue, the longest waiting first, earlier periods included."""
        waiting, in_force = waiting_at(self.as_of.moment, reversed(self.reports)), self.row_of
        return [report for report in waiting if report.assignment_id in in_force]

    @locked_property
    def waiting_longest(self) -> list[Waiting]:
        """The first of the queue, as the page names them."""
        return waiting_rows(self.waiting[:WAITING_NAMED], self.row_of, self.item_of, self.agencies, self.day)

    @property
    def waiting_unnamed(self) -> int:
        return len(self.waiting) - len(self.waiting_longest)

    @locked_property
    def waiting_now(self) -> list[Filed]:
        """What waits of the current period: of an earlier one a newer report may count already."""
        return [report for report in self.waiting if self.period and report.period_id == self.period.pk]

    @locked_property
    def percent_if_accepted(self) -> float:
        """What the whole would come to if everything that waits of the current period were accepted."""
        return percent_if_accepted(self.items, self.waiting_now)

    # ── agencies ──

    @locked_property
    def agency_rows(self) -> list[AgencyRow]:
        return agency_rows(self.rows, self.agencies, self.unfiled)

    @property
    def lead_count(self) -> int:
        return sum(row.is_lead for row in self.rows)

    @property
    def assist_count(self) -> int:
        return len(self.rows) - self.lead_count

    @property
    def lead_mean(self) -> float:
        """The mean of all lead assignments; it is not the plan's, which is the mean of its items."""
        return total(self.leads).percent

    @property
    def leads(self) -> list[Standing]:
        return [row for row in self.rows if row.is_lead]

    @property
    def is_unreported(self) -> bool:
        """Whether no report that counts was ever accepted: the plan's 0 is what nobody has reported."""
        return self.whole.unreported == self.whole.counted

    @locked_property
    def unreported(self) -> int:
        """How many leads count as 0 in the means, since no report of them was ever accepted."""
        return total(self.leads).unreported

    @locked_property
    def late_agencies(self) -> list[AgencyRow]:
        """The agencies with something late or unfiled, ordered by what is late."""
        return [row for row in self.agencies_by_lateness if row.reds or row.yellows or row.unfiled]

    @locked_property
    def agencies_by_lateness(self) -> list[AgencyRow]:
        return sorted(self.agency_rows, key=lambda row: (-row.reds, -row.yellows, -row.unfiled, row.total.percent))

    # ── over time ──

    @locked_property
    def history(self) -> list[tuple[date, float, float]]:
        snapshots = self.plan.snapshots.filter(day__lt=self.day).order_by("day")
        return list(snapshots.values_list("day", "percent", "expected_percent"))

    @locked_property
    def curve(self) -> Curve:
        return curve(self.plan, history=self.history, items=self.items, whole=self.whole, day=self.day)

    @locked_property
    def trend(self) -> Trend:
        """How agencies and sections stood at the close of each period that has closed."""
        return kept_trend(self.readings, self.plan, [period for period in self.periods if period.due_on < self.day])

    @locked_property
    def before(self) -> tuple[date, float, float] | None:
        """The recorded point from which the recent changes are told."""
        start = self.day - timedelta(days=CHANGES_OF_DAYS)
        return next((point for point in reversed(self.history) if point[0] <= start), None)

    @locked_property
    def changes(self) -> list[LightChange]:
        """Which lights changed in the last two weeks, newest first; today's are told before they are recorded."""
        start = self.day - timedelta(days=CHANGES_OF_DAYS)
        recorded = LightChange.objects.filter(item__plan=self.plan, day__gt=start, day__lt=self.day)
        today = changes_today(self.items, self.plan, self.day, self.names)
        earlier = recorded.exclude(previous="").order_by("-day", "item_id")
        return [*today, *earlier[: CHANGES_SHOWN + 1]][: CHANGES_SHOWN + 1]

    @locked_property
    def upcoming(self) -> list[Upcoming]:
        """What falls due in the coming 30 days, the nearest first; ended items don't."""
        asked = self.period if self.filing and self.filing.unfiled else None
        return upcoming(self.items, asked.due_on if asked else None, self.day)

    @locked_property
    def workdays_left(self) -> int:
        """Counts the working days until the period's reports are due."""
        overrides = WorkdayOverride.objects.as_overrides()
        return workdays_until(self.day, self.period.due_on, overrides) if self.period else 0
