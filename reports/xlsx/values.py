"""Reads a large workbook's values row by row: only the texts that its cells share are held in memory.

openpyxl makes an object of every cell and takes more than twice as long. What comes here has been through
`refuse_hostile`, or was written by the product itself.
"""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import BinaryIO, NamedTuple
from xml.etree.ElementTree import Element, ParseError, fromstring, iterparse

from openpyxl.utils.datetime import from_excel

from reports.xlsx.safety import BROKEN, WorkbookRefused, column_number
from reports.xlsx.seen import MAIN, TRUE, Seen, Styles, seen_of

ReadValue = str | float | bool | datetime | time | timedelta | None
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
SHEET_DATA, ROW, CELL, CONTENT, INLINE = (f"{MAIN}{name}" for name in ("sheetData", "row", "c", "v", "is"))
SHARED, TEXT, READING = (f"{MAIN}{name}" for name in ("si", "t", "rPh"))
LAST_ROW = 1_048_576  # of any workbook
ADDRESS = re.compile(r"([A-Za-z]{1,3})[0-9]{1,7}", re.ASCII)
FAULTS = (
    *(ParseError, zipfile.BadZipFile, zlib.error, EOFError, OSError, LookupError, ValueError, TypeError),
    *(OverflowError, RecursionError),  # a date beyond all years; texts within texts
)


class ReadRow(NamedTuple):
    """A row's values with the style of each, a number of `WorkbookValues.styles`; whether the row is hidden."""

    values: list[ReadValue]
    styles: list[int]
    is_hidden: bool


NO_ROW = ReadRow([], [], False)


class WorkbookValues:
    """A workbook is read as long as it lies open. Whatever in it can't be read raises WorkbookRefused."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self.archive = zipfile.ZipFile(file)
            self.members = self._members()
            self.styles = Styles(self.archive.read("xl/styles.xml"))
        except FAULTS as error:
            raise WorkbookRefused(BROKEN) from error

    @property
    def names(self) -> list[str]:
        """The names of the sheets, in their order."""
        return list(self.members)

    def rows(self, name: str) -> Iterator[list[ReadValue]]:
        """Gives every row's values, up to its last one. A row that the file leaves out is an empty one."""
        return (row.values for row in self.read_rows(name))

    def read_rows(self, name: str) -> Iterator[ReadRow]:
        """Gives every row with how it is shown. A row that the file leaves out is an empty one."""
        last = 0
        try:
            for row in self._row_elements(name):
                number = int(row.get("r") or last + 1)
                if not last < number <= LAST_ROW:
                    raise ValueError(f"row {number} follows row {last}")
                yield from (NO_ROW for _ in range(number - last - 1))
                yield self._row(row)
                last = number
        except FAULTS as error:
            raise WorkbookRefused(BROKEN) from error

    def seen(self, name: str) -> Seen:
        """Tells what of the sheet is hidden, and what stands above and below it on paper."""
        try:
            with self.archive.open(self.members[name]) as beginning, self.archive.open(self.members[name]) as whole:
                return seen_of(beginning, whole, is_hidden=name in self._hidden)
        except FAULTS as error:
            raise WorkbookRefused(BROKEN) from error

    @cached_property
    def _hidden(self) -> frozenset[str]:
        sheets = fromstring(self.archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        return frozenset(sheet.attrib["name"] for sheet in sheets if sheet.get("state", "visible") != "visible")

    def _members(self) -> dict[str, str]:
        """Finds the archive's member that holds a sheet, by the sheet's name."""
        relations = fromstring(self.archive.read("xl/_rels/workbook.xml.rels"))
        places = {
            relation.get("Id"): posixpath.join("/xl", relation.attrib["Target"]).removeprefix("/")
            for relation in relations
        }
        sheets = fromstring(self.archive.read("xl/workbook.xml")).iter(f"{MAIN}sheet")
        return {sheet.attrib["name"]: places[sheet.get(RELATION)] for sheet in sheets}

    def _row_elements(self, name: str) -> Iterator[Element]:
        """Gives the rows as elements; each is forgotten as the next one is asked for."""
        with self.archive.open(self.members[name]) as part:
            rows: Element | None = None
            for event, element in iterparse(part, ("start", "end")):
                if event == "start":
                    if element.tag == SHEET_DATA:
                        rows = element
                elif element.tag == ROW and rows is not None:
                    yield element
                    rows.clear()
                elif element.tag == SHEET_DATA:
                    return

    def _row(self, row: Element) -> ReadRow:
        values: list[ReadValue] = []
        styles: list[int] = []
        column = 0
        for cell in row:
            if cell.tag != CELL:
                continue
            address = cell.get("r")
            column = _column(address) if address else column + 1
            value = self._value(cell)
            if value is not None:
                values.extend([None] * (column - len(values)))
                styles.extend([0] * (column - len(styles)))
                values[column - 1] = value
                styles[column - 1] = int(cell.get("s") or 0)
        return ReadRow(values, styles, row.get("hidden") in TRUE or row.get("ht") == "0")

    def _value(self, cell: Element) -> ReadValue:
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return _text(cell.find(INLINE))
        content = cell.findtext(CONTENT)
        if not content:
            return None
        if kind == "s":
            return self._texts[int(content)]
        if kind == "b":
            return content == "1"
        if kind != "n":
            return content
        number = float(content)
        return from_excel(number) if int(cell.get("s") or 0) in self.styles.dates else number

    @cached_property
    def _texts(self) -> list[str | None]:
        """The texts to which cells refer by place: office programs keep every text there once."""
        with self.archive.open("xl/sharedStrings.xml") as part:
            texts: list[str | None] = []
            everything: Element | None = None
            for event, element in iterparse(part, ("start", "end")):
                if everything is None:
                    everything = element
                if event == "end" and element.tag == SHARED:
                    texts.append(_text(element))
                    everything.clear()
            return texts


@lru_cache(maxsize=4096)
def _letters(letters: str) -> int:
    return column_number(letters.encode())


def _column(address: str) -> int:
    match = ADDRESS.fullmatch(address)
    if match is None:
        raise ValueError(address)
    return _letters(match[1])


def _text(holder: Element | None) -> str | None:
    """Joins the text of all runs, without the readings that East Asian programs add."""
    if holder is None:
        return None
    pieces = [part.text or "" if part.tag == TEXT else _text(part) or "" for part in holder if part.tag != READING]
    return "".join(pieces) or None
