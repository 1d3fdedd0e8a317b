"""The number formats of Word (ISO 29500-1, 17.18.59) that documents in Chinese use."""

from __future__ import annotations

import re
from collections.abc import Callable

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_SIMPLIFIED = "零一二三四五六七八九", "十百千"
_LEGAL = "零壹贰叁肆伍陆柒捌玖", "拾佰仟"
_LEGAL_TRADITIONAL = "零壹貳參肆伍陸柒捌玖", "拾佰仟"
_JAPANESE_LEGAL = "〇壱弐参四伍六七八九", "拾百阡"
_ROMAN = {"M": 1000, "CM": 900, "D": 500, "CD": 400, "C": 100, "XC": 90, "L": 50, "XL": 40, "X": 10, "IX": 9}
_ROMAN |= {"V": 5, "IV": 4, "I": 1}


def _counting(number: int, signs: tuple[str, str], *, says_one_ten: bool = False, says_one: bool = True) -> str:
    """In words: 十一, 二十, 一百零一; 一十一 if `says_one_ten`; 百一 unless it `says_one`, and then no 零 either."""
    digits, units = signs
    if not 0 < number < 10000:
        return str(number)
    text, gap = "", False
    for power in (3, 2, 1, 0):
        digit = number // 10**power % 10
        if not digit:
            gap = bool(text)
            continue
        text += digits[0] if gap and says_one else ""
        is_bare = digit == 1 and power > 0 and (not says_one or (power == 1 and not text and not says_one_ten))
        text += ("" if is_bare else digits[digit]) + (units[power - 1] if power else "")
        gap = False
    return text


def _one_by_one(number: int, digits: str) -> str:
    return "".join(digits[int(digit)] for digit in str(number))


def _short(number: int) -> str:
    """十一, 九十九, from a hundred on digit by digit (一○○)."""
    return _counting(number, _SIMPLIFIED) if number < 100 else _one_by_one(number, "○一二三四五六七八九")


def _from_row(first: str, count: int) -> Callable[[int], str]:
    """Signs that follow one another in Unicode; behind the last one Word prints plain digits."""
    return lambda number: chr(ord(first) + number - 1) if 0 < number <= count else str(number)


def _from_list(signs: str) -> Callable[[int], str]:
    return lambda number: signs[number - 1] if 0 < number <= len(signs) else str(number)


def _letters(number: int) -> str:
    return chr(65 + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    text = ""
    for sign, value in _ROMAN.items():
        text += sign * (number // value)
        number %= value
    return text


def _sixty(number: int) -> str:
    return _STEMS[(number - 1) % 10] + _BRANCHES[(number - 1) % 12] if 0 < number <= 60 else str(number)


FORMATS: dict[str, Callable[[int], str]] = {
    "decimal": str,
    "decimalHalfWidth": str,
    "decimalZero": lambda number: f"{number:02}",
    "decimalFullWidth": lambda number: _one_by_one(number, "０１２３４５６７８９"),
    "decimalFullWidth2": lambda number: _one_by_one(number, "０１２３４５６７８９"),
    "decimalEnclosedCircle": _from_row("①", 20),
    "decimalEnclosedCircleChinese": _from_row("①", 20),
    "decimalEnclosedParen": _from_row("⑴", 20),
    "decimalEnclosedFullstop": _from_row("⒈", 20),
    "numberInDash": lambda number: f"- {number} -",
    "hex": lambda number: f"{number:X}",
    "upperLetter": _letters,
    "lowerLetter": lambda number: _letters(number).lower(),
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
    "chineseCounting": _short,
    "chineseCountingThousand": lambda number: _counting(number, _SIMPLIFIED),
    "chineseLegalSimplified": lambda number: _counting(number, _LEGAL, says_one_ten=True),
    "taiwaneseCounting": _short,
    "taiwaneseCountingThousand": lambda number: _counting(number, _SIMPLIFIED),
    "taiwaneseDigital": lambda number: _one_by_one(number, "○一二三四五六七八九"),
    "ideographDigital": lambda number: _one_by_one(number, "〇一二三四五六七八九"),
    "ideographTraditional": _from_list(_STEMS),
    "ideographZodiac": _from_list(_BRANCHES),
    "ideographZodiacTraditional": _sixty,
    "ideographLegalTraditional": lambda number: _counting(number, _LEGAL_TRADITIONAL, says_one_ten=True),
    "ideographEnclosedCircle": _from_row("㊀", 10),
    "japaneseCounting": lambda number: _counting(number, _SIMPLIFIED, says_one=False),
    "japaneseDigitalTenThousand": lambda number: _one_by_one(number, "〇一二三四五六七八九"),
    "japaneseLegal": lambda number: _counting(number, _JAPANESE_LEGAL, says_one_ten=True),
    "none": lambda number: "",
}
# Word writes 「001, 002, 003, ...」 for numbers that are filled up with zeros.
_CUSTOM = re.compile(r"(0+)1, 0*2, 0*3, \.\.\.")


def printer(kind: str, custom: str = "") -> Callable[[int], str] | None:
    """How numbers of that format are printed; None: not known here."""
    zeros = _CUSTOM.fullmatch(custom)
    if kind == "custom" and zeros:
        width = len(zeros[1]) + 1
        return lambda number: f"{number:0{width}}"
    return FORMATS.get(kind)
