"""变更记录 as coordinators and administrators see it: what the filter finds, on pages and as a table to take away."""

from dataclasses import dataclass
from typing import Any

import django_filters as filters
from django import forms
from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.utils import timezone

from agencies.models import Change, ChangeChain, User
from reports.chained.page import Columns, RecordFilter, RecordPage
from reports.changes.seeing import agencies_on_record, people_on_record, visible_changes
from reports.changes.words import FieldChange, field_changes, sentences, subject_kind
from tasks.http.fields import FilterForm
from tasks.http.lists import NumberFilter

SYSTEM = "0"  # in the filter by person: what no person did
COLUMNS: Columns = {
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
}


class ChangeFilter(RecordFilter):
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
    subject = filters.CharFilter(method="by_subject", max_length=110)

    class Meta:
        model = Change
        form = FilterForm
        fields = ("after", "before", "person", "action", "agency", "q", "request", "subject")

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


class ChangesPage(RecordPage):
    """The record of changes as far as its reader sees it, as they narrowed it."""

    columns, chain = COLUMNS, ChangeChain

    def __init__(self, query: Any, reader: User) -> None:
        self.reader = reader
        super().__init__(ChangeFilter(query, visible_changes(reader).select_related("by", "agency")))

    @staticmethod
    def rows(page: Page) -> list[RecordedChange]:
        return [RecordedChange(change, subject_kind(change), field_changes(change)) for change in page.object_list]

    def people(self) -> list[tuple[object, str]]:
        people = people_on_record(self.reader).select_related(None).order_by("role", "username")
        named = people.values_list("pk", "display_name", "username")
        return [("", "全部"), (SYSTEM, "系统"), *((pk, f"{name}（{username}）") for pk, name, username in named)]

    def agencies(self) -> list[tuple[object, str]]:
        return [("", "全部"), *agencies_on_record(self.reader).values_list("pk", "name")]

    def actions(self) -> list[str]:
        """Lists what was ever done, for the suggestions of the filter's field."""
        return list(visible_changes(self.reader).order_by("action").values_list("action", flat=True).distinct())
