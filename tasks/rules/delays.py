"""滞后原因: what people nearly always mean, ready to be chosen with the day by which they catch up. Pure.

Choosing one is a whole reason; whoever means something else types it.
"""

from collections.abc import Iterator
from datetime import date

CAUSES = (
    "招标采购延期",
    "资金未到位",
    "审批手续未办结",
    "上级文件未出台",
    "协作单位进度滞后",
    "天气或灾情影响",
)
MONTHS = (1, 3)  # after the period's end: the next month, and the end of the next quarter


def reasons(ends_on: date) -> list[tuple[str, list[str]]]:
    """The choices for a period that ends on that day: by the day by which people catch up, every cause with it."""
    return [(day, [f"{cause}，预计{day}赶上。" for cause in CAUSES]) for day in _days(ends_on)]


def _days(ends_on: date) -> Iterator[str]:
    for months in MONTHS:
        month = ends_on.month + months
        yield f"明年{month - 12}月底前" if month > 12 else f"{month}月底前"


def with_choice(chosen: str, typed: str) -> str:
    """Joins what was chosen and what was typed beside it; a text that has it already is left as it is."""
    return typed if typed.startswith(chosen) else f"{chosen}\n{typed}".strip()
