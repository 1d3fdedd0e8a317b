"""Which requests the coordinators' list shows: by what became of them, kind, agency and words."""

from datetime import datetime
from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Case, CharField, Q, QuerySet, TextChoices, Value, When
from django.http import QueryDict

from tasks.http.fields import FilterForm
from tasks.http.lists import FilterSet, NumberFilter
from tasks.models import AgencyRequest
from tasks.models.searching import holding
from tasks.models.waiting import unanswered


class Turn(TextChoices):
    """What became of a request."""

    WAITING = "waiting", "待办"
    GRANTED = "granted", "已同意"
    REFUSED = "refused", "不同意"
    WITHDRAWN = "withdrawn", "已撤回"


ALL = "all"
TURNS = {**dict(Turn.choices), ALL: "全部"}


def turn_at(moment: datetime) -> Case:
    """As a column of requests: as it was then. What nobody can decide any more, its part having ended, is withdrawn."""
    decided = Q(decision__recorded_at__lte=moment)
    in_force = Q(assignment__ended_at__isnull=True) | Q(assignment__ended_at__gt=moment)
    return Case(
        When(decided & Q(decision__is_granted=True), then=Value(Turn.GRANTED.value)),
        When(decided, then=Value(Turn.REFUSED.value)),
        When(unanswered(moment) & in_force, then=Value(Turn.WAITING.value)),
        default=Value(Turn.WITHDRAWN.value),
        output_field=CharField(),
    )


class RequestFilter(FilterSet):
    """The turn and the kind are the page's tabs; what is typed is its form."""

    agency = NumberFilter(label="单位", field_name="assignment__agency_id")
    q = filters.CharFilter(
        label="关键词",
        method="by_words",
        widget=forms.SearchInput(attrs={"maxlength": 100, "placeholder": "任务、理由、答复意见中的词"}),
    )

    class Meta:
        model = AgencyRequest
        form = FilterForm
        fields = ("agency", "q")

    def __init__(self, data: QueryDict, queryset: QuerySet[Any]) -> None:
        super().__init__(data, queryset)

    def by_words(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Every word by itself."""
        for word in value.split():
            found = holding([word], "reason") | holding([word], "assignment__item__title")
            queryset = queryset.filter(found | holding([word], "decision__comment"))
        return queryset
