"""What all the offices below come to together, and which of the plan's items they leave out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from tasks.rules.means import mean
from tasks.rules.status import Light
from tasks.standing.local.cells import CellState
from tasks.standing.local.offices import OfficeStanding
from tasks.standing.local.picture import LocalPicture, ParentItem


@dataclass(frozen=True, slots=True)
class Gap:
    """An item that some offices' plans leave out."""

    item: ParentItem
    offices: Sequence[OfficeStanding]


@dataclass(frozen=True)
class LocalTotals:
    """Sums over the offices of a picture; every one of them is that of its rows."""

    picture: LocalPicture

    @property
    def _issued(self) -> list[OfficeStanding]:
        return self.picture.issued

    @property
    def offices(self) -> int:
        return len(self.picture.offices)

    @property
    def issued(self) -> int:
        return len(self._issued)

    @cached_property
    def covered(self) -> int:
        """How many items all plans together cover; of as many as `asked` times the offices that issued one."""
        return sum(len(each.covered) for each in self._issued)

    @property
    def mean_covered(self) -> float:
        """How many items an issued plan covers on average."""
        return mean([len(each.covered) for each in self._issued])

    @cached_property
    def lacking(self) -> int:
        return sum(len(each.lacking) for each in self._issued)

    @cached_property
    def unsettled(self) -> int:
        return sum(len(each.unsettled) for each in self._issued)

    @cached_property
    def undecided(self) -> int:
        """How many local items are 待确认."""
        return sum(len(each.undecided) for each in self._issued)

    @cached_property
    def items(self) -> int:
        return sum(len(each.items) for each in self._issued)

    @cached_property
    def dated(self) -> int:
        return sum(len(each.dated) for each in self._issued)

    @cached_property
    def stepped(self) -> int:
        return sum(len(each.stepped) for each in self._issued)

    @cached_property
    def came_due(self) -> int:
        return sum(len(each.came_due) for each in self._issued)

    @cached_property
    def kept(self) -> int:
        return sum(len(each.kept) for each in self._issued)

    @cached_property
    def owed(self) -> int:
        return sum(each.owed for each in self._issued)

    @cached_property
    def filed(self) -> int:
        return sum(each.filed for each in self._issued)

    @property
    def counties(self) -> int:
        return sum(each.counties for each in self.picture.offices)

    @property
    def issued_counties(self) -> int:
        return sum(each.issued_counties for each in self.picture.offices)

    @property
    def percent(self) -> float | None:
        """The mean of the local plans' progress; it stands beside the parent's, never in it."""
        counted = [each.total.percent for each in self._issued if each.total.counted]
        return mean(counted) if counted else None

    @property
    def expected(self) -> float | None:
        counted = [each.total.expected for each in self._issued if each.total.counted]
        return mean(counted) if counted else None

    @cached_property
    def lights(self) -> Counter[Light]:
        """How many local items show which light."""
        return sum((each.lights for each in self._issued), Counter())

    @cached_property
    def gaps(self) -> list[Gap]:
        """空缺 by item of the parent's, the one that most offices leave out first."""
        found = [
            Gap(item, [each for each in self._issued if each.cell(item.pk).state == CellState.LACKING])
            for item in self.picture.asked
        ]
        return sorted((gap for gap in found if gap.offices), key=lambda gap: -len(gap.offices))

    def covering(self, item: ParentItem) -> list[OfficeStanding]:
        """The offices whose plans have something for that item."""
        return [each for each in self._issued if each.cell(item.pk).state == CellState.LISTED]
