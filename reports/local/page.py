"""What the pages of 市县落实 show: all offices with all items, one office, one item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.core.paginator import Page, Paginator

from reports.local.filters import SHOWN, LocalFilter
from reports.local.questions import Asked
from tasks.rules.periods import name_in_year
from tasks.rules.rounding import TENTH, difference
from tasks.rules.status import Light
from tasks.rules.units import units_word
from tasks.standing.local import (
    Cell,
    CellState,
    LocalItem,
    LocalPicture,
    LocalStanding,
    LocalTotals,
    OfficeStanding,
    ParentItem,
    Ranked,
    ranked,
)
from tasks.standing.local.words import Words
from tasks.standing.trend import MOST_POINTS

WHOLE = 60  # up to so many items, the matrix shows all
ITEMS_PER_PAGE = 20
ENDS = 4  # of a short ranking, so many from its beginning and its end
FEW = 2  # the same beside the ranking of agencies
NAMED = 6  # offices that the sentence names
USUAL = (Light.RED, Light.YELLOW, Light.BLUE, Light.GREEN, Light.GREY)


@dataclass(frozen=True)
class LocalPage:
    """The matrix, the list of offices, the gaps and the ranking."""

    picture: LocalPicture
    chosen: LocalFilter
    asked: Asked
    number: str | None = None

    @cached_property
    def totals(self) -> LocalTotals:
        return LocalTotals(self.picture)

    @property
    def units(self) -> str:
        return units_word(self.picture.levels)

    @property
    def has_levels(self) -> bool:
        """Whether cities and directly governed counties stand side by side."""
        return len(self.picture.levels) > 1

    @cached_property
    def rows(self) -> list[OfficeStanding]:
        """The offices that the filter keeps, in its order."""
        return self.chosen.applied(self.picture.offices)

    @property
    def situations(self) -> list[tuple[str, str]]:
        """What the list may be narrowed by; nothing of counties where none lies further below."""
        return [("", "全部"), *((k, word) for k, (word, _) in SHOWN.items() if k != "counties" or self.totals.counties)]

    @property
    def named_unissued(self) -> list[OfficeStanding]:
        return self.picture.unissued[:NAMED]

    @property
    def waited_days(self) -> int:
        """How long the notice has been out."""
        return (self.picture.day - self.picture.plan.issued_on).days

    # ── the matrix ──

    @cached_property
    def page(self) -> Page:
        """The items whose rows are shown: all of a plan of usual size."""
        items = self.picture.items
        return Paginator(items, WHOLE if len(items) <= WHOLE else ITEMS_PER_PAGE).get_page(self.number)

    @property
    def sections(self) -> list[tuple[int, str, list[ParentItem]]]:
        shown = {item.pk for item in self.page}
        parts = [(number, title, [i for i in items if i.pk in shown]) for number, title, items in self.picture.sections]
        return [part for part in parts if part[2]]

    @cached_property
    def legend(self) -> list[Light]:
        """The lights that the matrix explains: the usual ones, and what else some local item shows."""
        shown = set(self.totals.lights)
        return [light for light in Light if light in USUAL or light in shown]

    @property
    def has_pending(self) -> bool:
        return bool(self.totals.unsettled)

    @cached_property
    def labels(self) -> dict[int, str]:
        """By item, as the notice numbers it."""
        return {item.pk: item.label for item in self.picture.items}

    # ── beside the list ──

    @cached_property
    def ranked(self) -> list[Ranked]:
        return ranked(self.picture.offices)

    @property
    def ranking_ends(self) -> list[list[Ranked]]:
        """The first and the last that have a plan, all of a short ranking; behind them those that have none."""
        placed = [row for row in self.ranked if row.place is not None]
        ends = [placed] if len(placed) <= 2 * ENDS else [placed[:ENDS], placed[-ENDS:]]
        return [part for part in ends if part]

    @property
    def left_out(self) -> int:
        """How many the short ranking doesn't show."""
        placed = sum(row.place is not None for row in self.ranked)
        return max(placed - 2 * ENDS, 0)

    @property
    def without_plan(self) -> list[Ranked]:
        return [row for row in self.ranked if row.place is None]

    @cached_property
    def counties_missing(self) -> list[OfficeStanding]:
        """Offices some of whose counties have no plan, most of them first."""
        missing = [each for each in self.picture.offices if each.issued_counties < each.counties]
        return sorted(missing, key=lambda each: each.issued_counties - each.counties)


@dataclass(frozen=True, slots=True)
class Place:
    """An office in the ranking, with its plan's progress at each close and now; `moved` is since the last close."""

    row: Ranked
    points: Sequence[float | None]

    @property
    def moved(self) -> Decimal | None:
        earlier, now = (self.points[-2] if len(self.points) > 1 else None), self.points[-1]
        return None if earlier is None or now is None else difference(now, earlier, TENTH)


