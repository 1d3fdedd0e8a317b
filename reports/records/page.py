"""安全日志 as auditors see it: what the filter finds, on pages and as a table to take away."""

from typing import Any

import django_filters as filters
from django.db.models import Q, QuerySet
from django.utils import timezone

from agencies.models import SecurityChain, SecurityEvent, User
from reports.chained.page import Columns, RecordFilter, RecordPage
from tasks.http.fields import FilterForm
from tasks.http.lists import NumberFilter

COLUMNS: Columns = {
    "编号": lambda event: event.pk,
    "时间": lambda event: f"{timezone.localtime(event.recorded_at):%Y-%m-%d %H:%M:%S}",
    "类型": lambda event: event.get_kind_display(),
    "次数": lambda event: event.times,
    "账号": lambda event: event.username,
    "操作人": lambda event: event.by_name,
    "来源地址": lambda event: event.address,
    "内容": lambda event: event.detail,
    "操作编号": lambda event: event.request_id,
}


class EventFilter(RecordFilter):
    kind = filters.ChoiceFilter(label="类型", choices=SecurityEvent.Kind.choices, empty_label="全部")
    person = NumberFilter(label="账号", method="by_person")
    address = filters.CharFilter(label="来源地址", lookup_expr="startswith", max_length=45)
    q = filters.CharFilter(label="内容", lookup_expr="icontains", field_name="detail", max_length=100)

    class Meta:
        model = SecurityEvent
        form = FilterForm
        fields = ("after", "before", "kind", "person", "address", "q", "request")

    def by_person(self, queryset: QuerySet[SecurityEvent], name: str, value: int) -> QuerySet[SecurityEvent]:
        """Keeps what the person did, and what was tried or done with the account."""
        username = User.objects.filter(pk=value).values("username")[:1]
        return queryset.filter(Q(by=value) | Q(username=username))


class RecordsPage(RecordPage):
    """The security log as its reader narrowed it."""

    columns, chain = COLUMNS, SecurityChain

    def __init__(self, query: Any) -> None:
        super().__init__(EventFilter(query, SecurityEvent.objects.all()))

    @staticmethod
    def people() -> list[tuple[object, str]]:
        named = User.objects.select_related(None).order_by("role", "username")
        people = named.values_list("pk", "display_name", "username")
        return [("", "全部"), *((pk, f"{name}（{username}）") for pk, name, username in people)]
