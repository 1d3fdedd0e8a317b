"""What both ledgers' filters share. The address is the view: every filter is a parameter, and so are sort and page.

Light and pace are decided in Python by the one rule, so filtering by them reads the standings once and keeps their
keys.
"""

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from tasks.http.fields import DayInput
from tasks.http.lists import FilterSet, NumberFilter
from tasks.http.selection import keys_in
from tasks.models import Plan, ReportingPeriod
from tasks.pages.ledger.columns import ITEM_COLUMNS, Column, hideable
from tasks.rules.asof import AsOf
from tasks.rules.due_dates import DueSource
from tasks.rules.status import Light, Pace
from tasks.standing import kept


def words(where: str) -> filters.CharFilter:
    """A filter by words, which says where it looks for them."""
    return filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.SearchInput(attrs={"maxlength": 100, "placeholder": f"{where}中的词"}),
    )


ONCE_RED = ("once_red", "曾逾期")


BY_RULE = frozenset({"light", "pace"})  # what the one rule decides, and the standings tell


class LedgerFilter(FilterSet):
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
        self, data: Any, queryset: QuerySet, *, plan: Plan, as_of: AsOf, periods: Sequence[ReportingPeriod] = ()
    ) -> None:
        """`periods` are those that have opened, the last one of them the current one."""
        super().__init__(
            data if any(map(data.get, self.base_filters)) else None, queryset
        )  # a form costs a page dearly
        self.plan = plan
        self.as_of = as_of
        self.periods = periods
        self.period = periods[-1] if periods else None
        self.readings = kept.of(plan, as_of)

    @property
    def asked(self) -> set[str]:
        """The filters that leave rows out; those that make no sense leave none."""
        return {name for name, value in self.chosen.items() if value and name != "hide"}

    @property
    def chosen(self) -> dict[str, Any]:
        """By filter what makes sense of what was asked."""
        if not self.is_bound:
            return {}
        self.form.is_valid()
        chosen: dict[str, Any] = self.form.cleaned_data
        return chosen

    @property
    def hidden(self) -> list[str]:
        """The columns that are not shown."""
        return self.chosen.get("hide") or []

    def drawn(self, key: Hashable, draw: Callable[[], SafeString]) -> SafeString:
        """A part of its page that shows what is asked; of a ledger that isn't asked for less, drawn once for all."""
        return draw() if self.is_bound else self.readings.derived(("drawn", self.what, key), draw)

    @property
    def makes_sense(self) -> bool:
        """Whether all that is asked does; where nothing is, it does."""
        return not self.is_bound or self.form.is_valid()

    @property
    def told_by_standings(self) -> int | None:
        """How many rows are left, where the standings say it; None where the database has to be asked."""
        if not self.asked <= self.told:
            return None
        rows: Collection[Any] = self.standings().values()
        for name in self.asked:
            rows = [*filter(self.tells(name, self.chosen[name]), rows)]
        return len(rows)

    @property
    def told(self) -> frozenset[str]:
        """The filters whose rows can be counted by what is kept of the plan."""
        return BY_RULE

    def tells(self, name: str, value: Any) -> Callable[[Any], bool]:
        """Whether a standing is one that a filter of `told` asks for."""
        return lambda row: getattr(row, name) in value

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        return super().filter_queryset(queryset if self.asked <= self.lean else self.read(queryset))

    @property
    def lean(self) -> set[str]:
        """The filters that need nothing looked up in the database: the bare ones, and what the standings tell."""
        return {*self.bare, *BY_RULE}

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
