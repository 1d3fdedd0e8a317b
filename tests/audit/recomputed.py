"""What every figure should be: recomputed from the bare rows of the facts, with no code of the product.

Plain Python over dictionaries and exact fractions, by docs/rules.md (2 to 5, 10, 11).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from tests.audit.rows import RUNNING, Row, Rows, end_of

LIGHTS = ("red", "yellow", "blue", "green", "suspended", "grey", "cancelled", "unassigned")  # worst first
WORDS = dict(zip(LIGHTS, ("逾期", "滞后", "临期", "正常", "已中止", "已办结", "已撤销", "未明确单位"), strict=True))
COLOURS = dict(zip(LIGHTS, ("红", "黄", "蓝", "绿", "灰", "灰", "灰", ""), strict=True))
ENDED = {"closed": "grey", "suspended": "suspended", "cancelled": "cancelled"}
PACES = {"ahead": "超进度", "on_pace": "按序时", "behind": "欠进度"}
STATES = {"accepted": "已通过", "waiting": "待审", "sent_back": "退回待重报", "missing": "未报送", "waived": "免报"}


class Filing(NamedTuple):
    """应报 = 已报 + 未报; 已报 = 已通过 + 待审, 迟报 inside it; 未报 = 未报送 + 退回待重报; 免报 apart."""

    accepted: int
    waiting: int
    sent_back: int
    missing: int
    waived: int
    late: int

    @property
    def filed(self) -> int:
        return self.accepted + self.waiting

    @property
    def unfiled(self) -> int:
        return self.sent_back + self.missing

    @property
    def owed(self) -> int:
        return self.filed + self.unfiled


@dataclass(frozen=True)
class Part:
    """One assignment on one day."""

    row: Row
    agency: str
    closure: str
    weight: int
    accepted: int | None
    due_on: date | None
    expected: Fraction | None  # None without an end, and of assisting ones
    light: str  # "" of assisting ones
    pace: str

    @property
    def pk(self) -> int:
        return self.row["id"]

    @property
    def percent(self) -> int:
        return self.accepted or 0

    @property
    def is_lead(self) -> bool:
        return self.row["role"] == "lead"

    @property
    def counts(self) -> bool:
        return self.is_lead and self.closure not in ("suspended", "cancelled")

    @property
    def has_ended(self) -> bool:
        return self.closure not in RUNNING

    @property
    def expected_or_own(self) -> Fraction:
        return Fraction(self.percent) if self.expected is None else self.expected


@dataclass(frozen=True)
class Item:
    """One item on one day."""

    row: Row
    leads: list[Part]
    assists: list[Part]
    due_on: date | None
    percent: Fraction
    expected: Fraction | None
    light: str
    pace: str

    @property
    def counts(self) -> bool:
        return any(part.counts for part in self.leads)

    @property
    def expected_or_own(self) -> Fraction:
        return self.percent if self.expected is None else self.expected

    @property
    def laggards(self) -> list[Part]:
        if self.light not in ("red", "yellow"):
            return []
        return sorted((part for part in self.leads if part.light == self.light), key=lambda part: part.percent)


@dataclass(frozen=True)
class Whole:
    """The means of a plan, a section, or an agency's leads, with how many parts show which light."""

    count: int
    percent: Fraction
    expected: Fraction
    lights: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, parts: Sequence[Item] | Sequence[Part]) -> "Whole":
        counted = [part for part in parts if part.counts]
        share = Fraction(1, len(counted)) if counted else Fraction(0)
        return cls(
            count=len(parts),
            percent=sum((Fraction(part.percent) for part in counted), Fraction(0)) * share,
            expected=sum((part.expected_or_own for part in counted), Fraction(0)) * share,
            lights=Counter(part.light for part in parts),
        )


