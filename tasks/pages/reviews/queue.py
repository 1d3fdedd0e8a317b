"""待审队列: everything that waits for review, filtered and sorted; and one report's place in it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

import django_filters as filters
from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import QueryDict
from django.utils import timezone

from agencies.models import Agency
from qa_plan.clock import end_of
from tasks.http.fields import FilterForm
from tasks.http.lists import NumberFilter, in_order, page_size
from tasks.models import Plan, ProgressReport, ReportEvidence, Section
from tasks.models.evidence import MARKED
from tasks.models.latest import Latest
from tasks.rules.asof import AsOf
from tasks.rules.numerals import chinese_numeral
from tasks.rules.review_warnings import Claim, warnings_of
from tasks.rules.secrecy import secrecy_marks

AGES = ((3, "满3天"), (7, "满7天"), (15, "满15天"), (30, "满30天"))
SHAPING = ("plan", "section", "agency", "age", "sort")  # what of the address says which reports, and in which order
GROUPED = ("pk", "assignment__item__section_id", "assignment__agency_id")
WINDOW, BEFORE = 20, 5  # how many of the queue stand beside a report, and how many of them before it
SORTS = {
    "filed": ("recorded_at", "pk"),
    "number": ("assignment__item__plan_id", "assignment__item__place", "assignment__agency__ordinal", "pk"),
    "agency": ("assignment__agency__ordinal", "assignment__agency_id", "assignment__item__place", "pk"),
    "percent": ("percent", "recorded_at", "pk"),
    "change": ("change", "recorded_at", "pk"),
}


class QueueFilter(filters.FilterSet):
    plan = NumberFilter(label="行动计划", field_name="assignment__item__plan_id")
    section = NumberFilter(label="部分", field_name="assignment__item__section_id")
    agency = NumberFilter(label="单位", field_name="assignment__agency_id")
    age = NumberFilter(label="已等候", method="by_age")

    class Meta:
        model = ProgressReport
        form = FilterForm
        fields = ("plan", "section", "agency", "age")

    def __init__(self, data: QueryDict, queryset: QuerySet, *, day: date) -> None:
        super().__init__(data, queryset)
        self.day = day

    def by_age(self, queryset: QuerySet, name: str, value: int) -> QuerySet:
        """Filed at least so many days ago."""
        longest = (self.day - date(1900, 1, 1)).days
        return queryset.filter(recorded_at__lte=end_of(self.day - timedelta(days=min(int(value), longest))))


class Group(NamedTuple):
    """What a filter offers, with how many wait in it."""

    pk: int
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class WaitingReport:
    report: ProgressReport
    last_percent: int | None  # None before a report was accepted
    change: int | None
    days: int
    warnings: list[str]  # what should be looked at before it is accepted
    notes: list[str]  # what is only said


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report stands in the queue; `position` is None for one that isn't in it (any more)."""

    position: int | None
    count: int
    previous: int | None
    following: int | None
    rows: list[WaitingReport]

    @property
    def onward(self) -> int | None:
        """Where to go on once this one is decided: the next one, else what is left before it."""
        return self.following or self.previous


