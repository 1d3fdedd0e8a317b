"""What lists share: their order, the number of rows on a page, and a filter by number."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import F
from django.db.models.expressions import OrderBy

from tasks.http.fields import DayField


class FilterSet(filters.FilterSet):
    """Its form is of one class, made when it is first asked for: the library would make it anew for each page."""

    form_class: type[forms.Form]

    def get_form_class(self) -> type[forms.Form]:
        own = type(self)
        if "form_class" not in vars(own):
            own.form_class = super().get_form_class()
        return own.form_class


class NumberFilter(filters.NumberFilter):
    """A key or number from the address, of those that the page offers; one that no database can hold is refused."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=0, max_value=2**31 - 1, widget=forms.Select, **kwargs)


class DayFilter(filters.DateFilter):
    field_class = DayField


PAGE_SIZES = (20, 50, 100)


def in_order(column: str, *, descending: bool) -> OrderBy:
    """What has no value (持续推进 has no due date) comes last either way, on every database."""
    return F(column).desc(nulls_last=True) if descending else F(column).asc(nulls_last=True)


def page_size(given: str | None) -> int:
    return int(given) if given and given in map(str, PAGE_SIZES) else PAGE_SIZES[0]
