"""A number as people type it, read the same on pages and in workbooks. What could mean two things is refused."""

import re
from decimal import Decimal

NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width digits and signs
NARROW |= {0x3000: 0x20, 0x2212: 0x2D, 0x2013: 0x2D, 0xFE63: 0x2D, 0xFE6A: 0x25, 0xFE50: 0x2C}
UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")  # WPS and web pages leave them
PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?")
NUMERALS = re.compile(r"[零〇一二两三四五六七八九十百千万亿点成半]+")
LONGEST = 15  # digits; office programs keep no more
SHORTENED = 20  # characters of what was typed, in a message


class NotAFigure(ValueError):
    """What was typed is no number, or could be two; the message says so in Chinese."""


def figure_in(text: str) -> Decimal | None:
    """Reads a number, None where nothing was typed. 65% is 65; full-width digits and 1,234 are understood."""
    typed = UNSEEN.sub("", text).translate(NARROW).strip()
    if not typed:
        return None
    bare = typed.removesuffix("%").rstrip() if typed.endswith("%") else typed
    if GROUPED.fullmatch(bare):
        bare = bare.replace(",", "")
    if not PLAIN.fullmatch(bare):
        raise NotAFigure(_why(typed, bare))
    if sum(character.isdigit() for character in bare) > LONGEST:
        raise NotAFigure("数字过大或小数过多，请核对。")
    return Decimal(bare)


def _why(typed: str, bare: str) -> str:
    short = typed if len(typed) <= SHORTENED else f"{typed[:SHORTENED]}…"
    if NUMERALS.fullmatch(bare):
        return f"“{short}”不是数字，请用阿拉伯数字填写，如65。"
    if re.fullmatch(r"[+-]?[0-9,]+(?:\.[0-9]*)?", bare):
        return f"“{short}”中的逗号分不清是分节还是小数点，请去掉逗号填写。"
    if re.fullmatch(r"[0-9.,]+(?:\s+[0-9.,]+)+", bare):
        return f"“{short}”中间有空格或换行，分不清是一个数还是几个数，请填一个数。"
    return f"“{short}”不是数字。"


def plain(number: Decimal) -> str:
    """A number as people write it: 12.00 as 12, 12.50 as 12.5."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
