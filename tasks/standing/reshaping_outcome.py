"""拆分 and 合并 as they come out: what there is now beside what there would be, read amid a deed that is undone."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from agencies.models import Agency, User
from tasks.models import (
    ActionItem,
    AgencyRequest,
    Assignment,
    Indicator,
    Milestone,
    Plan,
    ProgressReport,
    ReportDraft,
    ReportingPeriod,
    Reshaping,
    UrgedAssignment,
)
from tasks.models.choices import AssignmentRole
from tasks.rules.asof import AsOf
from tasks.standing.filing import Filing, filing_of
from tasks.standing.reshaping import reshaping_basis
from tasks.standing.rollup import ItemStanding, item_standings, standings_from_queryset, total

Standings = list[ItemStanding[ActionItem]]


@dataclass(frozen=True, slots=True)
class Comes:
    """A new item, where it stands, and what goes on in it."""

    standing: ItemStanding[ActionItem]
    leads: list[str]
    assists: int
    reports: Counter[Filing]
    drafts: int
    requests: int
    milestones: int
    indicators: int

    @property
    def words(self) -> str:
        """「已通过的报告2份、待审报告1份、草稿1份」, "" where nothing goes on."""
        counts = [
            ("已通过的报告", self.reports[Filing.ACCEPTED], "份"),
            ("待审报告", self.reports[Filing.WAITING], "份"),
            ("退回待重报", self.reports[Filing.SENT_BACK], "份"),
            ("草稿", self.drafts, "份"),
            ("待答复的申请", self.requests, "件"),
            ("节点", self.milestones, "个"),
            ("量化指标", self.indicators, "项"),
        ]
        return "、".join(f"{word}{count}{unit}" for word, count, unit in counts if count)


@dataclass(frozen=True, slots=True)
class Told:
    """The agencies that get the same message: what they answer for, or that they do no more; and how many people."""

    words: str
    agencies: list[Agency]
    people: int
    unreachable: list[Agency]  # without an account in use


class Before:
    """How the plan and the items concerned stand now; `basis` stands for what is shown of them."""

    def __init__(self, plan: Plan, items: Sequence[ActionItem], as_of: AsOf) -> None:
        self.plan, self.as_of = plan.at(as_of.moment), as_of
        self.basis = reshaping_basis(items, as_of.moment)
        self.keys = {item.pk for item in items}
        self.all = standings_of(self.plan, as_of)
        self.items = [each for each in self.all if each.item.pk in self.keys]
        self.parts = list(_parts(self.keys, as_of))
        urged = UrgedAssignment.objects.filter(assignment__in=self.parts, urge__reply__isnull=True)
        self.urges = urged.values("urge").distinct().count()
        self.period = _open_period(self.plan, as_of.day)
        self.owed = _owed(self.period, as_of)


class ReshapingOutcome:
    """What the deed would come to. All of it is read at once: afterwards nothing of it is there."""

    def __init__(self, before: Before, change: Reshaping) -> None:
        self.before, as_of, plan = before, before.as_of, before.plan
        self.basis = before.basis
        self.all = standings_of(plan, as_of)
        keys = set(change.lines.values_list("successor", flat=True))
        parts = list(_parts(keys, as_of))
        self.comes = [_comes(each, parts) for each in self.all if each.item.pk in keys]
        self.told = _told(before.parts, parts)
        self.owed = _owed(before.period, as_of)
        self.section = before.items[0].item.section
        self.totals = [
            (name, total(_within(before.all, section)), total(_within(self.all, section)))
            for name, section in (("行动计划", None), (self.section.title, self.section.pk))
        ]

    @property
    def items(self) -> Standings:
        return self.before.items

    @property
    def left_alone(self) -> list[ActionItem]:
        return [each.standing.item for each in self.comes if not each.standing.leads]


def _within(standings: Standings, section: int | None) -> Standings:
    return [each for each in standings if section is None or each.item.section_id == section]


def standings_of(plan: Plan, as_of: AsOf) -> Standings:
    """Every item that there is, where it stands."""
    items = plan.items.existing(as_of.moment).as_of(as_of.moment).select_related("section").defer("text")
    rows = standings_from_queryset(Assignment.objects.as_of(as_of.moment).filter(item__plan=plan), plan, as_of.day)
    return item_standings(list(items.order_by("place")), rows, plan, as_of.day)


def _parts(items: Iterable[int], as_of: AsOf) -> Iterable[Assignment]:
    parts = Assignment.objects.in_force(as_of.moment).filter(item__in=list(items)).select_related("agency", "item")
    return parts.defer("item__text").order_by("agency__ordinal", "agency_id", "item__place")


def _comes(standing: ItemStanding[ActionItem], parts: Sequence[Assignment]) -> Comes:
    mine = [part for part in parts if part.item_id == standing.item.pk]
    newest: dict[tuple[int, int], ProgressReport] = {}
    for report in ProgressReport.objects.as_of(mine[0].recorded_at).filter(assignment__in=mine) if mine else ():
        newest.setdefault((report.assignment_id, report.period_id), report)
    return Comes(
        standing,
        [part.agency.name for part in mine if part.role == AssignmentRole.LEAD],
        sum(part.role == AssignmentRole.ASSIST for part in mine),
        Counter(filing_of(report) for report in newest.values()),
        ReportDraft.objects.filter(assignment__in=mine).count(),
        AgencyRequest.objects.filter(assignment__in=mine).count(),
        Milestone.objects.filter(item=standing.item).count(),
        Indicator.objects.filter(item=standing.item).count(),
    )


def _told(lost: Sequence[Assignment], gained: Sequence[Assignment]) -> list[Told]:
    agencies = {part.agency_id: part.agency for part in lost}
    users = User.objects.filter(agency__in=list(agencies), is_active=True).order_by()
    people = Counter(users.values_list("agency_id", flat=True))
    by_words: dict[str, list[Agency]] = {}
    for pk, agency in agencies.items():
        new = [f"{part.item.label}{part.get_role_display()}" for part in gained if part.agency_id == pk]
        by_words.setdefault(f"承担{'、'.join(new)}" if new else "不再承担", []).append(agency)
    return [
        Told(words, same, sum(people[each.pk] for each in same), [each for each in same if not people[each.pk]])
        for words, same in by_words.items()
    ]


def _open_period(plan: Plan, day: date) -> ReportingPeriod | None:
    """The period that is open for reports, if one is."""
    periods = ReportingPeriod.objects.filter(plan=plan, opens_on__lte=day, due_on__gte=day)
    return periods.select_related("plan").defer("plan__notice_text").order_by("due_on").first()


def _owed(period: ReportingPeriod | None, as_of: AsOf) -> int:
    return Assignment.objects.reporting(period.terms_at(as_of.moment)).count() if period else 0
