"""中止 and 恢复办理 of a whole item: what comes of it in numbers, shown before it is done."""

from functools import cached_property
from typing import Any

from agencies.models import Agency
from tasks.models import Assignment
from tasks.models.choices import RUNNING
from tasks.models.obligation import Obligation
from tasks.pages.items.closing import Turn
from tasks.pages.items.questions import people_by_agency
from tasks.standing.course import open_requests
from tasks.standing.filing import obligations
from tasks.standing.milestones import milestones_of_items
from tasks.standing.steering import basis_of
from tasks.standing.steering_outcome import begun
from tasks.workflow.item_course import KINDS, concerned


class ItemClosing(Turn):
    """What can be done with all of an item's parts at once, and what it would come to. Nothing of it is kept."""

    @property
    def kinds(self) -> list[tuple[str, str]]:
        """中止 where anything runs, 恢复办理 where anything is suspended."""
        return [(kind.value, kind.label) for kind in KINDS if concerned(self.parts, kind)]

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

    @property
    def lines(self) -> list[tuple[Assignment, Any, Any]]:
        """Each part that it would turn, with its light now and then; None of an assisting one, which has none."""
        lights = [{row.pk: row.light for row in each.leads} for each in (self.before, self.after)]
        return [(part, lights[0].get(part.pk), lights[1].get(part.pk)) for part in self.chosen]

    # ── what is owed, under way, and who is told ──

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
