"""Commands read their arguments with these."""

from argparse import ArgumentTypeError
from datetime import date

from qa_plan.clock import BEYOND, FIRST_DAY, LAST_DAY


def day(text: str) -> date:
    try:
        given = date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}”不是日期，请按2016-09-30的格式填写。") from None
    if not FIRST_DAY <= given <= LAST_DAY:
        raise ArgumentTypeError(f"“{text}”：{BEYOND}")
    return given
