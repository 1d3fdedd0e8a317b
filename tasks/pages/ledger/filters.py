"""The filter of each ledger: what only items, or only assignments, can be asked for."""

from collections.abc import Callable
from itertools import chain
from typing import Any, NamedTuple

import django_filters as filters
from django.db.models import Q, QuerySet, Value

from tasks.http.fields import FilterForm
from tasks.http.lists import NumberFilter
from tasks.models import ActionItem, Assignment, ProgressReport
from tasks.models.obligation import Obligation, obligation_in
from tasks.pages.ledger.base_filter import BY_RULE, ONCE_RED, LedgerFilter, words
from tasks.pages.ledger.columns import ASSIGNMENT_COLUMNS, ITEM_COLUMNS, hideable
from tasks.pages.ledger.questions import items_saying, parts_standing_at, reports_saying
from tasks.rules.status import Light
from tasks.standing.course import SETTLING, State, in_state
from tasks.standing.filing import FILED, UNFILED, Filing, filing_in, filings_in, waiting_at
from tasks.standing.rollup import ItemStanding, Standing, item_standings
from tasks.standing.whole_plan import due_dates, reports, standings

REPORT_GROUPS = {"filed": FILED, "unfiled": UNFILED}
QUEUE = "queue"
WAITS_TO_CLOSE = ("settling", SETTLING)
REPORT_CHOICES = [
    (Obligation.OWED.value, Obligation.OWED.label),
    ("filed", "已报"),
    ("unfiled", "未报"),
    *Filing.choices,
    (QUEUE, "待审（不限本期）"),
]


class Numbered(NamedTuple):
    """As much of an item as its standing needs."""

    pk: int


