"""What people see in a cell, as a text: the value as its number format shows it, or that it can't be known."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from reports.xlsx.display import SIGNIFICANT, Section, UnknownDisplay, is_minute, parsed, shown_number, shown_text

WEEKDAYS = "一二三四五六日"
SYSTEM_DAY = re.compile(r"\[\$-F800\]", re.IGNORECASE)
UNREADABLE = re.compile(r"\[\$-F400\]|\[[hms]+\]|dbnum|上午|AM/PM|A/P|\.0", re.IGNORECASE)
PARTS = {
    **dict.fromkeys(("yyyy", "yyy", "e", "ee", "eeee"), "{0.year}"),
    **dict.fromkeys(("y", "yy"), "{0:%y}"),
    "m": "{0.month}",
    "mm": "{0:%m}",
    "d": "{0.day}",
    "dd": "{0:%d}",
    "h": "{0.hour}",
    "hh": "{0:%H}",
    "s": "{0.second}",
    "ss": "{0:%S}",
}


def as_seen(value: object, code: str) -> str:
    """Gives what the cell shows. Raises UnknownDisplay where office programs show it in a way that isn't known here."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return shown_text(value, parsed(code))
    if isinstance(value, int | float):
        return _number(value, code)
    if isinstance(value, date | time):
        return _moment(value, code)
    if isinstance(value, timedelta):
        raise UnknownDisplay
    return "" if value is None else str(value)


def _number(value: float, code: str) -> str:
    sections = parsed(code)
    if code == "General" or any(token.kind == "at" for token in sections[0]):
        if abs(value) >= 1e15 or value != value:
            raise UnknownDisplay
        return f"{Decimal(f'{value:.{SIGNIFICANT}g}'):f}"
    if any(token.kind == "date" for section in sections for token in section):
        raise UnknownDisplay
    return shown_number(value, sections)


def _moment(value: date | time, code: str) -> str:
    """A day or hour. Names of months and days, halves of the day and Chinese numerals depend on the program."""
    if SYSTEM_DAY.search(code):
        code = 'yyyy"年"m"月"d"日"'
    if UNREADABLE.search(code):
        raise UnknownDisplay
    section = parsed(code)[0]
    if not any(token.kind == "date" for token in section):
        raise UnknownDisplay
    return "".join(_part(value, place, section) for place in range(len(section)))


def _part(value: date | time, place: int, section: Section) -> str:
    token = section[place]
    if token.kind in ("text", "point", "comma"):
        return token.text
    if token.kind != "date":
        raise UnknownDisplay
    if token.text in ("aaa", "aaaa") and isinstance(value, date):
        return f"{'星期' if len(token.text) == 4 else ''}{WEEKDAYS[value.weekday()]}"
    if token.text in ("m", "mm") and is_minute(place, section):
        return f"{value:%M}" if len(token.text) == 2 else str(getattr(value, "minute", 0))
    if token.text not in PARTS or (isinstance(value, time) and token.text[0] not in "hs"):
        raise UnknownDisplay
    moment = value if isinstance(value, datetime | time) else datetime.combine(value, time())
    return PARTS[token.text].format(moment)