@dataclass(frozen=True)
class CityRanking:
    """All offices in their order, with their course over the periods."""

    picture: LocalPicture
    progress: Mapping[int, Sequence[float | None]]  # by plan, at each of the closes

    @property
    def units(self) -> str:
        return units_word(self.picture.levels)

    @property
    def closes(self) -> list[str]:
        """「二季度」 and so on, as far as the course goes back."""
        return [name_in_year(code) for code, _ in self.picture.closes[-MOST_POINTS:]]

    @cached_property
    def places(self) -> list[Place]:
        """Those that have issued a plan."""
        issued = ranked(self.picture.issued)
        return [Place(row, self._points(row.standing)) for row in issued]

    @property
    def ends(self) -> list[list[Place]]:
        """The first and the last of them, in short."""
        few = len(self.places) <= 2 * FEW
        return [self.places] if few else [self.places[:FEW], self.places[-FEW:]]

    @property
    def unplaced(self) -> Sequence[OfficeStanding]:
        return self.picture.unissued

    def _points(self, standing: OfficeStanding) -> list[float | None]:
        if standing.plan is None:
            return [None]
        known = self.progress.get(standing.plan.pk, [None] * len(self.closes))
        return [*known, standing.total.percent if standing.total.counted else None]


@dataclass(frozen=True)
class CityRow:
    """An item of the plan with what one office does for it; `words` by local item."""

    item: ParentItem
    cell: Cell
    words: dict[int, Words]

    @property
    def lines(self) -> list[tuple[LocalStanding, Words | None]]:
        return [(each, self.words.get(each.pk)) for each in self.cell.items]


@dataclass(frozen=True)
class CityPage:
    """One office: its plan beside the one that it carries out."""

    picture: LocalPicture
    standing: OfficeStanding
    words: dict[int, Words]

    @property
    def sections(self) -> list[tuple[int, str, list[CityRow]]]:
        return [
            (number, title, [CityRow(item, self.standing.cell(item.pk), self.words) for item in items])
            for number, title, items in self.picture.sections
        ]

    def _in(self, items: Sequence[int]) -> list[ParentItem]:
        wanted = set(items)
        return [item for item in self.picture.items if item.pk in wanted]

    @cached_property
    def lacking(self) -> list[ParentItem]:
        return self._in(self.standing.lacking)

    @cached_property
    def unsettled(self) -> list[ParentItem]:
        return self._in(self.standing.unsettled)

    @property
    def undecided(self) -> list[LocalItem]:
        return self.standing.undecided

    @property
    def apart(self) -> list[tuple[str, list[tuple[LocalStanding, Words | None]]]]:
        """What carries out none of the plan's items, or of which nobody has said what it does."""
        items = self.standing.items
        parts = [
            ("对应关系待确认", [each for each in items if each.item.targets is None]),
            ("本地增加", self.standing.added),
        ]
        return [(heading, [(each, self.words.get(each.pk)) for each in lines]) for heading, lines in parts if lines]

    @property
    def lights(self) -> list[tuple[Light, int]]:
        return [(light, self.standing.lights[light]) for light in Light if self.standing.lights[light]]

    @property
    def waited_days(self) -> int:
        return (self.picture.day - self.picture.plan.issued_on).days


@dataclass(frozen=True)
class ItemInCities:
    """One item over all offices."""

    picture: LocalPicture
    item: ParentItem

    @cached_property
    def cells(self) -> list[tuple[OfficeStanding, Cell]]:
        return [(each, each.cell(self.item.pk)) for each in self.picture.offices]

    def _in(self, state: CellState) -> list[OfficeStanding]:
        return [each for each, cell in self.cells if cell.state == state]

    @property
    def listed(self) -> list[OfficeStanding]:
        return self._in(CellState.LISTED)

    @property
    def lacking(self) -> list[OfficeStanding]:
        return self._in(CellState.LACKING)

    @property
    def pending(self) -> list[OfficeStanding]:
        return self._in(CellState.PENDING)

    @property
    def unissued(self) -> list[OfficeStanding]:
        return self._in(CellState.UNISSUED)

    @property
    def units(self) -> str:
        return units_word(self.picture.levels)

    @cached_property
    def lights(self) -> list[tuple[Light, list[OfficeStanding]]]:
        """Which offices show which light, the gravest first."""
        found = [(light, [each for each, cell in self.cells if cell.light == light]) for light in Light]
        return [(light, offices) for light, offices in found if offices]
