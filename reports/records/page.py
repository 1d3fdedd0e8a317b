"""安全日志 as auditors see it: what the filter finds, on pages and as a table to take away."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import django_filters as filters
from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.utils import timezone

from agencies.models import SecurityEvent, User
from qa_plan.clock import at, end_of
from tasks.http.fields import FilterForm
from tasks.http.lists import DayFilter, FilterSet, NumberFilter

ROWS_PER_PAGE = 50
EXPORTED: dict[str, Callable[[SecurityEvent], object]] = {  # by its heading, what each column of the table holds
    "编号": lambda event: event.pk,
    "时间": lambda event: f"{timezone.localtime(event.recorded_at):%Y-%m-%d %H:%M:%S}",
    "类型": lambda event: event.get_kind_display(),
    "次数": lambda event: event.times,
    "账号": lambda event: event.username,
    "操作人": lambda event: event.by_name,
    "来源地址": lambda event: event.address,
    "内容": lambda event: event.detail,
    "操作编号": lambda event: event.request_id,
    "校验码": lambda event: event.hash,
}


class RecordFilter(FilterSet):
    """Narrows the log; every filter is a parameter of the address, and the export takes the same."""

    after = DayFilter(label="自", method="by_first_day")
    before = DayFilter(label="至", method="by_last_day")
    kind = filters.ChoiceFilter(label="类型", choices=SecurityEvent.Kind.choices, empty_label="全部")
    person = NumberFilter(label="账号", method="by_person")
    address = filters.CharFilter(label="来源地址", lookup_expr="startswith", max_length=45)
    q = filters.CharFilter(label="内容", lookup_expr="icontains", field_name="detail", max_length=100)
    request = filters.UUIDFilter(
        label="操作编号",
        field_name="request_id",
        widget=forms.TextInput(attrs={"maxlength": 36}),
        error_messages={"invalid": "操作编号应为36位编号，如页面所示。"},
    )

    class Meta:
        model = SecurityEvent
        form = FilterForm
        fields = ("after", "before", "kind", "person", "address", "q", "request")

    def by_first_day(self, queryset: QuerySet[SecurityEvent], name: str, value: Any) -> QuerySet[SecurityEvent]:
        return queryset.filter(recorded_at__gte=at(value))

    def by_last_day(self, queryset: QuerySet[SecurityEvent], name: str, value: Any) -> QuerySet[SecurityEvent]:
        return queryset.filter(recorded_at__lte=end_of(value))

    def by_person(self, queryset: QuerySet[SecurityEvent], name: str, value: int) -> QuerySet[SecurityEvent]:
        """Keeps what the person did, and what was tried or done with the account."""
        username = User.objects.filter(pk=value).values("username")[:1]
        return queryset.filter(Q(by=value) | Q(username=username))


class RecordsPage:
    """The page shows what the filter finds, newest first. A filter that makes no sense finds nothing and says where."""

    def __init__(self, query: Any) -> None:
        self.filter = RecordFilter(query, SecurityEvent.objects.all())
        self.form = self.filter.form
        self.is_valid = self.filter.is_valid()

    @cached_property
    def found(self) -> QuerySet[SecurityEvent]:
        return self.filter.qs if self.is_valid else SecurityEvent.objects.none()

    def page(self, number: str | None) -> Page:
        return Paginator(self.found, ROWS_PER_PAGE).get_page(number)

    @property
    def is_narrowed(self) -> bool:
        return any(self.form.data.get(name) for name in self.filter.base_filters)

    @staticmethod
    def people() -> list[tuple[object, str]]:
        named = User.objects.select_related(None).order_by("role", "username")
        people = named.values_list("pk", "display_name", "username")
        return [("", "全部"), *((pk, f"{name}（{username}）") for pk, name, username in people)]
