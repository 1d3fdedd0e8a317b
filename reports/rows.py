"""What a dashboard lists: its sections and agencies, what waits for review, what falls due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from agencies.models import Agency
from tasks.filing import Filed
from tasks.models import ActionItem, Section
from tasks.rollup import ItemStanding, Standing, Total, total
from tasks.status import Light


@dataclass(frozen=True, slots=True)
class SectionRow:
    section: Section
    total: Total
    items: list[ItemStanding]


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One agency's part in the plan: its leads and what they come to, assisting ones counted apart."""

    agency: Agency
    leads: list[Standing]
    assists: list[Standing]
    total: Total
    unfiled: int

    @property
    def reds(self) -> int:
        return self.total.lights[Light.RED]

    @property
    def yellows(self) -> int:
        return self.total.lights[Light.YELLOW]

    @property
    def blues(self) -> int:
        return self.total.lights[Light.BLUE]

    @property
    def greys(self) -> int:
        return self.total.lights[Light.GREY]


@dataclass(frozen=True, slots=True)
class Waiting:
    report: Filed
    item: ActionItem
    agency: Agency
    percent: int
    days: int


@dataclass(frozen=True, slots=True)
class Upcoming:
    """Something that falls due: an item, or the period's reports when `standing` is None."""

    due_on: date
    days: int
    standing: ItemStanding | None


def section_rows(items: Iterable[ItemStanding]) -> list[SectionRow]:
    """The items under their sections, both in the notice's order."""
    by_section: dict[Section, list[ItemStanding]] = {}
    for standing in items:
        by_section.setdefault(standing.item.section, []).append(standing)
    return [SectionRow(section, total(parts), parts) for section, parts in by_section.items()]
