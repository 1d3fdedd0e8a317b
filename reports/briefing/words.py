"""Figures are written here as an official text writes them."""

from collections.abc import Sequence
from datetime import date


def day(value: date) -> str:
    """A date is written out: 「2016年10月12日」."""
    return f"{value.year}年{value.month}月{value.day}日"


def percent(value: float | None) -> str:
    """A percentage is written to one decimal, as the workbook shows it."""
    return "—" if value is None else f"{value:.1f}%"


def points(value: float) -> str:
    return f"{value:.1f}"


def is_seen(value: float) -> bool:
    """Says whether anything of the value is left at the decimals that are written."""
    return bool(points(abs(value)).strip("0."))


def share(count: int, whole: int) -> str:
    return percent(100 * count / whole if whole else 0.0)


def joined(names: Sequence[str], mark: str = "、") -> str:
    return mark.join(names)


def joined_periods(names: Sequence[str]) -> str:
    """Periods are listed with their year named once: 「2016年第2季度、第3季度」."""
    words: list[str] = []
    for before, name in zip(("", *names), names, strict=False):
        year, mark, quarter = name.partition("年")
        words.append(quarter if mark and before.startswith(f"{year}年") else name)
    return joined(words)
