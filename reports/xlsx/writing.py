"""Writes a described workbook as the bytes of an .xlsx file. The same description gives the same bytes."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from reports.xlsx.archive import archive_member
from reports.xlsx.charting import native_chart
from reports.xlsx.looks import conditional_format, named_style
from reports.xlsx.results import Results, results_of, with_results
from reports.xlsx.sheets import BLANK, Book, Cell, Sheet, Validation, letter, row_height

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT = 32_767  # characters in one cell
SIDE_MARGIN = 0.45  # inches, for letters as large as may be
HEADER_LENGTH = 100  # of each side; Excel takes 255 characters in all
Styles = dict[tuple[object, ...], Any]


class _TimelessArchive(zipfile.ZipFile):
    """Stamps every member with the description's moment: openpyxl would take the machine's clock."""

    def __init__(self, target: io.BytesIO, moment: datetime, results: Mapping[str, Results]) -> None:
        super().__init__(target, "w", zipfile.ZIP_DEFLATED)
        self.moment = moment
        self.results = results

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        super().writestr(archive_member(str(zinfo_or_arcname), self.moment), data)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        with open(filename, "rb") as file:
            part = file.read()
        results = self.results.get(arcname)
        self.writestr(arcname, with_results(part, results) if results else part)


def to_bytes(book: Book) -> bytes:
    workbook = Workbook(write_only=True)
    styles: Styles = {}
    for sheet in book.sheets:
        _add(workbook, sheet, styles)
    moment = book.written_at.replace(tzinfo=None, microsecond=0)
    workbook.properties.title = book.title
    workbook.properties.creator = ""
    workbook.properties.created = workbook.properties.modified = moment
    target = io.BytesIO()
    results = {
        f"xl/worksheets/sheet{number}.xml": results_of(sheet.rows) for number, sheet in enumerate(book.sheets, 1)
    }
    ExcelWriter(workbook, _TimelessArchive(target, moment, results)).save()
    return target.getvalue()


def _add(workbook: Workbook, sheet: Sheet, styles: Styles) -> None:
    worksheet = workbook.create_sheet(sheet.name)
    # What a sheet is stands in the file before its rows: openpyxl takes it no later.
    _set_up(worksheet, sheet)
    for number, cells in enumerate(sheet.rows, 1):
        if sheet.has_own_heights:
            worksheet.row_dimensions[number].height = row_height(cells, sheet.widths)
        worksheet.append([_cell(worksheet, cell, styles) for cell in cells])
    for validation in sheet.validations:
        worksheet.data_validations.append(_validation(validation))
    for condition in sheet.conditions:
        worksheet.conditional_formatting.add(condition.cells, conditional_format(condition))
    for chart in sheet.charts:
        worksheet.add_chart(native_chart(chart), chart.anchor)


def _set_up(worksheet: Worksheet, sheet: Sheet) -> None:
    for number, width in enumerate(sheet.widths):
        worksheet.column_dimensions[letter(number)].width = width
    for column in sheet.hidden_columns:
        worksheet.column_dimensions[column].hidden = True
    if sheet.frozen:
        worksheet.freeze_panes = sheet.frozen
    if sheet.filtered:
        worksheet.auto_filter.ref = sheet.filtered
    worksheet.sheet_state = "hidden" if sheet.is_hidden else "visible"
    if sheet.is_protected:
        worksheet.protection.sheet = True
        # Widths and heights may be changed: long texts have to be read.
        worksheet.protection.formatColumns = worksheet.protection.formatRows = False
    worksheet.page_setup.orientation = "landscape" if sheet.is_landscape else "portrait"
    worksheet.page_setup.paperSize = "9"  # A4
    worksheet.sheet_properties.pageSetUpPr.fitToPage = True
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = sheet.pages_wide, int(sheet.is_one_page)
    worksheet.page_margins.left = worksheet.page_margins.right = SIDE_MARGIN
    worksheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    worksheet.oddHeader.left.text, worksheet.oddHeader.right.text = (
        text[:HEADER_LENGTH].replace("&", "&&") or None for text in sheet.page_header
    )
    if sheet.printed:
        worksheet.print_area = sheet.printed
    if sheet.head:
        worksheet.print_title_rows = f"{sheet.head[0]}:{sheet.head[1]}"
    if sheet.side:
        worksheet.print_title_cols = f"{sheet.side[0]}:{sheet.side[1]}"


def _cell(worksheet: Worksheet, cell: Cell, styles: Styles) -> Any:
    if cell is BLANK:
        return None
    value = f"={cell.formula}" if cell.formula else cell.value
    if value is None and cell.link:
        cell = replace(cell, link="")  # some programs write the place that an empty cell links to as its value
    if isinstance(value, str) and not cell.formula:
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT]
    written = WriteOnlyCell(worksheet, value)
    if isinstance(value, str) and not cell.formula:
        written.data_type = "s"  # never a formula, never an error value, whatever it begins with
    if cell.link:
        written._hyperlink = Hyperlink(ref="", location=cell.link)
    key = (cell.look, cell.number_format, cell.is_open, cell.is_centred, bool(cell.link))
    if key not in styles:
        style = named_style(f"格式{len(styles) + 1}", cell)
        worksheet.parent.add_named_style(style)
        written.style = style.name
        styles[key] = written._style
    written._style = styles[key]
    return written


def _validation(validation: Validation) -> DataValidation:
    made = DataValidation(
        type=validation.kind,
        operator=None if validation.kind == "list" else "between",
        formula1=f'"{",".join(validation.choices)}"' if validation.choices else str(validation.minimum),
        formula2=None if validation.choices else str(validation.maximum),
        allow_blank=True,
        showErrorMessage=validation.is_strict,
        showInputMessage=True,
        errorStyle="stop",
        errorTitle="填写有误",
        error=validation.message,
        promptTitle=validation.title,
        prompt=validation.message,
    )
    made.add(validation.cells)
    return made
