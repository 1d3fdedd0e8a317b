"""The bare rows of a plan's facts, read once, with what they say of one assignment at a moment.

Nothing here comes from the product but the tables. The rules are those of docs/rules.md (2 to 4, 11), written down a
second time on purpose: this is the audit of the first.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps

from tests.audit.rounded import scaled

Row = dict[str, Any]
ZONE = ZoneInfo("Asia/Shanghai")
FACTS = (
    *("ItemRevision", "WeightRevision", "ProgressReport", "Review", "Closure", "Waiver", "IndicatorReading"),
    *("AgencyRequest", "Decision", "PlanRevision", "ReportWithdrawal"),
    *("Receipt", "RequestWithdrawal"),
)
RUNNING = ("", "reopened")
SETTINGS = ("behind_margin", "ahead_margin", "soon_days", "assists_owe_reports")


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=ZONE) - timedelta(microseconds=1)


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def by(rows: Iterable[Row], *names: str) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)].append(row)
    return groups


def last(rows: Sequence[Row], moment: datetime) -> Row | None:
    """Of rows in the order of their instants and keys, the newest one that was known at the moment."""
    return next((row for row in reversed(rows) if row["recorded_at"] <= moment), None)


@dataclass(frozen=True)
class Rows:
    """The bare rows of one plan."""

    plan: Row
    sections: list[Row]
    items: list[Row]
    agencies: dict[int, Row]
    followed: dict[int, set[int]]  # by successor, its predecessors
    assignments: list[Row]
    periods: list[Row]
    indicators: list[Row]
    facts: dict[str, list[Row]]

    @classmethod
    def of(cls, slug: str) -> "Rows":
        def read(model: str, app: str = "tasks", order: tuple[str, ...] = ("pk",), **match: Any) -> list[Row]:
            return list(apps.get_model(app, model)._default_manager.filter(**match).order_by(*order).values())

        plan = read("Plan", slug=slug)[0]
        followed: dict[int, set[int]] = defaultdict(set)
        for row in read("Succession", "agencies"):
            followed[row["successor_id"]].add(row["predecessor_id"])
        of_plan = {
            **dict.fromkeys(
                ("ProgressReport", "Closure", "Waiver", "WeightRevision", "Receipt", "AgencyRequest"),
                "assignment__item__plan",
            ),
            **{"ItemRevision": "item__plan", "Review": "report__assignment__item__plan", "PlanRevision": "plan"},
            "IndicatorReading": "report__assignment__item__plan",
            **dict.fromkeys(("Decision", "RequestWithdrawal"), "request__assignment__item__plan"),
            "ReportWithdrawal": "report__assignment__item__plan",
        }
        in_time = {name: ("pk",) if name == "IndicatorReading" else ("recorded_at", "pk") for name in FACTS}
        return cls(
            plan=plan,
            sections=read("Section", plan=plan["id"], order=("number",)),
            items=read("ActionItem", plan=plan["id"], order=("number",)),
            agencies={row["id"]: row for row in read("Agency", "agencies")},
            followed=followed,
            assignments=read("Assignment", item__plan=plan["id"]),
            periods=read("ReportingPeriod", plan=plan["id"], order=("starts_on",)),
            indicators=read("Indicator", item__plan=plan["id"], order=("item__number", "start", "pk")),
            facts={name: read(name, order=in_time[name], **{of_plan[name]: plan["id"]}) for name in FACTS},
        )

    # ── by what they are of ──

    @cached_property
    def revisions(self) -> dict[int, list[Row]]:
        return by(self.facts["ItemRevision"], "item_id")

    @cached_property
    def weights(self) -> dict[int, list[Row]]:
        return by(self.facts["WeightRevision"], "assignment_id")

    @cached_property
    def reports(self) -> dict[int, list[Row]]:
        return by(self.facts["ProgressReport"], "assignment_id")

    @cached_property
    def reviews(self) -> dict[int, list[Row]]:
        return by(self.facts["Review"], "report_id")

    @cached_property
    def withdrawals(self) -> dict[int, list[Row]]:
        return by(self.facts["ReportWithdrawal"], "report_id")

    @cached_property
    def closures(self) -> dict[int, list[Row]]:
        return by(self.facts["Closure"], "assignment_id")

    @cached_property
    def waivers(self) -> dict[tuple[int, int], list[Row]]:
        return by(self.facts["Waiver"], "assignment_id", "period_id")

    @cached_property
    def reds_known(self) -> dict[date, set[int]]:
        """By day, the leads that were red: reckoned once for all subjects."""
        return {}

    @cached_property
    def lights_known(self) -> dict[date, dict[int, str]]:
        """By day and number of the item, for whoever has reckoned them."""
        return {}

    @cached_property
    def period_by_pk(self) -> dict[int, Row]:
        return {row["id"]: row for row in self.periods}

    @cached_property
    def parts(self) -> dict[int, list[Row]]:
        """By assignment that a succession made: those of which it was made, which ended as it began."""
        ended = by((row for row in self.assignments if row["ended_at"]), "item_id", "ended_at")
        parts = {}
        for row in self.assignments:
            near = {row["agency_id"], *self.followed.get(row["agency_id"], ())}
            begun = [part for part in ended.get((row["item_id"], row["recorded_at"]), ()) if part["agency_id"] in near]
            if begun and any(part["agency_id"] != row["agency_id"] for part in begun):
                parts[row["id"]] = begun
        return parts

    # ── facts about one assignment at a moment ──

    def in_force(self, row: Row, moment: datetime) -> bool:
        return row["recorded_at"] <= moment and (row["ended_at"] is None or row["ended_at"] > moment)

    def closure(self, pk: int, moment: datetime) -> str:
        newest = last(self.closures.get(pk, ()), moment)
        return newest["kind"] if newest else ""

    def weight(self, row: Row, moment: datetime) -> int:
        newest = last(self.weights.get(row["id"], ()), moment)
        return newest["weight"] if newest else row["weight"]

    def verdict(self, report: Row, moment: datetime) -> str:
        newest = last(self.reviews.get(report["id"], ()), moment)
        return newest["verdict"] if newest else "waiting"

    def settings(self, moment: datetime) -> Row:
        """What held for the plan at the moment: the newest revision, or what it was imported with."""
        newest = last(self.facts["PlanRevision"], moment)
        if newest:
            return {name: newest[name] for name in SETTINGS}
        former = self.plan["former"]
        return {name: (former[0] if former else self.plan).get(name, self.plan[name]) for name in SETTINGS}

    def due_on(self, item: int, moment: datetime) -> date | None:
        newest = last(self.revisions.get(item, ()), moment)
        return newest["due_on"] if newest else None

    # ── 进度 ──

    def standing_report(self, row: Row, moment: datetime) -> Row | None:
        """The accepted report that counts: of the newest period of which one is accepted, the one filed last."""
        accepted = [
            report
            for report in self.reports.get(row["id"], ())
            if report["recorded_at"] <= moment and self.verdict(report, moment) == "accepted"
        ]
        in_order = [(self.period_by_pk[each["period_id"]]["starts_on"], place) for place, each in enumerate(accepted)]
        return accepted[max(in_order)[1]] if accepted else None

    def stands_at(self, row: Row, moment: datetime) -> int | None:
        """The accepted percentage; None before there is one. Taken over from predecessors until it has its own."""
        own = self.standing_report(row, moment)
        parts = self.bearing(row)
        if own is not None:
            newest = max((self.newest_period(part, row["recorded_at"]) for part in parts), default=date.min)
            if self.period_by_pk[own["period_id"]]["starts_on"] >= newest:
                return own["percent"]
        inherited = [(self.weight(part, row["recorded_at"]), self.before(part, row["recorded_at"])) for part in parts]
        if all(percent is None for _, percent in inherited):
            return own["percent"] if own else None
        whole = sum(weight for weight, _ in inherited)
        return scaled(Fraction(sum(weight * (percent or 0) for weight, percent in inherited), whole), 0)

    def before(self, part: Row, moment: datetime) -> int | None:
        return self.stands_at(part, moment)

    def newest_period(self, row: Row, moment: datetime) -> date:
        own = self.standing_report(row, moment)
        known = [self.newest_period(part, row["recorded_at"]) for part in self.bearing(row)]
        return max([*known, *([self.period_by_pk[own["period_id"]]["starts_on"]] if own else [])], default=date.min)

    def bearing(self, row: Row) -> list[Row]:
        """The parts that made a succeeding assignment's standing: of its role, and of these the ones that counted."""
        same = [part for part in self.parts.get(row["id"], ()) if part["role"] == row["role"]]
        counted = [
            part for part in same if self.closure(part["id"], row["recorded_at"]) not in ("suspended", "cancelled")
        ]
        return counted or same

    # ── 报送 ──

    def closing(self, period: Row, moment: datetime) -> datetime:
        return min(moment, end_of(period["due_on"]))

    def obligation(self, row: Row, period: Row, moment: datetime) -> str:
        """应报 or 免报 in the period, "" for neither; decided when it closes, until then as if it closed now."""
        closing = self.closing(period, moment)
        asked = row["role"] == "lead" or self.settings(closing)["assists_owe_reports"]
        if not asked or not self.in_force(row, closing) or self.closure(row["id"], closing) not in RUNNING:
            return ""
        newest = last(self.waivers.get((row["id"], period["id"]), ()), closing)
        is_told = not newest or newest["recorded_at"] > row["recorded_at"] or not self.parts.get(row["id"])
        if newest and newest["is_waived"] and is_told:
            return "waived"
        bearing = self.bearing(row)
        if bearing and all(self.was_waived(part, period, row["recorded_at"]) for part in bearing):
            return "waived"
        return "owed"

    def was_waived(self, row: Row, period: Row, moment: datetime) -> bool:
        newest = last(self.waivers.get((row["id"], period["id"]), ()), moment)
        return bool(newest and newest["is_waived"])

    def filed(self, row: Row, period: Row, moment: datetime) -> list[Row]:
        """The period's reports of an assignment, oldest first; of its predecessors' too where these had it before."""
        own = [
            report
            for report in self.reports.get(row["id"], ())
            if report["period_id"] == period["id"] and report["recorded_at"] <= moment
        ]
        return [report for report in own if last(self.withdrawals.get(report["id"], ()), moment) is None]

    def state(self, row: Row, period: Row, moment: datetime) -> str:
        """Where the report stands, by the newest one: "" where none was filed."""
        filed = self.filed(row, period, moment)
        if filed:
            return self.verdict(filed[-1], moment)
        states = [self.state(part, period, row["recorded_at"]) for part in self.bearing(row)]
        if not states or "" in states:
            return ""
        return next(state for state in ("sent_back", "waiting", "accepted") if state in states)

    def is_late(self, row: Row, period: Row, moment: datetime) -> bool:
        filed = self.filed(row, period, moment)
        parts = [self.first_filed(part, period, row["recorded_at"]) for part in self.bearing(row)]
        if parts and all(parts):
            return max(filter(None, parts)) > end_of(period["due_on"])
        return bool(filed) and filed[0]["recorded_at"] > end_of(period["due_on"])

    def first_filed(self, row: Row, period: Row, moment: datetime) -> datetime | None:
        filed = self.filed(row, period, moment)
        return filed[0]["recorded_at"] if filed else None

    def was_asked(self, row: Row, day: date, moment: datetime) -> bool:
        """Whether a period whose report it owed has closed, its own or that of those whom it succeeded."""
        closed = [period for period in self.periods if period["due_on"] < day]
        if any(self.obligation(row, period, moment) == "owed" for period in closed):
            return True
        return any(self.was_asked(part, day, row["recorded_at"]) for part in self.parts.get(row["id"], ()))
