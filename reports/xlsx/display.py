"""Number formats say what a cell shows; this tells what that is, as far as office programs do the same.

Whether two formats show the same of a value is all that is asked here: colours, padding and the language are left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

Shown = str | float | bool | datetime | time | timedelta | None
TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"?|[\\!](?P<escaped>.)|_.|\*.|\[(?P<bracket>[^\]]*)\]|(?P<digits>[0#?]+)|(?P<point>\.)|(?P<comma>,)'
    r"|(?P<percent>%)|(?P<exponent>[Ee][+-])|(?P<at>@)|(?P<general>General)|(?P<date>[yYeE]+|[mM]+|[dD]+|[hH]+|[sS]+|"
    r"[aA]{3,4}|AM/PM)|(?P<other>.)",
    re.DOTALL,
)
CURRENCY = re.compile(r"\$([^-]*)(?:-.*)?")
CONDITION = re.compile(r"[<>=]")
SIGNIFICANT = 15  # digits that office programs keep
GENERAL_DIGITS = 11


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a number format: a text that it shows, digits, a sign, or a part of a date."""

    kind: str
    text: str


Section = tuple[Token, ...]


class UnknownDisplay(Exception):
    """Office programs show the value in a way that isn't known here."""


def shown(value: Shown, code: str) -> str:
    """What a cell of that value and number format shows."""
    if value is None:
        return ""
    sections = parsed(code)
    if isinstance(value, str):
        return shown_text(value, sections)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float | int):
        try:
            return shown_number(value, sections)
        except UnknownDisplay:
            return f"{value}（{sections}）"  # whatever it shows, no other format is taken for the same
    return "".join(_date_part(value, token, place, sections[0]) for place, token in enumerate(sections[0]))


def show_same(value: Shown, code: str, other: str) -> bool:
    """Whether two formats show the same of a value; two ways to write one date are the same."""
    if code == other or parsed(code) == parsed(other):
        return True
    one, two = shown(value, code), shown(value, other)
    if isinstance(value, datetime) and one != two:
        return _numbers(one) == _numbers(two)
    return one == two


def _numbers(text: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", text)]


@lru_cache(maxsize=512)
def parsed(code: str) -> tuple[Section, ...]:
    """The sections of a format, without what decides nothing: colours, padding, languages."""
    sections: list[list[Token]] = [[]]
    for match in TOKEN.finditer(code):
        kind = match.lastgroup or ""
        text = match[kind] if kind else ""
        if kind == "other" and text == ";":
            sections.append([])
        elif token := _token(kind, text):
            sections[-1].append(token)
    return tuple(_joined(section) for section in sections)


def _token(kind: str, text: str) -> Token | None:
    if kind in ("quoted", "escaped", "other"):
        return Token("text", text) if text else None
    if kind == "bracket":
        if currency := CURRENCY.fullmatch(text):
            return Token("text", currency[1]) if currency[1] else None
        if CONDITION.match(text) or text.upper().startswith("DBNUM"):  # digits written as Chinese numerals
            return Token("condition", text)
        return Token("date", text.lower()) if text.lower().strip("hms") == "" else None
    return Token(kind, text.lower() if kind == "date" else text) if kind else None


def _joined(tokens: Iterable[Token]) -> Section:
    """Joins neighbouring texts, however each was written."""
    joined: list[Token] = []
    for token in tokens:
        if token.kind == "text" and joined and joined[-1].kind == "text":
            joined[-1] = Token("text", joined[-1].text + token.text)
        else:
            joined.append(token)
    return tuple(joined)


def shown_text(value: str, sections: tuple[Section, ...]) -> str:
    """What a cell shows of a text."""
    section = sections[3] if len(sections) > 3 else sections[-1]
    if len(sections) <= 3 and not any(token.kind == "at" for token in section):
        return value
    return "".join(value if token.kind == "at" else token.text for token in section if token.kind in ("at", "text"))


def shown_number(number: float, sections: tuple[Section, ...]) -> str:
    """What a cell shows of a number. Raises UnknownDisplay where it isn't known."""
    if any(token.kind == "condition" for section in sections for token in section):
        raise UnknownDisplay
    value, sign = Decimal(f"{number:.{SIGNIFICANT}g}"), ""
    if len(sections) == 1 or (len(sections) == 2 and value >= 0):
        section, sign = sections[0], "-" if value < 0 else ""
    elif value < 0:
        section = sections[1]
    else:
        section = sections[2] if value == 0 and len(sections) > 2 else sections[0]
    return sign + _in_section(abs(value), section)


def _in_section(value: Decimal, section: Section) -> str:
    kinds = [token.kind for token in section]
    if "at" in kinds:
        kinds, section = ["general"], (Token("general", ""),)
    if "general" in kinds:
        general = f"{value:.{GENERAL_DIGITS}g}"
        return "".join(general if token.kind == "general" else token.text for token in section)
    places = [place for place, kind in enumerate(kinds) if kind in ("digits", "point", "exponent")]
    if not places:
        return "".join(token.text for token in section if token.kind in ("text", "percent"))
    number = section[places[0] : places[-1] + 1]
    before, after = section[: places[0]], section[places[-1] + 1 :]
    value *= Decimal(100) ** kinds.count("percent")
    while after and after[0].kind == "comma":
        value, after = value / 1000, after[1:]
    return _texts(before) + _digits(value, number) + _texts(after)


def _texts(tokens: Iterable[Token]) -> str:
    return "".join(token.text for token in tokens if token.kind in ("text", "percent"))


def _digits(value: Decimal, tokens: Section) -> str:
    if any(token.kind not in ("digits", "point", "comma") for token in tokens):
        raise UnknownDisplay  # exponents, and texts between digits
    kinds = [token.kind for token in tokens]
    point = kinds.index("point") if "point" in kinds else len(tokens)
    whole = "".join(token.text for token in tokens[:point] if token.kind == "digits")
    part = "".join(token.text for token in tokens[point + 1 :])
    text = f"{value.quantize(Decimal(1).scaleb(-len(part)), ROUND_HALF_UP):f}"
    integer, _, decimals = text.partition(".")
    integer = integer.lstrip("0").rjust(whole.count("0"), "0")
    if "comma" in kinds[:point]:
        integer = f"{int(integer):,}" if integer else ""
    while decimals and part[len(decimals) - 1] == "#" and decimals.endswith("0"):
        decimals = decimals[:-1]
    return integer + ("." if point < len(tokens) else "") + decimals


def _date_part(value: datetime | time | timedelta, token: Token, place: int, section: Section) -> str:
    if token.kind != "date":
        return token.text if token.kind in ("text", "point", "comma", "digits") else ""
    if isinstance(value, timedelta):
        return f"{value}"
    letter = token.text[0]
    if letter == "m" and is_minute(place, section):
        return f"{value.minute}"
    names = {"y": "year", "e": "year", "m": "month", "d": "day", "h": "hour", "s": "second"}
    return f"{getattr(value, names.get(letter, 'day'), 0)}"


def is_minute(place: int, section: Section) -> bool:
    """Whether an m stands for minutes: behind hours, or before seconds."""
    dates = [number for number, token in enumerate(section) if token.kind == "date"]
    at = dates.index(place)
    before = section[dates[at - 1]].text if at else ""
    after = section[dates[at + 1]].text if at + 1 < len(dates) else ""
    return before.startswith("h") or after.startswith("s")
