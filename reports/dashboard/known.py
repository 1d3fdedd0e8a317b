"""What an overview reads of a plan: its items, where their assignments stand, its periods, and what was filed."""

from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Iterable
from operator import attrgetter
from threading import RLock

from django.utils.safestring import SafeString

from reports.dashboard.listings import Heading, HeadingStanding, headings_of
from reports.dashboard.locked_property import locked_property
from tasks.models import Assignment, Plan, ReportingPeriod, Section
from tasks.rules.asof import AsOf
from tasks.standing.filing import Filed, opened_periods
from tasks.standing.kept import Readings
from tasks.standing.rollup import Standing, item_standings
from tasks.standing.whole_plan import reports, standings

DRAWN = 8  # parts of pages that are kept of it: a page for each right and each page of a list


class Known:
    """A plan or one section of it on a day. The whole plan is read, by item, and kept in its `readings`."""

    def __init__(
        self, plan: Plan, as_of: AsOf, section: Section | None = None, readings: Readings | None = None
    ) -> None:
        self.plan = plan
        self.readings = readings or Readings()  # of the whole plan
        self.as_of = as_of
        self.day = as_of.day
        self.section = section
        self.lock = RLock()
        self._drawn: OrderedDict[Hashable, SafeString] = OrderedDict()

    def drawn(self, key: Hashable, draw: Callable[[], SafeString]) -> SafeString:
        """A part of a page that shows it, drawn once by each key; those that were asked for last are kept."""
        with self.lock:
            if key not in self._drawn:
                self._drawn[key] = draw()
            self._drawn.move_to_end(key)
            while len(self._drawn) > DRAWN:
                self._drawn.popitem(last=False)
            return self._drawn[key]

    @property
    def _all_headings(self) -> dict[int, Heading]:
        """Every item that the plan had, in the notice's order; their long texts are left in the database."""

        def read(tasks: Collection[int] | None) -> Iterable[tuple[int, Heading]]:
            items = self.plan.items.existing(self.as_of.moment)
            if tasks is not None:
                items = items.filter(pk__in=tasks)
            return ((heading.pk, heading) for heading in headings_of(self.plan, items, self.as_of))

        return self.readings.part("headings", read)

    @locked_property
    def headings(self) -> list[Heading]:
        """Every item is named in the notice's order."""
        within = self.section and self.section.pk
        named = [heading for heading in self._all_headings.values() if not within or heading.section.pk == within]
        return sorted(named, key=attrgetter("place"))

    @property
    def _all_rows(self) -> dict[int, list[Standing]]:
        due = {key: heading.due_on for key, heading in self._all_headings.items()}
        return standings(self.readings, self.plan, self.as_of, self.period, due)

    @locked_property
    def rows(self) -> list[Standing]:
        by_item = self._all_rows
        return [row for heading in self.headings for row in by_item.get(heading.pk, ())]

    @locked_property
    def items(self) -> list[HeadingStanding]:
        def read(tasks: Collection[int] | None) -> Iterable[tuple[int, HeadingStanding]]:
            headings, rows = self._all_headings, self._all_rows
            asked = [headings[key] for key in (headings if tasks is None else tasks)]
            of_asked = (row for heading in asked for row in rows.get(heading.pk, ()))
            return ((each.pk, each) for each in item_standings(asked, of_asked, self.plan, self.day))

        by_item = self.readings.part("items", read)
        return [by_item[heading.pk] for heading in self.headings]

    @locked_property
    def periods(self) -> list[ReportingPeriod]:
        return opened_periods(self.plan, self.day)

    @locked_property
    def period(self) -> ReportingPeriod | None:
        return self.periods[-1] if self.periods else None

    @locked_property
    def reports(self) -> list[Filed]:
        """The current period's reports and what still waits from earlier ones, newest first."""
        within = self.section and self.section.pk
        by_item = reports(self.readings, self.as_of, self.periods).values()
        filed = [report for of_item in by_item for section, report in of_item if not within or section == within]
        return sorted(filed, key=attrgetter("recorded_at", "pk"), reverse=True)

    @locked_property
    def obligations(self) -> list[tuple[int, int, str]]:
        """Which assignments of which agencies are 应报 or 免报; of a closed period, those of whoever had them then."""
        if self.period is None:
            return []
        if self.as_of.moment <= self.period.closes_at:
            return [(row.pk, row.agency_id, row.obligation) for row in self.rows if row.obligation]
        reporting = Assignment.objects.reporting(self.period.terms_at(self.as_of.moment))
        columns = ("pk", "agency_id", "obligation")
        within = {"item__section": self.section} if self.section else {}
        return list(reporting.filter(**within).values_list(*columns))
