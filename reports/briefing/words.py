"""Figures as an official text writes them."""

from collections.abc import Sequence
from datetime import date


def day(value: date) -> str:
    """「2016年10月12日」."""
    return f"{value.year}年{value.month}月{value.day}日"


def percent(value: float | None) -> str:
    """To one decimal, as the workbook shows it."""
    return "—" if value is None else f"{value:.1f}%"


def points(value: float) -> str:
    return f"{value:.1f}"


def share(count: int, whole: int) -> str:
    return percent(100 * count / whole if whole else 0.0)


def joined(names: Sequence[str], mark: str = "、") -> str:
    return mark.join(names)
