"""Writes one long table straight to a stream, row by row: memory doesn't grow with the rows.

Written as XML by hand: a table needs a tenth of what openpyxl knows, and its cells as objects would take most of the
time. The same rows give the same bytes.
"""

import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO
from xml.sax.saxutils import escape

from reports.xlsx.archive import FONT, archive_member, package_parts
from reports.xlsx.sheets import LINE_HEIGHT, TALLEST_ROW, Column, Value, letter, lines_of

HEAD_STYLE, HEAD_HEIGHT = 1, 24.0
LONGEST_TEXT = 32_767  # characters in one cell
LAST_ROW = 1_048_576
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
NEEDS_CARE = re.compile("[&<>\r\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
EPOCH = date(1899, 12, 30).toordinal()
ROWS_AT_ONCE = 500
NOT_IN_NAMES, LONGEST_NAME = re.compile(r"[\[\]:*?/\\']"), 31  # of sheets
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


class TooManyRows(Exception):
    """There are more rows than a sheet can hold."""


def write_rows(
    stream: IO[bytes],
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value | datetime]],
    *,
    name: str = "台账",
    title: str = "",
    written_at: datetime,
) -> int:
    """Writes a workbook of one sheet, its head always in sight, with a filter; returns how many rows it has.

    A cell is what its value is: a text is a text whatever it begins with, a date a date; an aware datetime is shown as
    local time where the caller made it so. `title` stands in the page header.
    """
    name = NOT_IN_NAMES.sub("", name)[:LONGEST_NAME] or "Sheet1"
    moment = written_at.replace(tzinfo=None, microsecond=0)
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        count = 0
        with archive.open(archive_member("xl/worksheets/sheet1.xml", moment), "w", force_zip64=True) as part:
            part.write(_before(columns).encode())
            for text, number in _lines(columns, rows):
                part.write(text.encode())
                count = number
            part.write(_after(columns, count, title).encode())
        for path, content in package_parts(
            name=name, styles=_styles(columns), title=title or name, moment=moment, filtered=_area(columns, count)
        ):
            archive.writestr(archive_member(path, moment), content.encode())
    return count


def _area(columns: Sequence[Column], count: int) -> str:
    return f"A1:{letter(len(columns) - 1)}{count + 1}"


def _before(columns: Sequence[Column]) -> str:
    widths = "".join(
        f'<col min="{number}" max="{number}" width="{column.width}" customWidth="1"/>'
        for number, column in enumerate(columns, 1)
    )
    heads = "".join(
        f'<c r="{letter(number)}1" s="{HEAD_STYLE}" t="inlineStr"><is><t>{_escaped(column.title)}</t></is></c>'
        for number, column in enumerate(columns)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<worksheet xmlns="{MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
        '<sheetViews><sheetView workbookViewId="0" tabSelected="1">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="{LINE_HEIGHT:g}"/><cols>{widths}</cols>'
        f'<sheetData><row r="1" ht="{_head_height(columns):g}" customHeight="1">{heads}</row>'
    )


def _head_height(columns: Sequence[Column]) -> float:
    """Fits the longest head, which wraps in a narrow column."""
    lines = max(lines_of(column.title, column.width) for column in columns)
    return HEAD_HEIGHT + LINE_HEIGHT * (lines - 1)


def _after(columns: Sequence[Column], count: int, title: str) -> str:
    header = f"&amp;L{_escaped(title[:100].replace('&', '&&'))}" if title else ""
    return (
        f'</sheetData><autoFilter ref="{_area(columns, count)}"/>'
        '<pageMargins left="0.5" right="0.5" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'
        '<pageSetup paperSize="9" orientation="landscape" fitToWidth="1" fitToHeight="0"/>'
        f"<headerFooter><oddHeader>{header}</oddHeader>"
        "<oddFooter>&amp;C第 &amp;P 页 共 &amp;N 页</oddFooter></headerFooter>"
        "</worksheet>"
    )


