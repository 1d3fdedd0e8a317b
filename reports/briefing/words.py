"""Figures are written here as an official text writes them."""

from collections.abc import Sequence

from tasks.rules.rounding import TENTH, WHOLE, half_up, percent_text


def percent(value: float | None) -> str:
    """A percentage of a plan, a section or a target has one decimal, as in the workbook."""
    return "—" if value is None else percent_text(value, TENTH)


def whole_percent(value: float | None) -> str:
    """A percentage of a task or an agency has none."""
    return "—" if value is None else percent_text(value, WHOLE)


def points(value: float) -> str:
    """Percentage points are written with one decimal, without a sign."""
    return str(abs(half_up(value, TENTH)))


def share(count: int, whole: int) -> str:
    """A share of many reports: 「35.2%」."""
    return percent(100 * count / whole if whole else 0.0)


def joined(names: Sequence[str], mark: str = "、") -> str:
    return mark.join(names)


def joined_periods(names: Sequence[str]) -> str:
    """Periods are listed with their year named once: 「2016年二季度、三季度」."""
    words: list[str] = []
    for before, name in zip(("", *names), names, strict=False):
        year, mark, quarter = name.partition("年")
        words.append(quarter if mark and before.startswith(f"{year}年") else name)
    return joined(words)
