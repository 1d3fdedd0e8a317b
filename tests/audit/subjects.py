"""What a printed figure claims to be: a subject of the plan, looked up among what was recomputed."""

from datetime import date, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from tests.audit.recomputed import PACES, STATES, WORDS, Filing, Item, Part, Stand, Whole
from tests.audit.rounded import TENTH, WHOLE
from tests.audit.rows import Row, day_of

Subject = tuple[Any, ...]
PLAN: Subject = ("plan",)
NUMERALS = "一二三四五六七八九十"
NO_VALUE = ("—", "·", "")
NONE_YET = ("尚无通过的报告", "尚无", "—", "·", "")
STATE_OF = {word: state for state, word in STATES.items()}
LIGHT_OF = {word: light for light, word in WORDS.items()}
PACE_OF = {word: pace for pace, word in PACES.items()}
FILING_WORDS = {
    **{"应报": "owed", "已报": "filed", "未报": "unfiled", "迟报": "late"},
    **STATE_OF,
}


class Figure(NamedTuple):
    """One printed figure: where it stands, what it claims to be, and how it reads."""

    place: str
    subject: Subject
    what: str
    text: str


class Difference(NamedTuple):
    figure: Figure
    right: tuple[str, ...]

    def __str__(self) -> str:
        place, subject, what, text = self.figure
        of = "".join(f"[{each}]" for each in subject)
        return f"{place} | {of} {what} | printed 「{text}」 | right 「{' / '.join(dict.fromkeys(self.right))}」"


class Unknown(Exception):
    """A figure claims to be something that no rule speaks of."""


def places_of(subject: Subject) -> int:
    return TENTH if subject[0] in ("plan", "section") else WHOLE


class Subjects:
    """The subjects of one day. `before` is the plan as it stood at the close that changes are told from."""

    def __init__(self, stand: Stand, before: Stand | None = None, periods: list[Row] | None = None) -> None:
        self.stand, self.before = stand, before
        self.periods = periods if periods is not None else [stand.period] if stand.period else []

    @cached_property
    def items(self) -> dict[int, Item]:
        return {item.row["number"]: item for item in self.stand.items}

    @cached_property
    def parts(self) -> dict[int, Part]:
        return {part.pk: part for part in self.stand.parts}

    @cached_property
    def agency_keys(self) -> dict[str, int]:
        return {row["name"]: pk for pk, row in self.stand.rows.agencies.items()}

    def section_key(self, place: int) -> int:
        return next(row["id"] for row in self.stand.rows.sections if row["number"] == place)

    def whole(self, subject: Subject, stand: Stand | None = None) -> Whole:
        stand = stand or self.stand
        match subject:
            case ("plan",):
                return stand.whole
            case ("section", place):
                return Whole.of(stand.items_of(self.section_key(place)))
            case ("agency", pk):
                return Whole.of(stand.leads_of(pk))
            case ("leads",) | ("agencies",):
                return Whole.of([part for part in stand.parts if part.is_lead])
        raise Unknown(subject)

    def thing(self, subject: Subject) -> Whole | Item | Part:
        match subject:
            case ("item", place):
                return self.items[place]
            case ("part", pk):
                return self.parts[pk]
            case ("part_of", place, agency):
                return next(part for part in self.items[place].leads if part.row["agency_id"] == agency)
            case ("part_by", place, agency):
                parts = (*self.items[place].leads, *self.items[place].assists)
                return next(part for part in parts if part.row["agency_id"] == agency)
        return self.whole(subject)

    def parts_within(self, subject: Subject) -> list[Any]:
        match subject:
            case ("plan",):
                return self.stand.items
            case ("section", place):
                return self.stand.items_of(self.section_key(place))
            case ("agency", pk):
                return self.stand.leads_of(pk)
            case ("agencies",):
                return [part for part in self.stand.parts if part.is_lead]
        raise Unknown(subject)

    def filing(self, subject: Subject, period: Row) -> Filing:
        match subject:
            case ("plan",) | ("agencies",):
                return self.stand.filing(period)
            case ("section", place):
                items = [item.row["id"] for item in self.stand.items_of(self.section_key(place))]
                return self.stand.filing(period, items=items)
            case ("agency", pk):
                return self.stand.filing(period, agency=pk)
            case ("item", place):
                return self.stand.filing(period, items=[self.items[place].row["id"]])
        raise Unknown(subject)

    @property
    def last_period(self) -> Row | None:
        return self.periods[-1] if self.periods else None

    @cached_property
    def earlier_days(self) -> list[date]:
        begins = day_of(self.stand.rows.plan["imported_at"])
        return [begins + timedelta(days=passed) for passed in range((self.stand.day - begins).days)]

    def leads_red_on(self, day: date) -> set[int]:
        known = self.stand.rows.reds_known
        if day not in known:
            known[day] = {part.pk for part in Stand(self.stand.rows, day).parts if part.light == "red"}
        return known[day]

    def light_on(self, day: date, place: int) -> str:
        known = self.stand.rows.lights_known
        if day not in known:
            known[day] = {item.row["number"]: item.light for item in Stand(self.stand.rows, day).items}
        return known[day][place]