class ReviewQueue:
    """What waits on a day, as the address asks for it; the longest waiting first where it doesn't say."""

    def __init__(self, plans: QuerySet[Plan], as_of: AsOf, asked: QueryDict) -> None:
        self.as_of = as_of
        self.asked = asked
        self.waiting = ProgressReport.objects.waiting(as_of.moment).filter(
            assignment__item__plan__in=plans.values("pk")
        )
        self.filter = QueueFilter(asked, self.waiting, day=as_of.day)

    @cached_property
    def query(self) -> str:
        """What carries filter, order and day to another page: `?agency=3&sort=-filed`, "" for the whole queue."""
        kept = QueryDict(mutable=True)
        for name in (*SHAPING, "as_of"):
            if value := self.asked.get(name):
                kept[name] = value
        return f"?{kept.urlencode()}" if kept else ""

    @property
    def is_narrowed(self) -> bool:
        return any(self.asked.get(name) for name in SHAPING if name != "sort")

    @cached_property
    def ordered(self) -> QuerySet[ProgressReport]:
        sort = self.asked.get("sort", "")
        name = sort.removeprefix("-")
        reports: QuerySet[ProgressReport] = self.filter.qs
        if name == "change":
            reports = reports.annotate(change=F("percent") - Coalesce(self._last_percent, 0))
        columns = SORTS.get(name, SORTS["filed"])
        return reports.order_by(*(in_order(column, descending=sort.startswith("-")) for column in columns))

    @property
    def _last_percent(self) -> Latest:
        return Latest("AcceptedProgress", "percent", self.as_of.moment, assignment="assignment")

    @cached_property
    def in_groups(self) -> list[tuple[int, int, int]]:
        """Key, section and agency of all that is asked for, in order.

        Reading thousands of keys is cheaper than counting and sorting rows.
        """
        return list(self.ordered.values_list(*GROUPED))

    @cached_property
    def keys(self) -> list[int]:
        return [key for key, _, _ in self.in_groups]

    def page(self) -> Page:
        """A page of keys; what they show comes from `rows`."""
        return Paginator(self.keys, page_size(self.asked.get("per_page"))).get_page(self.asked.get("page"))

    def rows(self, keys: Sequence[int]) -> list[WaitingReport]:
        """With all that a row shows, in the order of the keys."""
        former = ProgressReport.objects.filter(pk=OuterRef("last_report"))
        reports = (
            ProgressReport.objects.filter(pk__in=keys)
            .with_first_filing(self.as_of.moment)
            .annotate(
                last_percent=self._last_percent,
                last_report=Latest("AcceptedProgress", "report", self.as_of.moment, assignment="assignment"),
                due_on=Latest("ItemRevision", "due_on", self.as_of.moment, item="assignment__item"),
                has_evidence=Exists(ReportEvidence.objects.filter(report=OuterRef("pk"))),
                has_marks=Exists(ReportEvidence.objects.filter(MARKED, report=OuterRef("pk"))),
            )
            .annotate(last_text=Subquery(former.values("progress")))
            .select_related("assignment__agency", "assignment__item", "period")
            .defer("assignment__item__text")
        )
        by_key = {report.pk: self._row(report) for report in reports}
        return [by_key[key] for key in keys]

    def _row(self, report: Any) -> WaitingReport:
        last: int | None = report.last_percent
        filed_on = timezone.localdate(report.recorded_at)
        claim = Claim(
            percent=report.percent,
            last=last if report.last_report or last else None,  # 0 without a report is none
            evidence=int(report.has_evidence),
            text=report.progress,
            last_text=report.last_text or "",
            is_unchanged=report.is_unchanged,
            is_overdue=report.due_on is not None and report.due_on < self.as_of.day,
            is_marked=report.has_marks or bool(secrecy_marks(report.texts)),
        )
        notes = {"无变化": report.is_unchanged or report.percent == last, "迟报": report.is_late}
        return WaitingReport(
            report,
            last,
            None if last is None else report.percent - last,
            (self.as_of.day - filed_on).days,
            warnings_of(claim),
            [note for note, holds in notes.items() if holds],
        )

    def place_of(self, pk: int) -> Place:
        """The report's place, its neighbours, and those that stand around it."""
        keys = self.keys
        at = keys.index(pk) if pk in keys else None
        start = max(0, min((at or 0) - BEFORE, len(keys) - WINDOW))
        return Place(
            position=None if at is None else at + 1,
            count=len(keys),
            previous=keys[at - 1] if at else None,
            following=next(iter(keys[0 if at is None else at + 1 :]), None),
            rows=self.rows(keys[start : start + WINDOW]),
        )

    @cached_property
    def groups(self) -> dict[str, list[Group]]:
        """What can be chosen, with how many of the whole queue wait in it: plans, sections and agencies."""
        of_section: Counter[int] = Counter()
        of_agency: Counter[int] = Counter()
        whole = self.waiting.order_by().values_list(*GROUPED) if self.is_narrowed else self.in_groups
        for _, section_id, agency_id in whole:
            of_section[section_id] += 1
            of_agency[agency_id] += 1
        sections = list(
            Section.objects.filter(pk__in=of_section)
            .order_by("plan__document_number", "number")
            .values_list("pk", "number", "title", "plan_id", "plan__document_number")
        )
        plans: dict[tuple[int, str], int] = {}
        for pk, _, _, plan, document in sections:
            plans[plan, document] = plans.get((plan, document), 0) + of_section[pk]
        several = len(plans) > 1
        return {
            "plan": [Group(pk, number, size) for (pk, number), size in plans.items()],
            "section": [
                Group(pk, f"{document} " * several + f"{chinese_numeral(number)}、{title}", of_section[pk])
                for pk, number, title, _, document in sections
            ],
            "agency": [
                Group(pk, name, of_agency[pk])
                for pk, name in Agency.objects.filter(pk__in=of_agency).values_list("pk", "name")
            ],
        }

    @property
    def selects(self) -> dict[str, Sequence[tuple[str | int, str]]]:
        """What each select of the page offers, by its name there."""
        return {
            "plan_choices": self.choices("plan", "全部"),
            "section_choices": self.choices("section", "全部"),
            "agency_choices": self.choices("agency", "全部单位"),
            "age_choices": [("", "不限"), *AGES],
        }

    def choices(self, name: str, everything: str) -> list[tuple[str, str]]:
        """For a select: all, then each group with its count. What was asked for stays chosen when none is left."""
        offered = [(str(group.pk), f"{group.name}（{group.size}）") for group in self.groups[name]]
        asked = self.asked.get(name, "")
        gone = [(asked, "所选已无待审")] if asked and asked not in dict(offered) else []
        return [("", everything), *gone, *offered]
