"""已审核: what coordinators have decided, found again by period, agency, task and decision."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import django_filters as filters
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import QueryDict

from agencies.models import Agency
from qa_plan.addresses import key_in
from tasks.http.fields import FilterForm
from tasks.http.lists import FilterSet, NumberFilter, page_size
from tasks.models import ActionItem, Plan, ReportingPeriod, Review
from tasks.rules.asof import AsOf
from tasks.rules.periods import period_name

LAST_PAGE = 500


class DecidedFilter(FilterSet):
    plan = NumberFilter(label="行动计划", field_name="report__assignment__item__plan_id")
    period = filters.CharFilter(label="报告期", field_name="report__period__code")
    agency = NumberFilter(label="单位", field_name="report__assignment__agency_id")
    item = NumberFilter(label="任务", field_name="report__assignment__item_id")
    verdict = filters.ChoiceFilter(label="结论", choices=Review.Verdict.choices)

    class Meta:
        model = Review
        form = FilterForm
        fields = ("plan", "period", "agency", "item", "verdict")


class DecidedReviews:
    """A page of the decisions as an address asks for them, the last one first.

    They are never counted, so that a page costs the same after ten years.
    """

    def __init__(self, plans: QuerySet[Plan], as_of: AsOf, asked: QueryDict) -> None:
        self.plans, self.asked = plans, asked
        self.agencies = Agency.objects.filter(assignments__item__plan__in=plans).distinct()
        made = Review.objects.filter(report__assignment__item__plan__in=plans, recorded_at__lte=as_of.moment)
        self.filter = DecidedFilter(asked, made)
        self.moment = as_of.moment
        self.size = page_size(asked.get("per_page"))
        page = asked.get("page", "")
        self.number = min(max(int(page), 1), LAST_PAGE) if page.isascii() and page.isdecimal() and len(page) < 5 else 1

    @cached_property
    def _found(self) -> Sequence[Any]:
        """One more than the page has, which says whether there is another."""
        same = Review.objects.filter(report=OuterRef("report"), recorded_at__lte=self.moment)
        newest = Subquery(same.order_by("-recorded_at", "-pk").values("pk")[:1])
        reviews: Any = self.filter.qs.annotate(newest=newest)
        reviews = reviews.select_related(
            "recorded_by", "report__period", "report__assignment__agency", "report__assignment__item__plan"
        ).defer("report__assignment__item__text", "report__assignment__item__plan__notice_text")
        first = (self.number - 1) * self.size
        found: Sequence[Any] = reviews.order_by("-pk")[first : first + self.size + 1]
        return list(found)

    @property
    def rows(self) -> Sequence[Any]:
        """Reviews, each with `newest`: the one that counts, which is another one where it was decided anew."""
        return self._found[: self.size]

    @property
    def following(self) -> int | None:
        return self.number + 1 if len(self._found) > self.size else None

    @property
    def previous(self) -> int | None:
        return self.number - 1 if self.number > 1 else None

    @property
    def selects(self) -> dict[str, Sequence[tuple[str | int, str]]]:
        """What each select of the page offers, by its name there. The task is the one that a link named."""
        periods = ReportingPeriod.objects.filter(plan__in=self.plans).order_by("-starts_on").values_list("code")
        codes = list(dict.fromkeys(code for (code,) in periods))
        item = self.asked.get("item", "")
        named = ActionItem.objects.filter(pk=key_in(item) or 0, plan__in=self.plans)
        return {
            "plan_choices": [("", "全部"), *self.plans.values_list("pk", "document_number")],
            "period_choices": [("", "全部"), *((code, period_name(code)) for code in codes)],
            "agency_choices": [("", "全部单位"), *self.agencies.values_list("pk", "name")],
            "item_choices": [("", "全部"), *((one.pk, f"{one.label}{one.title}") for one in named)],
            "verdict_choices": [("", "全部"), *Review.Verdict.choices],
        }
