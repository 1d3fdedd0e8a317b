"""Reporting periods, pure: which quarters a plan reports on, when each opens and falls due (docs/rules.md 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from tasks.rules.workdays import DAY, Overrides, on_or_after, on_or_before

OPENING_DAY = 20  # of the quarter's last month: agencies can file while they still remember


@dataclass(frozen=True, slots=True)
class Quarter:
    code: str
    starts_on: date
    ends_on: date
    opens_on: date
    due_on: date


def quarter_name(code: str) -> str:
    """「三季度」, as officials say 2016Q3."""
    return f"{'一二三四'[int(code[-1]) - 1]}季度"


def period_name(code: str) -> str:
    """「2016年三季度」 for 2016Q3, 「2016年度」 for a whole year's 2016."""
    return f"{code[:4]}年{quarter_name(code)}" if "Q" in code else f"{code}年度"


def quarter_of(year: int, number: int, *, filing_day: int, overrides: Overrides) -> Quarter:
    """The quarter with its opening (the first working day from the 20th of its last month) and its due date.

    It falls due on the plan's filing day of the following month, or the last working day before it. Where that would
    lie in the quarter itself, which has not ended then, the next working day takes its place (顺延).
    """
    first_month = 3 * number - 2
    following = date(year + number // 4, first_month % 12 + 3 if number < 4 else 1, 1)
    filing_on = following.replace(day=filing_day)
    due_on = on_or_before(filing_on, overrides)
    return Quarter(
        code=f"{year}Q{number}",
        starts_on=date(year, first_month, 1),
        ends_on=following - DAY,
        opens_on=on_or_after(date(year, first_month + 2, OPENING_DAY), overrides),
        due_on=due_on if due_on >= following else on_or_after(filing_on, overrides),
    )


def quarters_between(start: date, end: date, *, filing_day: int, overrides: Overrides) -> Iterator[Quarter]:
    """Every quarter that a plan running from `start` to `end` reports on, in order, the one it starts in included."""
    for year, number in _quarters_from(start):
        quarter = quarter_of(year, number, filing_day=filing_day, overrides=overrides)
        if quarter.starts_on > end:
            return
        yield quarter


def may_have_opened(start: date, day: date) -> set[str]:
    """The codes of the quarters from `start` that may have opened by that day: none opens before its 20th."""
    begun = takewhile(lambda quarter: date(quarter[0], 3 * quarter[1], OPENING_DAY) <= day, _quarters_from(start))
    return {f"{year}Q{number}" for year, number in begun}


def _quarters_from(start: date) -> Iterator[tuple[int, int]]:
    """Year and number of every quarter from that day on, without end."""
    year, number = start.year, (start.month + 2) // 3
    while True:
        yield year, number
        year, number = (year + 1, 1) if number == 4 else (year, number + 1)


def last_quarter_ends(start: date, day: date) -> list[tuple[str, date]]:
    """The ends of the last two quarters after `start` that ended before that day, newest first, with their names."""
    ends: list[tuple[str, date]] = []
    end = date(day.year, (day.month - 1) // 3 * 3 + 1, 1) - DAY
    while end > start and len(ends) < 2:
        ends.append((f"{quarter_name(str(end.month // 3))}末", end))
        end = date(end.year, end.month - 2, 1) - DAY
    return ends
