"""Chinese numerals up to 999, in both directions."""

from __future__ import annotations

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_UNITS = {"十": 10, "百": 100}


def numeral_value(numeral: str) -> int | None:
    """The value of 「十七」, 「二十」, 「一百零三」 or 「17」; None for anything else."""
    if numeral.isascii() and numeral.isdigit():
        return int(numeral)
    total, digit, seen = 0, 0, False
    for char in numeral:
        if char in _UNITS:
            total += (digit if digit or seen else 1) * _UNITS[char]
            digit = 0
        elif char in _DIGITS and not (digit and _DIGITS[char]):
            digit = _DIGITS[char]
        else:
            return None
        seen = True
    return total + digit if numeral else None


def digits_value(numeral: str) -> int | None:
    """The value of digits that are read one by one, as in 「二〇一六」 or 「2016」."""
    if numeral.isascii():
        return int(numeral) if numeral.isdigit() else None
    if any(char not in _DIGITS for char in numeral):
        return None
    return int("".join(str(_DIGITS[char]) for char in numeral))


def chinese_numeral(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number < 10:
        return digits[number]
    if number < 20:
        return "十" + (digits[number - 10] if number > 10 else "")
    if number < 100:
        return digits[number // 10] + "十" + (digits[number % 10] if number % 10 else "")
    rest = number % 100
    if not rest:
        return digits[number // 100] + "百"
    tail = ("一" if 10 <= rest < 20 else "") + chinese_numeral(rest)
    return digits[number // 100] + "百" + ("零" if rest < 10 else "") + tail
