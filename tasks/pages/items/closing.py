"""办结, 中止, 撤销, 恢复办理 of one assignment: what comes of it in numbers, shown before it is done."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from agencies.models import User
from tasks.models import ActionItem, Assignment, Closure, ReportingPeriod
from tasks.models.choices import RUNNING
from tasks.models.obligation import Obligation
from tasks.pages.items.questions import closure_count, keys_of_items, period_that_closes_next
from tasks.reminders.redated import DueReminders
from tasks.standing.filing import obligations
from tasks.standing.milestones import Part, Successors, answering_parts, milestones_of_items
from tasks.standing.planned_steering import falling_away, held
from tasks.standing.rollup import (
    COLUMNS,
    ItemStanding,
    Total,
    columns_of,
    item_standings,
    standings_from_queryset,
    standings_from_rows,
    total,
)
from tasks.standing.steering import parts_of_items
from tasks.workflow import WorkflowError, close_assignment

CLOSURE = COLUMNS.index("closure")
FIRST_OWED = COLUMNS.index("first_owed_on")
CHANGED = "内容与核对时不同，请重新核对后确认。"


@dataclass(frozen=True, slots=True)
class Place:
    """An item as much as the mean of a plan needs it."""

    pk: int


class Turn:
    """What it would come to today if parts of an item were closed, suspended or taken up. Nothing of it is kept."""

    def __init__(self, item: ActionItem, kind: str, now: datetime, day: date) -> None:
        self.item, self.plan, self.kind = item, item.plan, kind
        self.now, self.day = now, day

    @property
    def word(self) -> str:
        return str(Closure.Kind(self.kind).label)

    @property
    def ends(self) -> bool:
        return self.kind not in RUNNING

    @cached_property
    def parts(self) -> list[Assignment]:
        """All that answer for the item, with what is under way on each."""
        return parts_of_items([self.item.pk], self.now)

    @property
    def chosen(self) -> list[Assignment]:
        """Those of the parts that it would turn."""
        return self.parts

    # ── lights and means ──

    @cached_property
    def before(self) -> ItemStanding[ActionItem]:
        return self._standing([columns_of(part) for part in self.parts])

    @cached_property
    def after(self) -> ItemStanding[ActionItem]:
        return self._standing([self._then(part) for part in self.parts])

    def _then(self, part: Assignment) -> tuple[Any, ...]:
        columns = list(columns_of(part))
        if part in self.chosen:
            columns[CLOSURE] = self.kind
            if not self.ends and columns[FIRST_OWED] is None and self.period:
                columns[FIRST_OWED] = self.period.due_on
        return tuple(columns)

    def _standing(self, rows: list[tuple[Any, ...]]) -> ItemStanding[ActionItem]:
        standings = standings_from_rows(rows, self.plan, self.day)
        return item_standings([self.item], standings, self.plan, self.day)[0]

    @cached_property
    def totals(self) -> tuple[Total, Total]:
        """The plan's mean now and then."""
        rows = Assignment.objects.as_of(self.now).filter(item__plan=self.plan)
        items = [Place(key) for key in keys_of_items(self.plan)]
        standings = standings_from_queryset(rows, self.plan, self.day)
        now = item_standings(items, standings, self.plan, self.day)
        then = [self.after if each.pk == self.item.pk else each for each in now]
        return total(now), total(then)

    # ── what is owed, and what waits for its day ──

    @cached_property
    def period(self) -> ReportingPeriod | None:
        return period_that_closes_next(self.plan, self.day)

    @cached_property
    def falling_away(self) -> list[str]:
        """The changes of who answers that wait for their day, and that it would make impossible."""
        then = [held(part, closure=self.kind if part in self.chosen else None) for part in self.parts]
        return falling_away([self.item.pk], self.now, self.parts, then)


class ClosingPreview(Turn):
    """What a closure of that kind would come to today, beside what there is. Nothing of it is kept."""

    def __init__(self, assignment: Assignment, kind: str, now: datetime, day: date) -> None:
        super().__init__(assignment.item, kind, now, day)
        self.assignment = assignment

    @cached_property
    def part(self) -> Assignment:
        """The one that it is about."""
        return next(part for part in self.parts if part.pk == self.assignment.pk)

    @property
    def chosen(self) -> list[Assignment]:
        return [self.part]

    @property
    def lights(self) -> list[Any]:
        """The lead's light now and then; nothing of an assisting one, which has none."""
        both = [*self.before.leads, *self.after.leads]
        return [row.light for row in both if row.pk == self.assignment.pk]

    @property
    def other_leads(self) -> int:
        """How many other leads of the item still run."""
        return sum(1 for row in self.before.leads if row.pk != self.assignment.pk and not row.has_ended)

    # ── what is owed, waits and is reminded of ──

    @cached_property
    def owes(self) -> bool:
        """Whether its report of that period is owed as long as it runs."""
        if self.period is None:
            return False
        terms = self.period.terms_at(self.now)
        if self.part.role != Assignment.Role.LEAD and not terms.assists:
            return False
        return not self.ends or Obligation.OWED in obligations([terms], pk=self.part.pk).values()

    @property
    def under_way(self) -> list[str]:
        """What is under way on it, in words, each with what becomes of it."""
        said = []
        if self.part.has_draft:  # type: ignore[attr-defined]
            said.append("草稿1份留存，恢复办理后可以继续填报" if self.ends else "草稿1份可以继续填报")
        if self.part.waits:  # type: ignore[attr-defined]
            said.append("待审报告仍可审核")
        if self.part.is_urged:  # type: ignore[attr-defined]
            said.append("未答复的催办仍由该单位答复")
        return said

    @cached_property
    def milestones(self) -> list[str]:
        """The names of the open milestones for which it answers, while it runs."""
        running = [part for part in self.parts if part.closure in RUNNING or part.pk == self.assignment.pk]
        parts = [Part(part.pk, part.item_id, part.agency_id, part.role) for part in running]
        successors, soon = Successors(self.day), self.plan.soon_days
        return [
            each.name
            for each in milestones_of_items([self.item.pk], self.now, self.day, soon)
            if each.state.is_open
            and any(part.pk == self.part.pk for part in answering_parts(each.row.agency_id, parts, successors))
        ]

    @cached_property
    def reminded_on(self) -> list[date]:
        """The next days on which it is reminded of its due date as long as it runs."""
        is_lead = self.part.role == Assignment.Role.LEAD
        return DueReminders(self.day).days(self.part.due_on) if is_lead else []

    @cached_property
    def people(self) -> int:
        """How many accounts of its agency are told."""
        return User.objects.of_agency(self.assignment.agency).count()

    @cached_property
    def basis(self) -> int:
        """How often it was closed or taken up again."""
        return closure_count(self.assignment)

    @property
    def token(self) -> str:
        """Stands for what is shown: whoever confirms says that it was this, and not what has changed since."""
        shown = (
            *(self.kind, self.lights, self.before.percent, self.after.percent, self.owes, self.under_way),
            *(self.milestones, self.basis, self.falling_away),
        )
        return sha256(repr(shown).encode()).hexdigest()


def close_as_shown(preview: ClosingPreview, *, token: str, basis: int | None, **what: Any) -> Closure:
    """Does what was shown; a confirmation of anything else is refused, and the same one sent again is the first."""
    if basis is None or (basis == preview.basis and token != preview.token):
        raise WorkflowError(CHANGED)
    return close_assignment(assignment=preview.assignment, kind=preview.kind, basis=basis, **what)