def _lines(columns: Sequence[Column], rows: Iterable[Sequence[Value | datetime]]) -> Iterator[tuple[str, int]]:
    """Gives the rows as XML, many at a time, with how many there are so far."""
    cells = [_writer(letter(number), style) for number, style in enumerate(_style_numbers(columns))]
    rooms = [max(int(column.width) - 1, 2) if column.is_wrapped else 0 for column in columns]
    ready: list[str] = []
    number = 0
    for number, values in enumerate(rows, 1):
        if number >= LAST_ROW:
            raise TooManyRows(f"超过{LAST_ROW - 1}行，请缩小筛选范围，或导出csv。")
        place = str(number + 1)
        line = "".join([write(place, value) for write, value in zip(cells, values, strict=True)])
        ready.append(f'<row r="{place}" ht="{_height(values, rooms):g}" customHeight="1">{line}</row>')
        if len(ready) == ROWS_AT_ONCE:
            yield "".join(ready), number
            ready.clear()
    yield "".join(ready), number


def _height(values: Sequence[Value | datetime], rooms: Sequence[int]) -> float:
    lines = 1
    for value, room in zip(values, rooms, strict=True):
        if room and value.__class__ is str and (len(value) * 2 > room or "\n" in value):
            lines = max(lines, sum(max(1, -(-_width(part) // room)) for part in value.split("\n")))
    return min(lines * LINE_HEIGHT + 4, TALLEST_ROW)


def _width(text: str) -> int:
    """Measures the text in Latin letters: what takes three bytes takes the room of two."""
    return (len(text) + len(text.encode("utf-8", "surrogatepass"))) // 2


def _writer(column: str, style: int) -> Callable[[str, Value | datetime], str]:
    """Makes the function that writes one cell of a column, given its row."""
    start, mark = f'<c r="{column}', f'" s="{style}"'

    def write(row: str, value: Value | datetime) -> str:
        if value is None or value == "":
            return f"{start}{row}{mark}/>"
        if value.__class__ is str:
            if len(value) > LONGEST_TEXT or NEEDS_CARE.search(value):
                value = _escaped(value)
            return f'{start}{row}{mark} t="inlineStr"><is><t xml:space="preserve">{value}</t></is></c>'
        if isinstance(value, bool):
            return f'{start}{row}{mark} t="b"><v>{value:d}</v></c>'
        return f"{start}{row}{mark}><v>{_number(value)}</v></c>"

    return write


def _number(value: Value | datetime) -> str:
    if isinstance(value, datetime):
        day = value.toordinal() - EPOCH
        return repr(day + (value.hour * 3600 + value.minute * 60 + value.second) / 86400)
    if isinstance(value, date):
        return str(value.toordinal() - EPOCH)
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)


def _escaped(text: str) -> str:
    return escape(ILLEGAL.sub("", text)[:LONGEST_TEXT], {"\r": "&#13;"})


def _style_numbers(columns: Sequence[Column]) -> list[int]:
    formats = _formats(columns)
    return [HEAD_STYLE + 1 + formats.index((column.number_format, column.is_wrapped)) for column in columns]


def _formats(columns: Sequence[Column]) -> list[tuple[str, bool]]:
    return list(dict.fromkeys((column.number_format, column.is_wrapped) for column in columns))


def _styles(columns: Sequence[Column]) -> str:
    formats = _formats(columns)
    numbers = "".join(
        f'<numFmt numFmtId="{number}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for number, (code, _) in enumerate(formats, 164)
    )
    cells = "".join(
        f'<xf numFmtId="{number}" fontId="0" fillId="0" borderId="1" xfId="0" applyNumberFormat="1" applyBorder="1"'
        f' applyAlignment="1"><alignment vertical="center" wrapText="{wraps:d}"/></xf>'
        for number, (_, wraps) in enumerate(formats, 164)
    )
    sides = "".join(
        f'<{side} style="thin"><color rgb="FFAAB4BA"/></{side}>' for side in ("left", "right", "top", "bottom")
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f'<styleSheet xmlns="{MAIN}"><numFmts count="{len(formats)}">{numbers}</numFmts>'
        f'<fonts count="2"><font><sz val="10.5"/><name val="{FONT}"/></font>'
        f'<font><b/><sz val="10.5"/><name val="{FONT}"/></font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill>'
        '<fill><patternFill patternType="solid"><fgColor rgb="FFDDE5EC"/></patternFill></fill></fills>'
        f'<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f"<border>{sides}<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
        f'<cellXfs count="{2 + len(formats)}"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
        '<xf numFmtId="0" fontId="1" fillId="2" borderId="1" xfId="0" applyFont="1" applyFill="1" applyBorder="1"'
        ' applyAlignment="1"><alignment horizontal="center" vertical="center" wrapText="1"/></xf>'
        f"{cells}</cellXfs>"
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
    )
