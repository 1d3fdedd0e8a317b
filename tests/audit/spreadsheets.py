"""What a spreadsheet shows: stored values as their number formats print them, table by table."""

import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import openpyxl

SYMBOL = re.compile(r"^[■▲◆●□√×○✓] ")
LITERAL = re.compile(r'"([^"]*)"')


def displayed(cell: Any) -> str:
    """The text that a reader sees in the cell."""
    value, shape = cell.value, cell.number_format
    if value is None or (cell.hyperlink and value == cell.hyperlink.location):
        return ""  # openpyxl puts the place into an empty cell that leads somewhere
    if isinstance(value, date | datetime):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, str | bool):
        return str(value)
    return in_format(Decimal(repr(value)), shape)


def in_format(value: Decimal, shape: str) -> str:
    """A number in one of the formats that Excel knows: its sections for above, below and at zero, its digits."""
    if shape == "General":
        return f"{value.normalize():f}"
    sections = shape.split(";")
    if len(sections) > 1:
        place = 2 if value == 0 and len(sections) > 2 else 1 if value < 0 else 0
        shape, value = sections[place], abs(value) if place == 1 else value
    words = LITERAL.findall(shape)
    bare = LITERAL.sub("\0", shape)
    digits = re.search(r"[0#,]+(\.[0#]*)?", bare)[0]
    is_share = "%" in bare
    whole, point, decimals = digits.partition(".")
    number = value * 100 if is_share else value
    rounded = number.quantize(Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP)
    text = f"{rounded:,f}" if "," in whole else f"{rounded:f}"
    idle = len(decimals) - len(decimals.rstrip("#"))
    if point and idle:  # what Excel drops: the digits, and not the point before them
        text = text.removesuffix(text[-idle:]) if not text[-idle:].strip("0") else text
    printed = bare.replace(digits, text, 1)
    for word in words:
        printed = printed.replace("\0", word, 1)
    return printed


def sheets(content: bytes) -> dict[str, list[list[str]]]:
    """Every sheet's rows as they are read on screen or paper."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    values = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    shown = {}
    for sheet in book:
        results = values[sheet.title]
        shown[sheet.title] = [[displayed(results[cell.coordinate]) for cell in row] for row in sheet.iter_rows() if row]
    return shown


def table(rows: list[list[str]], first: str) -> Iterator[dict[str, str]]:
    """The rows below the head whose first cell says so, each by its heads; line breaks are no part of a word."""
    start = next(place for place, row in enumerate(rows) if row[0].replace("\n", "") == first)
    heads = [head.replace("\n", "") for head in rows[start]]
    for row in rows[start + 1 :]:
        if any(row):
            yield dict(zip(heads, row, strict=True))


def light(text: str) -> str:
    """A light without its symbol: 「黄 滞后」."""
    return SYMBOL.sub("", text)
