"""What of a sheet can be seen: hidden parts, what is printed around it, and styles that show a value otherwise."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from typing import IO
from xml.etree.ElementTree import Element, fromstring, iterparse

from openpyxl.styles.numbers import is_date_format

from reports.xlsx.formats import BUILTIN

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
TRUE = ("1", "true")
LAST_COLUMN = 16_384
CHUNK, TAIL = 256 * 1024, 64 * 1024  # bytes; what stands behind a sheet's cells and links is short
HEADER = re.compile(rb"<(?:\w+:)?(odd|even|first)(Header|Footer)>([^<]*)<")
LAYOUT = re.compile(r'&(?:"[^"]*"|K[0-9A-F]{6}|[0-9]{1,3}|[BIUESXY])')  # fonts of a header, not its words
PAPER = {"ffffff": "ffffff", "theme0": "ffffff", "indexed1": "ffffff", "indexed9": "ffffff"}


@dataclass(frozen=True, slots=True)
class Seen:
    """How a sheet is shown: `hidden_columns` by number from 1, `printed` the words above and below every page."""

    is_hidden: bool
    hides_rows: bool
    hidden_columns: frozenset[int]
    printed: str


def seen_of(beginning: IO[bytes], whole: IO[bytes], *, is_hidden: bool) -> Seen:
    """Reads what stands before a sheet's cells, and the end of what stands behind them, each from its own stream."""
    hides_rows, hidden = False, set[int]()
    for _, element in iterparse(beginning, ("start",)):
        if element.tag == f"{MAIN}sheetData":
            break
        if element.tag == f"{MAIN}sheetFormatPr":
            hides_rows = element.get("zeroHeight") in TRUE
        if element.tag == f"{MAIN}col" and (element.get("hidden") in TRUE or float(element.get("width") or 9) == 0):
            hidden.update(range(int(element.attrib["min"]), min(int(element.attrib["max"]), LAST_COLUMN) + 1))
    return Seen(is_hidden, hides_rows, frozenset(hidden), _printed(whole))


def _printed(part: IO[bytes]) -> str:
    """The words of header and footer, without their fonts."""
    tail = b""
    while piece := part.read(CHUNK):
        tail = (tail + piece)[-TAIL:]
    words = (f"{which} {kind} {unescape(text)}" for which, kind, text in _headers(tail) if text)
    return "\n".join(re.sub(r"\s+", "", LAYOUT.sub("", each)) for each in words)


def _headers(tail: bytes) -> Iterator[tuple[str, str, str]]:
    for match in HEADER.finditer(tail):
        yield match[1].decode(), match[2].decode(), match[3].decode("utf-8", "replace")


class Styles:
    """The styles of a workbook's cells, by number: their number formats, and which of them can't be read."""

    def __init__(self, content: bytes) -> None:
        styles = fromstring(content)
        own = {int(each.attrib["numFmtId"]): each.attrib["formatCode"] for each in styles.iter(f"{MAIN}numFmt")}
        known = {**BUILTIN, **own}
        cells = styles.findall(f"{MAIN}cellXfs/{MAIN}xf")
        self.formats = [known.get(int(each.get("numFmtId") or 0), "General") for each in cells]
        self.dates = frozenset(place for place, code in enumerate(self.formats) if is_date_format(code))
        fonts = [_colour(font.find(f"{MAIN}color"), "black") for font in styles.iterfind(f"{MAIN}fonts/{MAIN}font")]
        fills = [_filled(fill) for fill in styles.iterfind(f"{MAIN}fills/{MAIN}fill")]
        self.invisible = frozenset(
            place
            for place, each in enumerate(cells)
            if _at(fonts, each.get("fontId"), "black") == _at(fills, each.get("fillId"), "ffffff")
        )
        self.has_conditional_formats = any(True for _ in styles.iterfind(f"{MAIN}dxfs/{MAIN}dxf/{MAIN}numFmt"))

    def format_of(self, style: int) -> str:
        return self.formats[style] if style < len(self.formats) else "General"


def _at(colours: list[str], place: str | None, otherwise: str) -> str:
    number = int(place or 0)
    return colours[number] if number < len(colours) else otherwise


def _filled(fill: Element) -> str:
    pattern = fill.find(f"{MAIN}patternFill")
    if pattern is None or pattern.get("patternType", "none") == "none":
        return "ffffff"
    return _colour(pattern.find(f"{MAIN}fgColor"), "ffffff")


def _colour(element: Element | None, otherwise: str) -> str:
    """A colour by a name that is the same for the same colour, as far as it is told without the theme."""
    if element is None:
        return otherwise
    if rgb := element.get("rgb"):
        return rgb[-6:].lower()
    names = (f"{kind}{element.get(kind)}" for kind in ("theme", "indexed") if element.get(kind) is not None)
    name = next(names, otherwise)
    return PAPER.get(name, name)
