"""What 变更记录 and 安全日志 share: days and request number, pages, and the hashes by which rows are chained."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import django_filters as filters
from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from agencies.chain import ChainedRow, ChainOfRows
from qa_plan.clock import at, end_of
from tasks.http.lists import DayFilter, FilterSet

ROWS_PER_PAGE = 50
Columns = dict[str, Callable[[Any], object]]  # by its heading, what each column of the table to take away holds
HASH: Columns = {"校验码": lambda row: row.hash}
SM3: Columns = {"SM3校验码": lambda row: row.sm3}


class RecordFilter(FilterSet):
    """Narrows a record; every filter is a parameter of the address, and the export takes the same."""

    after = DayFilter(label="自", method="by_first_day")
    before = DayFilter(label="至", method="by_last_day")
    request = filters.UUIDFilter(
        label="操作编号",
        field_name="request_id",
        widget=forms.TextInput(attrs={"maxlength": 36}),
        error_messages={"invalid": "操作编号应为36位编号，如页面所示。"},
    )

    def by_first_day(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(recorded_at__gte=at(value))

    def by_last_day(self, queryset: QuerySet, name: str, value: Any) -> QuerySet:
        return queryset.filter(recorded_at__lte=end_of(value))


class RecordPage:
    """The page shows what the filter finds, newest first. A filter that makes no sense finds nothing and says where."""

    columns: Columns
    chain: type[ChainOfRows]

    def __init__(self, narrowed: RecordFilter) -> None:
        self.filter = narrowed
        self.form = narrowed.form
        self.is_valid = narrowed.is_valid()

    @cached_property
    def found(self) -> QuerySet[ChainedRow]:
        return self.filter.qs if self.is_valid else self.filter.queryset.none()

    def page(self, number: str | None) -> Page:
        return Paginator(self.found, ROWS_PER_PAGE).get_page(number)

    @property
    def is_narrowed(self) -> bool:
        return any(self.form.data.get(name) for name in self.filter.base_filters)

    @cached_property
    def exported(self) -> Columns:
        """The columns of the table to take away; SM3 among them once any row has one."""
        has_sm3 = self.chain._default_manager.exclude(sm3_head="").exists()
        return {**self.columns, **HASH, **(SM3 if has_sm3 else {})}