class AssignmentFilter(LedgerFilter):
    what, handle = "assignment", "pk"
    columns = ASSIGNMENT_COLUMNS
    bare = ("section", "agency", "role", "only")

    section = NumberFilter(label="部分", field_name="item__section__number")
    agency = NumberFilter(label="单位", field_name="agency_id")
    role = filters.ChoiceFilter(label="角色", choices=Assignment.Role.choices)
    report = filters.ChoiceFilter(label="本期", label_suffix="报告", choices=REPORT_CHOICES, method="by_report")
    state = filters.ChoiceFilter(label="状态", choices=State.choices, method="by_state")
    course = filters.ChoiceFilter(label="经过", choices=[ONCE_RED, WAITS_TO_CLOSE], method="by_course")
    q = words("任务、原文、单位、报告")
    hide = filters.MultipleChoiceFilter(label="不显示的列", method="as_it_is", choices=hideable(ASSIGNMENT_COLUMNS))

    class Meta:
        model = Assignment
        form = FilterForm
        fields = (
            "section",
            "agency",
            "role",
            "report",
            "state",
            "light",
            "pace",
            "course",
            "due_after",
            "due_before",
            "source",
            "q",
            "hide",
            "only",
        )

    def read(self, queryset: Any) -> QuerySet:
        moment, period = self.as_of.moment, self.period
        return queryset.with_standing(moment, obligation_in(period.terms_at(moment)) if period else Value(""))

    def standings(self) -> dict[int, Standing]:
        by_task = standings(self.readings, self.plan, self.as_of, self.period)
        return self.readings.derived(
            "standings", lambda: {row.pk: row for rows in by_task.values() for row in rows}, by_task
        )

    @property
    def told(self) -> frozenset[str]:
        """The reports of a plan at which nobody looks again are not read for their number: the database has it."""
        return BY_RULE | {"role"} | ({"report"} if self.readings.was_renewed else set())

    def tells(self, name: str, value: Any) -> Callable[[Standing], bool]:
        if name == "role":
            return lambda row: row.is_lead == (value == Assignment.Role.LEAD)
        return self._tells_report(value) if name == "report" else super().tells(name, value)

    def _tells_report(self, value: str) -> Callable[[Standing], bool]:
        """The same as `by_report`, of what is kept of the plan's reports."""
        by_task = reports(self.readings, self.as_of, self.periods)
        filed = [report for of_task in by_task.values() for _, report in of_task]
        if value == QUEUE:
            waiting = {report.assignment_id for report in waiting_at(self.as_of.moment, filed)}
            return lambda row: row.pk in waiting
        if value in Obligation:
            return lambda row: row.obligation == value
        newest = filings_in(self.period, filed) if self.period else {}
        wanted = REPORT_GROUPS.get(value, (value,))
        return lambda row: row.owes and newest.get(row.pk, Filing.MISSING) in wanted

    def by_report(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Of those that owe a report in the current period, those whose report stands so; or what else is asked."""
        if value == QUEUE:
            return queryset.filter(pk__in=ProgressReport.objects.waiting(self.as_of.moment).values("assignment"))
        if value in Obligation:
            return queryset.filter(obligation=value)
        newest = filing_in(self.period, self.as_of.moment)
        wanted = REPORT_GROUPS.get(value, (value,))
        return queryset.annotate(filing=newest).filter(obligation=Obligation.OWED, filing__in=wanted)

    def by_state(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.with_state(self.as_of.moment).filter(in_state(State(value)))

    def by_source(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.with_due_source(self.as_of.moment).filter(due_source=value)

    def by_course(self, queryset: Any, name: str, value: str) -> QuerySet:
        """曾逾期, what was once red and isn't now, or 待销号: of leads, since an assisting assignment is neither."""
        leads = queryset.filter(role=Assignment.Role.LEAD)
        if value == WAITS_TO_CLOSE[0]:
            return leads.settling(self.as_of.moment)
        once_red = leads.with_once_red(self.as_of.day, self.as_of.moment).filter(was_red=True)
        return once_red.filter(pk__in=[pk for pk, row in self.standings().items() if row.light != Light.RED])

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Every word by itself, in the item, the agency's name, or the report at which the assignment stands."""
        for word in value.split():
            queryset = queryset.filter(
                Q(item__in=items_saying(self.plan, word))
                | Q(agency__name__icontains=word)
                | Q(standing_report__in=reports_saying(self.plan, word))
            )
        return queryset


class ItemFilter(LedgerFilter):
    what, handle = "item", "number"
    columns = ITEM_COLUMNS

    section = NumberFilter(label="部分", field_name="section__number")
    agency = NumberFilter(label="单位", method="by_agency")

    class Meta:
        model = ActionItem
        form = FilterForm
        fields = (
            *("section", "agency", "light", "pace", "course", "due_after", "due_before", "source", "q", "hide", "only"),
        )

    def read(self, queryset: Any) -> QuerySet:
        return queryset.as_of(self.as_of.moment)

    def standings(self) -> dict[int, ItemStanding[Any]]:
        return self.readings.derived("items", self._standings)

    def _standings(self) -> dict[int, ItemStanding[Any]]:
        due = due_dates(self.readings, self.plan, self.as_of)
        rows = chain.from_iterable(standings(self.readings, self.plan, self.as_of, self.period, due).values())
        items = [Numbered(pk) for pk in due]
        return {standing.pk: standing for standing in item_standings(items, rows, self.plan, self.as_of.day)}

    @property
    def told_by_standings(self) -> int | None:
        """Not of all items: their number is had for less than their standings."""
        return super().told_by_standings if self.asked else None

    def by_course(self, queryset: Any, name: str, value: str) -> QuerySet:
        """曾逾期: what was once red and isn't now; what is red now is found by its light."""
        once_red = queryset.once_red(self.as_of.day)
        return once_red.filter(pk__in=[pk for pk, row in self.standings().items() if row.light != Light.RED])

    def by_agency(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        concerned = Assignment.objects.in_force(self.as_of.moment).filter(agency_id=value)
        return queryset.filter(pk__in=concerned.values("item"))

    def by_source(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.filter(due_source=value)

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Every word by itself, in the item or in a report at which one of its parts stands."""
        for word in value.split():
            said = parts_standing_at(reports_saying(self.plan, word), self.plan, self.as_of)
            queryset = queryset.filter(Q(pk__in=items_saying(self.plan, word)) | Q(pk__in=said.values("item")))
        return queryset
