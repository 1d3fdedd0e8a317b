"""Reporting periods, pure: on which months, quarters or half-years a plan reports, when each opens and falls due.

A code says the year, the frequency's letter and which one of the year: 2016Q3, 2016M09, 2016B5, 2016H1
(docs/rules.md 6).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import takewhile
from typing import Any

from django.db.models import TextChoices

from tasks.rules.workdays import DAY, Overrides, on_or_after, on_or_before

OPENING_DAY = 20  # of the period's last month: agencies can file while they still remember
MONTH_NAMES = ("一月", "二月", "三月", "四月", "五月", "六月", "七月", "八月", "九月", "十月", "十一月", "十二月")


class Frequency(TextChoices):
    """报告频次: how often a plan's agencies report."""

    MONTH = "month", "月报"
    TWO_MONTHS = "two_months", "双月报"
    QUARTER = "quarter", "季报"
    HALF_YEAR = "half_year", "半年报"

    @property
    def months(self) -> int:
        """How many months one period has."""
        return LENGTHS[self.value]

    @property
    def span_word(self) -> str:
        """What one period is called where it goes before a noun: 「季度」汇总, 「月度」汇总."""
        return SPAN_WORDS[self.value]

    @property
    def letter(self) -> str:
        """Stands for it in codes."""
        return LETTERS[self.value]


LENGTHS = {"month": 1, "two_months": 2, "quarter": 3, "half_year": 6}
SPAN_WORDS = {"month": "月度", "two_months": "双月", "quarter": "季度", "half_year": "半年"}
LETTERS = {"month": "M", "two_months": "B", "quarter": "Q", "half_year": "H"}
CODE = re.compile(r"(20\d\d)(?:M(0[1-9]|1[0-2])|B([1-6])|Q([1-4])|H([12]))", re.ASCII)
LATEST_FILING_DAY = {Frequency.MONTH: OPENING_DAY - 1}  # a month's reports are due before the next month's open


@dataclass(frozen=True, slots=True)
class Period:
    code: str
    starts_on: date
    ends_on: date
    opens_on: date
    due_on: date

    def overlaps(self, starts_on: date, ends_on: date) -> bool:
        return self.starts_on <= ends_on and starts_on <= self.ends_on


@dataclass(frozen=True, slots=True)
class PeriodChange:
    """What a coordinator changed of a period that had not opened: its days, or that there is none (`is_held`)."""

    code: str
    opens_on: date
    due_on: date
    is_held: bool = True


def change_read(kept: Mapping[str, Any]) -> PeriodChange:
    """A change as it is kept in JSON, its days as text."""
    days = {name: date.fromisoformat(kept[name]) for name in ("opens_on", "due_on")}
    return PeriodChange(kept["code"], is_held=kept["is_held"], **days)


@dataclass(frozen=True, slots=True)
class Series:
    """On what a plan reports: how often, until which day of the month, from which period to which, and the changes."""

    frequency: Frequency = Frequency.QUARTER
    filing_day: int = 15
    first: str = ""  # a code; "" for the period in which the plan begins
    last: str = ""  # "" for as long as anything runs
    changes: Mapping[str, PeriodChange] | None = None


def is_code(code: str) -> bool:
    return CODE.fullmatch(code) is not None


def parsed(code: str) -> tuple[int, Frequency, int]:
    """The year, the frequency and which one of the year; ValueError for what is no period's code."""
    match = CODE.fullmatch(code)
    if match is None:
        raise ValueError(code)
    frequency = next(each for each in Frequency if each.letter == code[4])
    return int(match[1]), frequency, int(code[5:])


def coded(year: int, frequency: Frequency, number: int) -> str:
    return (
        f"{year}{frequency.letter}{number:02}" if frequency == Frequency.MONTH else f"{year}{frequency.letter}{number}"
    )


def name_in_year(code: str) -> str:
    """「三季度」, as officials say 2016Q3; 「九月」, 「九至十月」, 「上半年」."""
    _, frequency, number = parsed(code)
    if frequency == Frequency.MONTH:
        return MONTH_NAMES[number - 1]
    if frequency == Frequency.TWO_MONTHS:
        return f"{MONTH_NAMES[2 * number - 2].removesuffix('月')}至{MONTH_NAMES[2 * number - 1]}"
    return f"{'一二三四'[number - 1]}季度" if frequency == Frequency.QUARTER else f"{'上下'[number - 1]}半年"


