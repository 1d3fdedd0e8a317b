"""待审队列: everything that waits for review, filtered and sorted; and one report's place in it."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils import timezone

from agencies.models import TOP, Agency
from qa_plan.clock import end_of
from tasks.http.fields import FilterForm
from tasks.http.lists import FilterSet, NumberFilter, page_size
from tasks.models import ProgressReport, Section
from tasks.pages.reviews.questions import Queued, queued, queued_of_tasks, reports_by_key
from tasks.rules.asof import AsOf
from tasks.rules.numerals import chinese_numeral
from tasks.rules.review_warnings import Claim, warnings_of
from tasks.rules.secrecy import secrecy_marks
from tasks.standing import kept

AGES = ((3, "满3天"), (7, "满7天"), (15, "满15天"), (30, "满30天"))
SHAPING = ("plan", "section", "agency", "age", "sort")  # what of the address says which reports, and in which order
WINDOW, BEFORE = 20, 5  # how many of the queue stand beside a report, and how many of them before it
SORTS: dict[str, Callable[[Queued], Any]] = {
    "filed": attrgetter("filed_at", "key"),
    "number": attrgetter("plan", "place", "ordinal", "key"),
    "agency": attrgetter("ordinal", "agency", "place", "key"),
    "percent": attrgetter("percent", "filed_at", "key"),
    "change": attrgetter("change", "filed_at", "key"),
}


class QueueFilter(FilterSet):
    """What can be asked for; `keeps` tells of a row whether it is."""

    plan = NumberFilter(label="行动计划")
    section = NumberFilter(label="部分")
    agency = NumberFilter(label="单位")
    age = NumberFilter(label="已等候")

    class Meta:
        model = ProgressReport
        form = FilterForm
        fields = ("plan", "section", "agency", "age")

    def keeps(self, day: date) -> Callable[[Queued], bool] | None:
        """Of a plan, section and agency those filed at least so many days before the day; None where all are asked for.

        What makes no sense asks for nothing.
        """
        self.form.is_valid()
        asked = {name: int(value) for name, value in self.form.cleaned_data.items() if value is not None}
        if not asked:
            return None
        longest = (day - date(1900, 1, 1)).days
        until = end_of(day - timedelta(days=min(asked.pop("age", 0), longest)))
        return lambda row: row.filed_at <= until and all(getattr(row, name) == key for name, key in asked.items())


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
    filed_on: date
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

    def __init__(self, as_of: AsOf, asked: QueryDict, *, version: str, home: str = TOP) -> None:
        """Of the plans of the office at `home`. `version` is the record's, read before anything else of the queue."""
        self.as_of = as_of
        self.home = home
        self.asked = asked
        self.version = version
        self.filter = QueueFilter(asked, ProgressReport.objects.none())

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
    def readings(self) -> kept.Readings:
        """What was read of the queue, kept and brought up to date by the record of changes."""
        return kept.of_all(("queue", self.home, self.as_of), self.version)

    @property
    def waiting(self) -> dict[int, list[Queued]]:
        """By task all that waits, whatever is asked for."""

        def read(tasks: Collection[int] | None) -> Iterable[tuple[int, list[Queued]]]:
            asked = {"moment": self.as_of.moment, "home": self.home}
            rows = queued(**asked) if tasks is None else queued_of_tasks(items=tasks, **asked)
            by_task: dict[int, list[Queued]] = defaultdict(list)
            for task, *row in rows:
                by_task[task].append(Queued._make(row))
            return by_task.items()

        return self.readings.part("waiting", read)

    @cached_property
    def ordered(self) -> list[Queued]:
        """What is asked for, in the order that is asked for."""
        sort = self.asked.get("sort", "")
        name = sort.removeprefix("-")
        order = SORTS.get(name, SORTS["filed"])

        def reckon() -> list[Queued]:
            whole = chain.from_iterable(self.waiting.values())
            return sorted(whole, key=order, reverse=sort.startswith("-"))

        whole = self.readings.derived((order, sort.startswith("-")), reckon)
        keeps = self.filter.keeps(self.as_of.day)
        return [*filter(keeps, whole)] if keeps else whole

    @cached_property
    def keys(self) -> list[int]:
        return [row.key for row in self.ordered]

    def page(self) -> Page:
        """A page of keys; what they show comes from `rows`."""
        return Paginator(self.keys, page_size(self.asked.get("per_page"))).get_page(self.asked.get("page"))

    def rows(self, keys: Sequence[int]) -> list[WaitingReport]:
        """With all that a row shows, in the order of the keys."""
        by_key = {report.pk: self._row(report) for report in reports_by_key(keys=keys, moment=self.as_of.moment)}
        return [by_key[key] for key in keys]

    def _row(self, report: Any) -> WaitingReport:
        last: int | None = report.last_percent
        filed_on = timezone.localdate(report.filed_at)
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
            filed_on,
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

    @property
    def groups(self) -> dict[str, list[Group]]:
        """What can be chosen, with how many of the whole queue wait in it: plans, sections and agencies."""
        return self.readings.derived("groups", self._groups)

    def _groups(self) -> dict[str, list[Group]]:
        whole = [*chain.from_iterable(self.waiting.values())]
        of_section, of_agency = Counter(row.section for row in whole), Counter(row.agency for row in whole)
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
