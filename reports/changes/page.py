"""变更记录 as coordinators and administrators see it: what the filter finds, on pages and as a table to take away."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import django_filters as filters
from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone

from agencies.models import Change, User
from qa_plan.clock import at, end_of
from reports.changes.seeing import agencies_on_record, people_on_record, visible_changes
from reports.changes.words import FieldChange, field_changes, sentences, subject_kind
from tasks.http.fields import FilterForm
from tasks.http.lists import DayFilter, FilterSet, NumberFilter

ROWS_PER_PAGE = 50
SYSTEM = "0"  # in the filter by person: what no person did
EXPORTED: dict[str, Callable[[Change], object]] = {  # by its heading, what each column of the table holds
    "编号": lambda change: change.pk,
    "时间": lambda change: f"{timezone.localtime(change.recorded_at):%Y-%m-%d %H:%M:%S}",
    "操作人": lambda change: change.by_name,
    "用户名": lambda change: change.by.username if change.by else "",
    "操作": lambda change: change.action,
    "对象类型": subject_kind,
    "对象": lambda change: change.subject,
    "单位": lambda change: change.agency.name if change.agency else "",
    "变更内容": sentences,
    "原因": lambda change: change.reason,
    "操作编号": lambda change: change.request_id,
    "校验码": lambda change: change.hash,
}


class ChangeFilter(FilterSet):
    """Narrows the record; every filter is a parameter of the address, and the export takes the same."""

    after = DayFilter(label="自", method="by_first_day")
    before = DayFilter(label="至", method="by_last_day")
    person = NumberFilter(label="操作人", method="by_person")
    action = filters.CharFilter(
        label="操作",
        lookup_expr="icontains",
        max_length=50,
        widget=forms.TextInput(attrs={"list": "actions"}),
    )
    agency = NumberFilter(label="单位", method="by_agency")
    q = filters.CharFilter(
        label="关键词",
        method="by_words",
        max_length=100,
        widget=forms.SearchInput(attrs={"placeholder": "对象、原因中的词"}),
    )
    request = filters.UUIDFilter(
        label="操作编号",
        field_name="request_id",
        widget=forms.TextInput(attrs={"maxlength": 36}),
        error_messages={"invalid": "操作编号应为36位编号，如页面所示。"},
    )
    subject = filters.CharFilter(method="by_subject", max_length=110)

    class Meta:
        model = Change
        form = FilterForm
        fields = ("after", "before", "person", "action", "agency", "q", "request", "subject")

    def by_first_day(self, queryset: QuerySet[Change], name: str, value: Any) -> QuerySet[Change]:
        return queryset.filter(recorded_at__gte=at(value))

    def by_last_day(self, queryset: QuerySet[Change], name: str, value: Any) -> QuerySet[Change]:
        return queryset.filter(recorded_at__lte=end_of(value))

    def by_person(self, queryset: QuerySet[Change], name: str, value: int) -> QuerySet[Change]:
        return queryset.filter(by=value or None)

    def by_agency(self, queryset: QuerySet[Change], name: str, value: int) -> QuerySet[Change]:
        """Keeps what concerns the agency, changes of its own row included."""
        return queryset.filter(Q(agency=value) | Q(subject_type="agencies.agency", subject_id=str(value)))

    def by_words(self, queryset: QuerySet[Change], name: str, value: str) -> QuerySet[Change]:
        """Keeps changes in whose subject or reason every one of the words stands."""
        for word in value.split():
            queryset = queryset.filter(Q(subject__icontains=word) | Q(reason__icontains=word))
        return queryset

    def by_subject(self, queryset: QuerySet[Change], name: str, value: str) -> QuerySet[Change]:
        """Keeps all that happened to one thing, given as `tasks.assignment.12`."""
        kind, _, key = value.rpartition(".")
        return queryset.filter(subject_type=kind, subject_id=key)


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """One change as a row of the page shows it."""

    change: Change
    kind: str
    lines: list[FieldChange]

    @property
    def subject_key(self) -> str:
        return f"{self.change.subject_type}.{self.change.subject_id}"


class ChangesPage:
    """The page shows what the filter finds, newest first. A filter that makes no sense finds nothing and says where."""

    def __init__(self, query: Any, reader: User) -> None:
        self.reader = reader
        self.filter = ChangeFilter(query, visible_changes(reader).select_related("by", "agency"))
        self.form = self.filter.form
        self.is_valid = self.filter.is_valid()

    @cached_property
    def found(self) -> QuerySet[Change]:
        return self.filter.qs if self.is_valid else Change.objects.none()

    def page(self, number: str | None) -> Page:
        return Paginator(self.found, ROWS_PER_PAGE).get_page(number)

    @staticmethod
    def rows(page: Page) -> list[RecordedChange]:
        return [RecordedChange(change, subject_kind(change), field_changes(change)) for change in page.object_list]

    @property
    def is_narrowed(self) -> bool:
        return any(self.form.data.get(name) for name in self.filter.base_filters)

    def people(self) -> list[tuple[object, str]]:
        people = people_on_record(self.reader).select_related(None).order_by("role", "username")
        named = people.values_list("pk", "display_name", "username")
        return [("", "全部"), (SYSTEM, "系统"), *((pk, f"{name}（{username}）") for pk, name, username in named)]

    def agencies(self) -> list[tuple[object, str]]:
        return [("", "全部"), *agencies_on_record(self.reader).values_list("pk", "name")]

    def actions(self) -> list[str]:
        """Lists what was ever done, for the suggestions of the filter's field."""
        return list(visible_changes(self.reader).order_by("action").values_list("action", flat=True).distinct())