class Stand:
    """A plan as it stood at the end of one day, or at a moment within it."""

    def __init__(self, rows: Rows, day: date, moment: datetime | None = None) -> None:
        self.rows, self.day = rows, day
        self.moment = moment or end_of(day)
        self.settings = rows.settings(self.moment)

    # ── progress and lights ──

    def expected(self, due_on: date | None) -> Fraction | None:
        if due_on is None:
            return None
        whole, passed = (due_on - self.rows.plan["issued_on"]).days, (self.day - self.rows.plan["issued_on"]).days
        if whole <= 0:
            return Fraction(100 if self.day >= due_on else 0)
        return Fraction(100 * min(max(passed, 0), whole), whole)

    def pace(self, percent: Fraction | int, expected: Fraction | None) -> str:
        if expected is None:
            return "on_pace"
        if percent < expected - self.settings["behind_margin"]:
            return "behind"
        return "ahead" if percent > expected + self.settings["ahead_margin"] else "on_pace"

    def light(self, row: Row, closure: str, percent: int, due_on: date | None) -> str:
        if closure not in RUNNING:
            return ENDED[closure]
        if due_on is None:
            return "green"
        if due_on < self.day:
            return "red"
        expected = self.expected(due_on)
        if percent < expected - self.settings["behind_margin"] and self.rows.was_asked(row, self.day, self.moment):
            return "yellow"
        return "blue" if (due_on - self.day).days <= self.settings["soon_days"] else "green"

    def part(self, row: Row) -> Part:
        due_on, closure = self.rows.due_on(row["item_id"], self.moment), self.rows.closure(row["id"], self.moment)
        accepted, is_lead = self.rows.stands_at(row, self.moment), row["role"] == "lead"
        expected = self.expected(due_on) if is_lead else None
        runs = is_lead and closure in RUNNING
        return Part(
            row=row,
            agency=self.rows.agencies[row["agency_id"]]["name"],
            closure=closure,
            weight=self.rows.weight(row, self.moment),
            accepted=accepted,
            due_on=due_on,
            expected=expected,
            light=self.light(row, closure, accepted or 0, due_on) if is_lead else "",
            pace=self.pace(accepted or 0, expected) if runs else "",
        )

    def agency_order(self, pk: int) -> tuple[int, int]:
        return self.rows.agencies[pk]["ordinal"], pk

    @cached_property
    def parts(self) -> list[Part]:
        held = [self.part(row) for row in self.rows.assignments if self.rows.in_force(row, self.moment)]
        numbers = {row["id"]: row["number"] for row in self.rows.items}
        return sorted(
            held, key=lambda part: (numbers[part.row["item_id"]], *self.agency_order(part.row["agency_id"]), part.pk)
        )

    @cached_property
    def items(self) -> list[Item]:
        parts: dict[int, list[Part]] = defaultdict(list)
        for part in self.parts:
            parts[part.row["item_id"]].append(part)
        return [self._item(row, parts[row["id"]]) for row in self.rows.items]

    def _item(self, row: Row, parts: list[Part]) -> Item:
        leads = [part for part in parts if part.is_lead]
        counted = [part for part in leads if part.counts]
        weight = sum(part.weight for part in counted)
        percent = Fraction(sum(part.weight * part.percent for part in counted), weight) if weight else Fraction(0)
        due_on = self.rows.due_on(row["id"], self.moment)
        light = min((part.light for part in leads), key=LIGHTS.index, default="unassigned")
        expected = self.expected(due_on) if leads else None
        return Item(
            row=row,
            leads=leads,
            assists=[part for part in parts if not part.is_lead],
            due_on=due_on if leads else None,
            percent=percent,
            expected=expected,
            light=light,
            pace=self.pace(percent, expected) if light in LIGHTS[:4] else "",
        )

    @cached_property
    def whole(self) -> Whole:
        return Whole.of(self.items)

    def items_of(self, section: int | None) -> list[Item]:
        return [item for item in self.items if section in (None, item.row["section_id"])]

    def leads_of(self, agency: int) -> list[Part]:
        return [part for part in self.parts if part.is_lead and part.row["agency_id"] == agency]

    def assists_of(self, agency: int) -> list[Part]:
        return [part for part in self.parts if not part.is_lead and part.row["agency_id"] == agency]

    @cached_property
    def agencies(self) -> list[int]:
        """Those with a part in the plan, in their fixed order."""
        return sorted({part.row["agency_id"] for part in self.parts}, key=self.agency_order)

    # ── filing ──

    @cached_property
    def opened(self) -> list[Row]:
        return [period for period in self.rows.periods if period["opens_on"] <= self.day]

    @property
    def period(self) -> Row | None:
        return self.opened[-1] if self.opened else None

    def asked(self, period: Row) -> list[tuple[Row, str, str]]:
        """The assignments that owe the period's report or are excused: each with which, and its report's state."""
        answers = []
        for row in self.rows.assignments:
            obligation = self.rows.obligation(row, period, self.moment)
            if obligation:
                state = self.rows.state(row, period, self.moment) or "missing"
                answers.append((row, obligation, "waived" if obligation == "waived" else state))
        return answers

    def filing(self, period: Row, *, agency: int | None = None, items: Iterable[int] | None = None) -> Filing:
        wanted = None if items is None else set(items)
        rows = [
            (row, state)
            for row, _, state in self.asked_in(period)
            if agency in (None, row["agency_id"]) and (wanted is None or row["item_id"] in wanted)
        ]
        counts = Counter(state for _, state in rows)
        late = sum(
            state in ("accepted", "waiting") and self.rows.is_late(row, period, self.moment) for row, state in rows
        )
        return Filing(*(counts[state] for state in STATES), late)

    def asked_in(self, period: Row) -> list[tuple[Row, str, str]]:
        known = self.__dict__.setdefault("_asked", {})
        if period["id"] not in known:
            known[period["id"]] = self.asked(period)
        return known[period["id"]]

    def shown_state(self, row: Row, period: Row | None) -> str:
        """What pages say of an assignment's report: 免报 whatever was filed, nothing where none is owed or filed."""
        if period is None:
            return ""
        obligation = self.rows.obligation(row, period, self.moment)
        if obligation == "waived":
            return "waived"
        return self.rows.state(row, period, self.moment) or ("missing" if obligation else "")

    @cached_property
    def waiting(self) -> list[tuple[Row, Part]]:
        """What waits for review, of every opened period, the longest waiting first."""
        held = {part.pk: part for part in self.parts}
        queue = []
        for pk, part in held.items():
            for period in self.opened:
                filed = self.rows.filed(part.row, period, self.moment)
                if filed and self.rows.verdict(filed[-1], self.moment) == "waiting":
                    queue.append((filed[-1], held[pk]))
        return sorted(queue, key=lambda pair: (pair[0]["recorded_at"], pair[0]["id"]))

    @property
    def waiting_now(self) -> list[tuple[Row, Part]]:
        """What waits of the period that opened last."""
        return [(report, part) for report, part in self.waiting if report["period_id"] == self.period["id"]]

    @property
    def if_accepted(self) -> Fraction:
        """What the plan's progress would be if everything that waits of the last period were accepted."""
        hoped = {part.pk: report["percent"] for report, part in self.waiting_now}
        means = []
        for item in self.items:
            counted = [part for part in item.leads if part.counts]
            if counted:
                done = sum(part.weight * hoped.get(part.pk, part.percent) for part in counted)
                means.append(Fraction(done, sum(part.weight for part in counted)))
        return sum(means, Fraction(0)) / len(means) if means else Fraction(0)

    # ── 量化指标 ──

    def reading(self, indicator: Row, agency: int | None = None) -> Fraction | None:
        """The newest accepted reading of any agency, or of one."""
        held = {row["id"]: row["agency_id"] for row in self.rows.assignments}
        reports = {row["id"]: row for row in self.rows.facts["ProgressReport"]}
        readings = []
        for row in self.rows.facts["IndicatorReading"]:
            report = reports[row["report_id"]]
            fits = row["indicator_id"] == indicator["id"] and report["recorded_at"] <= self.moment
            is_own = agency in (None, held[report["assignment_id"]])
            if fits and is_own and self.rows.verdict(report, self.moment) == "accepted":
                readings.append((report["recorded_at"], report["id"], row["value"]))
        return Fraction(max(readings)[2]) if readings else None

    def is_behind(self, percent: Fraction, expected: Fraction | None) -> bool:
        return percent < 100 and self.pace(percent, expected) == "behind"
