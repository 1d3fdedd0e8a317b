"""The meeting room's wall: screens that answer one question each, with as much as can be read from five metres."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from reports.dashboard.listings import AgencyRow, HeadingStanding
from reports.dashboard.overview import Overview
from reports.dashboard.ranking import RankRow, ranking
from tasks.rules.status import Light

SECONDS = 20  # that each screen stands
LINES = 8  # that a screen holds
PRESSING = (Light.RED, Light.YELLOW)


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: what it is about, its number, and the one after it."""

    kind: str
    title: str
    number: int
    following: int
    items: Sequence[HeadingStanding] = ()
    agencies: Sequence[RankRow] = ()
    late: Sequence[AgencyRow] = ()


class Wall:
    """The screens of a plan on a day; what is not there has none."""

    seconds = SECONDS

    def __init__(self, overview: Overview) -> None:
        self.overview = overview

    @cached_property
    def _pressing(self) -> list[HeadingStanding]:
        worst = [item for item in self.overview.items if item.light in PRESSING]
        return sorted(worst, key=lambda item: (list(Light).index(item.light), item.item.number))

    @cached_property
    def _parts(self) -> list[tuple[str, str, dict[str, Sequence]]]:
        ranked, late = ranking(self.overview), self.overview.late_agencies
        parts: list[tuple[str, str, dict[str, Sequence]]] = [("whole", "总体情况", {}), ("curve", "进度曲线", {})]
        parts += [("items", "逾期和滞后任务", {"items": page}) for page in _pages(self._pressing)]
        parts += [("ranking", "单位进度排名", {"agencies": page}) for page in _pages(ranked)]
        parts += [("late", "逾期、滞后、未报单位", {"late": page}) for page in _pages(late)]
        return parts

    @property
    def count(self) -> int:
        return len(self._parts)

    @property
    def numbers(self) -> range:
        return range(1, self.count + 1)

    def screen(self, number: int) -> Screen:
        kind, title, rows = self._parts[number - 1]
        return Screen(kind, title, number, number % self.count + 1, **rows)


def _pages(rows: Sequence) -> list[Sequence]:
    return [rows[n : n + LINES] for n in range(0, len(rows), LINES)]