def span_word(code: str) -> str:
    """「季度」 for 2016Q3, 「月度」 for 2016M09, 「年度」 for a whole year's 2016: what goes before 汇总."""
    return parsed(code)[1].span_word if len(code) > 4 else "年度"


def period_name(code: str) -> str:
    """「2016年三季度」 for 2016Q3, 「2016年度」 for a whole year's 2016."""
    return f"{code[:4]}年{name_in_year(code)}" if len(code) > 4 else f"{code}年度"


def span(code: str) -> tuple[date, date]:
    """The period's first and last day; a whole year's, too."""
    if len(code) == 4:
        return date(int(code), 1, 1), date(int(code), 12, 31)
    year, frequency, number = parsed(code)
    first = frequency.months * (number - 1) + 1
    after = first + frequency.months
    return date(year, first, 1), date(year + after // 13, (after - 1) % 12 + 1, 1) - DAY


def period_of(code: str, *, filing_day: int, overrides: Overrides) -> Period:
    """The period with its opening (the first working day from the 20th of its last month) and its due date.

    It falls due on the plan's filing day of the following month, or the last working day before it. Where that would
    lie in the period itself, which has not ended then, the next working day takes its place (顺延).
    """
    starts_on, ends_on = span(code)
    following = ends_on + DAY
    filing_on = following.replace(day=filing_day)
    due_on = on_or_before(filing_on, overrides)
    return Period(
        code=code,
        starts_on=starts_on,
        ends_on=ends_on,
        opens_on=on_or_after(ends_on.replace(day=OPENING_DAY), overrides),
        due_on=due_on if due_on >= following else on_or_after(filing_on, overrides),
    )


def periods_between(start: date, end: date, series: Series, *, overrides: Overrides) -> Iterator[Period]:
    """Every period that a plan running from `start` to `end` reports on, in order, the one it starts in included.

    What was changed has its changed days; what isn't held is left out; what was added by hand comes last, unless it
    would overlap with another.
    """
    changes, planned = dict(series.changes or {}), list[Period]()
    for code in _codes_from(start, series):
        period = period_of(code, filing_day=series.filing_day, overrides=overrides)
        if period.starts_on > end:
            break
        planned += _changed(period, changes.pop(code, None))
    yield from planned
    extra = [each for each in changes.values() if each.is_held]
    for change in sorted(extra, key=lambda each: span(each.code)):
        [added] = _changed(period_of(change.code, filing_day=series.filing_day, overrides=overrides), change)
        if not any(period.overlaps(added.starts_on, added.ends_on) for period in planned):
            yield added


def _changed(period: Period, change: PeriodChange | None) -> list[Period]:
    if change is None:
        return [period]
    return [replace(period, opens_on=change.opens_on, due_on=change.due_on)] if change.is_held else []


def may_have_opened(start: date, day: date, series: Series) -> set[str]:
    """The codes of the periods from `start` that may have opened by that day: none opens by rule before its 20th."""
    changes = series.changes or {}
    by_rule = takewhile(lambda code: span(code)[1].replace(day=OPENING_DAY) <= day, _codes_from(start, series))
    by_hand = {code for code, change in changes.items() if change.is_held and change.opens_on <= day}
    closed_off = {code for code, change in changes.items() if not change.is_held or change.opens_on > day}
    return (set(by_rule) | by_hand) - closed_off


def _codes_from(start: date, series: Series) -> Iterator[str]:
    """The code of every period from that day on, from the first of the series to its last."""
    frequency = series.frequency
    first = max(start, span(series.first)[0]) if series.first else start
    last = span(series.last)[1] if series.last else date.max
    year, number = first.year, (first.month - 1) // frequency.months + 1
    while year < date.max.year:
        code = coded(year, frequency, number)
        if span(code)[1] > last:
            return
        yield code
        year, number = (year + 1, 1) if number == 12 // frequency.months else (year, number + 1)


def last_period_ends(start: date, day: date, frequency: Frequency) -> list[tuple[str, date]]:
    """The ends of the last two periods after `start` that ended before that day, newest first, with their names."""
    ends: list[tuple[str, date]] = []
    code = coded(day.year, frequency, (day.month - 1) // frequency.months + 1)
    end = span(code)[0] - DAY
    while end > start and len(ends) < 2:
        code = coded(end.year, frequency, (end.month - 1) // frequency.months + 1)
        ends.append((f"{name_in_year(code)}末", end))
        end = span(code)[0] - DAY
    return ends
