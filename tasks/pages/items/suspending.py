"""中止 and 恢复办理 of a whole item: what comes of it in numbers, shown before it is done."""

from datetime import date, datetime
from functools import cached_property
from typing import Any

from agencies.models import Agency
from tasks.models import ActionItem, Assignment, Closure, ReportingPeriod
from tasks.models.choices import RUNNING
from tasks.models.obligation import Obligation
from tasks.pages.items.closing import CLOSURE, FIRST_OWED, Place
from tasks.pages.items.questions import keys_of_items, people_by_agency, period_that_closes_next
from tasks.standing.course import open_requests
from tasks.standing.filing import obligations
from tasks.standing.milestones import milestones_of_items
from tasks.standing.rollup import (
    ItemStanding,
    Total,
    columns_of,
    item_standings,
    standings_from_queryset,
    standings_from_rows,
    total,
)
from tasks.standing.steering import basis_of, parts_of_items
from tasks.standing.steering_outcome import begun
from tasks.workflow.item_course import KINDS, concerned


class ItemClosing:
    """What can be done with all of an item's parts at once, and what it would come to. Nothing of it is kept."""

    def __init__(self, item: ActionItem, kind: str, now: datetime, day: date) -> None:
        self.item, self.plan, self.kind = item, item.plan, kind
        self.now, self.day = now, day

    @cached_property
    def parts(self) -> list[Assignment]:
        return parts_of_items([self.item.pk], self.now)

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """中止 where anything runs, 恢复办理 where anything is suspended."""
        return [(kind.value, kind.label) for kind in KINDS if concerned(self.parts, kind)]

    @property
    def word(self) -> str:
        return str(Closure.Kind(self.kind).label)

    @property
    def ends(self) -> bool:
        return self.kind not in RUNNING

    @cached_property
    def chosen(self) -> list[Assignment]:
        """The parts that it would turn."""
        return concerned(self.parts, self.kind)

    @property
    def others(self) -> list[Assignment]:
        """Those that stay as they are: closed, cancelled, or of the other kind."""
        return [part for part in self.parts if part not in self.chosen]

    @property
    def basis(self) -> str:
        return basis_of(self.parts)

    @property
    def asking(self) -> list[Assignment]:
        """Those with a request that has to be answered first."""
        return [part for part in self.chosen if open_requests(part)]

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

    @property
    def lines(self) -> list[tuple[Assignment, Any, Any]]:
        """Each part that it would turn, with its light now and then; None of an assisting one, which has none."""
        lights = [{row.pk: row.light for row in each.leads} for each in (self.before, self.after)]
        return [(part, lights[0].get(part.pk), lights[1].get(part.pk)) for part in self.chosen]

    @cached_property
    def totals(self) -> tuple[Total, Total]:
        """The plan's mean now and then."""
        rows = Assignment.objects.as_of(self.now).filter(item__plan=self.plan)
        items = [Place(key) for key in keys_of_items(self.plan)]
        now = item_standings(items, standings_from_queryset(rows, self.plan, self.day), self.plan, self.day)
        return total(now), total([self.after if each.pk == self.item.pk else each for each in now])

    # ── what is owed, under way, and who is told ──

    @cached_property
    def period(self) -> ReportingPeriod | None:
        return period_that_closes_next(self.plan, self.day)

    @cached_property
    def owing(self) -> int:
        """How many reports of that period are owed no more, or again."""
        if self.period is None:
            return 0
        terms = self.period.terms_at(self.now)
        if not self.ends:
            return sum(1 for part in self.chosen if part.role == Assignment.Role.LEAD or terms.assists)
        keys = [part.pk for part in self.chosen]
        return sum(1 for owed in obligations([terms], pk__in=keys).values() if owed == Obligation.OWED)

    @property
    def under_way(self) -> dict[str, int]:
        return begun(self.chosen)

    @cached_property
    def milestones(self) -> list[str]:
        """The names of the item's open milestones."""
        found = milestones_of_items([self.item.pk], self.now, self.day, self.plan.soon_days)
        return [each.name for each in found if each.state.is_open]

    @property
    def stays_in_charge(self) -> bool:
        """Whether somebody still runs who answers for what is left."""
        return any(part.closure in RUNNING for part in self.others)

    @cached_property
    def told(self) -> list[tuple[Agency, int]]:
        return people_by_agency([part.agency_id for part in self.chosen])
