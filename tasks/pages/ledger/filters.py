"""The ledgers' filters. The address is the view: every filter is a parameter, and so are sort and page.

Light and pace are decided in Python by the one rule, so filtering by them reads the standings once and keeps their
keys.
"""

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet, Value

from tasks.http.fields import DayInput, FilterForm
from tasks.http.lists import NumberFilter
from tasks.http.selection import keys_in
from tasks.models import ActionItem, Assignment, Plan, ProgressReport, ReportingPeriod
from tasks.models.obligation import Obligation, obligation_in
from tasks.pages.ledger.columns import ASSIGNMENT_COLUMNS, ITEM_COLUMNS, Column, hideable
from tasks.pages.ledger.questions import items_saying, parts_standing_at, reports_saying
from tasks.rules.asof import AsOf
from tasks.rules.due_dates import DueSource
from tasks.rules.status import Light, Pace
from tasks.standing import kept
from tasks.standing.course import SETTLING, State, in_state
from tasks.standing.filing import FILED, UNFILED, Filing, filing_in
from tasks.standing.rollup import ItemStanding, Standing, item_standings
from tasks.standing.whole_plan import due_dates, standings


def words(where: str) -> filters.CharFilter:
    """A filter by words, which says where it looks for them."""
    return filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.SearchInput(attrs={"maxlength": 100, "placeholder": f"{where}中的词"}),
    )


REPORT_GROUPS = {"filed": FILED, "unfiled": UNFILED}
QUEUE = "queue"
ONCE_RED, WAITS_TO_CLOSE = ("once_red", "曾逾期"), ("settling", SETTLING)
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


class LedgerFilter(filters.FilterSet):
    """What both ledgers share. `plan` and `as_of` say what the words mean.

    Rows are chosen among bare ones where that is possible; `read` adds where they stand.
    """

    what: str  # a row is called in addresses
    handle: str  # what it is named by there
    columns: Sequence[Column]
    bare: tuple[str, ...] = ("section", "agency", "only")  # the filters that ask for nothing that must be looked up

    section = NumberFilter(label="部分")
    agency = NumberFilter(label="单位")
    light = filters.MultipleChoiceFilter(label="亮灯", choices=Light.choices, method="by_light")
    pace = filters.MultipleChoiceFilter(label="进度类别", choices=Pace.choices, method="by_pace")
    course = filters.ChoiceFilter(label="经过", choices=[ONCE_RED], method="by_course")
    due_after = filters.DateFilter(label="完成时限起", field_name="due_on", lookup_expr="gte", widget=DayInput)
    due_before = filters.DateFilter(label="完成时限止", field_name="due_on", lookup_expr="lte", widget=DayInput)
    source = filters.ChoiceFilter(label="时限出处", choices=DueSource.choices, method="by_source")
    q = words("任务、原文、报告")
    hide = filters.MultipleChoiceFilter(label="不显示的列", method="as_it_is", choices=hideable(ITEM_COLUMNS))
    only = filters.CharFilter(method="by_choice", widget=forms.HiddenInput)

    def __init__(
        self, data: Any, queryset: QuerySet, *, plan: Plan, as_of: AsOf, period: ReportingPeriod | None = None
    ) -> None:
        super().__init__(data, queryset)
        self.plan = plan
        self.as_of = as_of
        self.period = period
        self.readings = kept.of(plan, as_of)

    @property
    def asked(self) -> set[str]:
        """The filters that leave rows out; those that make no sense leave none."""
        return {name for name, value in self.chosen.items() if value and name != "hide"}

    @property
    def chosen(self) -> dict[str, Any]:
        """By filter what makes sense of what was asked."""
        self.form.is_valid()
        chosen: dict[str, Any] = self.form.cleaned_data
        return chosen

    @property
    def hidden(self) -> list[str]:
        """The columns that are not shown."""
        return self.chosen.get("hide") or []

    @property
    def told_by_standings(self) -> int | None:
        """How many rows are left, where the standings say it; None where the database has to be asked."""
        chosen = {name: self.chosen[name] for name in self.asked}
        if not chosen or not chosen.keys() <= {"light", "pace"}:
            return None
        rows = self.standings().values()
        return sum(all(getattr(row, name) in values for name, values in chosen.items()) for row in rows)

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        return super().filter_queryset(queryset if self.asked <= self.lean else self.read(queryset))

    @property
    def lean(self) -> set[str]:
        """The filters that need nothing looked up in the database: the bare ones, and what the standings tell."""
        return {*self.bare, "light", "pace"}

    def read(self, queryset: Any) -> QuerySet:
        raise NotImplementedError

    def rows(self, queryset: QuerySet) -> list[Any]:
        """The standings of what is left so far, with `light`, `pace` and `pk`."""
        known = self.standings()
        return (
            [known[pk] for pk in queryset.order_by().values_list("pk", flat=True)] if self.asked else [*known.values()]
        )

    def sorted_by(self, column: Column, *, descending: bool) -> list[int]:
        """The keys of what the filters leave in the order of a column that the standings tell."""
        queryset = self.qs

        def reckon() -> list[int]:
            return [row.pk for row in sorted(self.rows(queryset), key=column.key, reverse=descending)]

        if self.asked:
            return reckon()
        return self.readings.derived((type(self), column.name, descending), reckon)

    def standings(self) -> dict[int, Any]:
        """Those of the whole plan by their keys."""
        raise NotImplementedError

    @property
    def handles(self) -> list[int]:
        """What the rows that the filter leaves are named by in addresses."""
        return list(self.qs.order_by().values_list(self.handle, flat=True))

    def by_choice(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        """Only the rows that were chosen, as `tasks.http.selection` writes them."""
        return queryset.filter(**{f"{self.handle}__in": list(keys_in(value))})

    def as_it_is(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        """A column that is not shown leaves no row out."""
        return queryset

    def by_light(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return self._having(queryset, "light", value)

    def by_pace(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        return self._having(queryset, "pace", value)

    def _having(self, queryset: QuerySet, name: str, value: list[str]) -> QuerySet:
        if not value:
            return queryset
        return queryset.filter(pk__in=[pk for pk, row in self.standings().items() if getattr(row, name) in value])


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
        return self.readings.derived("standings", self._standings)

    def _standings(self) -> dict[int, Standing]:
        by_task = standings(self.readings, self.plan, self.as_of, self.period)
        return {row.pk: row for rows in by_task.values() for row in rows}

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
        return queryset.with_course(self.as_of.moment).filter(in_state(State(value)))

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
