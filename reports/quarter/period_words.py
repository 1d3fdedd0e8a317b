"""Days and periods as every document of a package calls them: 「7月15日」, 「三季度」."""

from datetime import date

from reports.quarter.facts import PeriodFacts


def day(value: date) -> str:
    """A date is written out: 「2016年10月12日」."""
    return f"{value.year}年{value.month}月{value.day}日"


def short_day(value: date, year: int) -> str:
    """A date is written without its year where that is the year spoken of."""
    return f"{value.month}月{value.day}日" if value.year == year else day(value)


def quarter(period: PeriodFacts) -> str:
    """A period is called without its year: 「三季度」."""
    return period.name.partition("年")[2] or period.name


def due_day(period: PeriodFacts) -> str:
    """The day until which a period's reports are due; its year is named where it isn't the period's own."""
    return short_day(period.due_on, period.starts_on.year)
