"""One office directly below: whether its plan is issued, what that covers, and how it stands."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from agencies.models import Office
from tasks.models import Plan
from tasks.rules.milestones import MilestoneState
from tasks.rules.rounding import TENTH, difference
from tasks.rules.status import Light
from tasks.standing.filing import FilingCount
from tasks.standing.local.cells import Cell, CellState, LocalItem, LocalStanding
from tasks.standing.milestones import MilestoneStanding
from tasks.standing.rollup import Total, total


@dataclass(frozen=True)
class OfficeStanding:
    """An office with what is counted of it; `plan` is None until it has issued one.

    `items` are its plan's, `asked` the parent's items that they have to cover.
    `counties` are the offices directly below it, `issued_counties` those of them that have a plan of their own.
    """

    office: Office
    plan: Plan | None
    items: Sequence[LocalStanding]
    asked: Collection[int]
    milestones: Sequence[MilestoneStanding] = ()
    filing: FilingCount | None = None
    counties: int = 0
    issued_counties: int = 0

    @property
    def path(self) -> str:
        return self.office.path

    @property
    def is_issued(self) -> bool:
        return self.plan is not None

    # ── what it covers ──

    @cached_property
    def _carried_out(self) -> dict[int, list[LocalStanding]]:
        """By item of the parent's, the local ones that carry it out."""
        found: dict[int, list[LocalStanding]] = {}
        for each in self.items:
            for target in each.item.targets or ():
                found.setdefault(target, []).append(each)
        return found

    @cached_property
    def undecided(self) -> list[LocalItem]:
        """待确认: its items of which nobody has said what they carry out."""
        return [each.item for each in self.items if each.item.targets is None]

    @cached_property
    def added(self) -> list[LocalStanding]:
        """本地增加."""
        return [each for each in self.items if each.item.is_added]

    def cell(self, item: int) -> Cell:
        """What it does for that item of the parent's."""
        if self.plan is None:
            return Cell(CellState.UNISSUED)
        if carried := self._carried_out.get(item):
            return Cell(CellState.LISTED, carried)
        if item not in self.asked:
            return Cell(CellState.OVER)
        return Cell(CellState.PENDING if self.undecided else CellState.LACKING)

    def _in_state(self, state: CellState) -> list[int]:
        return [item for item in self.asked if self.cell(item).state == state]

    @cached_property
    def covered(self) -> list[int]:
        """覆盖: the parent's items that are asked for and to which some item of its own corresponds."""
        return self._in_state(CellState.LISTED)

    @cached_property
    def lacking(self) -> list[int]:
        """空缺: those that none does, once it is decided of all of its items."""
        return self._in_state(CellState.LACKING)

    @cached_property
    def unsettled(self) -> list[int]:
        """Those that none does as long as some of its items are 待确认."""
        return self._in_state(CellState.PENDING)

    # ── dates ──

    @cached_property
    def dated(self) -> list[LocalItem]:
        """Its items with a due date of their own."""
        return [each.item for each in self.items if each.item.is_dated]

    @cached_property
    def stepped(self) -> list[LocalItem]:
        """Its items with a milestone."""
        planned = {each.item_id for each in self._planned}
        return [each.item for each in self.items if each.item.pk in planned]

    @cached_property
    def _planned(self) -> list[MilestoneStanding]:
        return [each for each in self.milestones if each.state != MilestoneState.WITHDRAWN]

    @cached_property
    def came_due(self) -> list[MilestoneStanding]:
        """Its milestones whose planned day has passed."""
        return [each for each in self._planned if each.planned_on < each.day]

    @cached_property
    def kept(self) -> list[MilestoneStanding]:
        """Those of them that were done by that day."""
        return [each for each in self.came_due if each.done_on is not None and each.done_on <= each.planned_on]

    # ── how it stands ──

    @cached_property
    def total(self) -> Total:
        """Its plan's progress, expected progress and lights, by the plan's own rules."""
        return total(self.items)

    @property
    def gap(self) -> Decimal:
        return difference(self.total.percent, self.total.expected, TENTH)

    @property
    def lights(self) -> Counter[Light]:
        return self.total.lights

    @property
    def reds(self) -> int:
        return self.lights[Light.RED]

    @property
    def yellows(self) -> int:
        return self.lights[Light.YELLOW]

    @property
    def owed(self) -> int:
        return self.filing.owed if self.filing else 0

    @property
    def filed(self) -> int:
        return self.filing.filed if self.filing else 0
