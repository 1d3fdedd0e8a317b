"""A described workbook as the bytes of an .xlsx file. The same description gives the same bytes."""

import io
import zipfile
from datetime import datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from reports.sheets import Book, Cell, Look, Sheet, Validation, letter, row_height
from reports.xlsx.parts import FONT, archive_member

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LONGEST_TEXT = 32_767  # characters in one cell
THIN = Side(style="thin", color="FFAAB4BA")
FILLS = {
    Look.HEAD: "FFDDE5EC",
    Look.LOCKED: "FFEFF1F2",
    Look.INPUT: "FFFFFBE6",
    Look.WRONG: "FFFBD5CF",
    Look.RIGHT: "FFE0F0E4",
}
BORDERED = (Look.HEAD, Look.LOCKED, Look.INPUT, Look.WRONG, Look.RIGHT)


class _TimelessArchive(zipfile.ZipFile):
    """Stamps every member with the description's moment: openpyxl would take the machine's clock."""

    def __init__(self, target: io.BytesIO, moment: datetime) -> None:
        super().__init__(target, "w", zipfile.ZIP_DEFLATED)
        self.moment = moment

    def writestr(self, zinfo_or_arcname: Any, data: Any, *args: Any, **kwargs: Any) -> None:
        super().writestr(archive_member(str(zinfo_or_arcname), self.moment), data)

    def write(self, filename: Any, arcname: Any = None, *args: Any, **kwargs: Any) -> None:
        with open(filename, "rb") as part:
            self.writestr(arcname, part.read())


def to_bytes(book: Book) -> bytes:
    workbook = Workbook(write_only=True)
    styles: dict[tuple[Look, str, bool, bool], str] = {}
    for sheet in book.sheets:
        _add(workbook, sheet, styles)
    moment = book.written_at.replace(tzinfo=None, microsecond=0)
    workbook.properties.title = book.title
    workbook.properties.creator = ""
    workbook.properties.created = workbook.properties.modified = moment
    target = io.BytesIO()
    ExcelWriter(workbook, _TimelessArchive(target, moment)).save()
    return target.getvalue()


def _add(workbook: Workbook, sheet: Sheet, styles: dict[tuple[Look, str, bool, bool], str]) -> None:
    worksheet = workbook.create_sheet(sheet.name)
    # What a sheet is stands in the file before its rows: openpyxl takes it no later.
    _set_up(worksheet, sheet)
    for number, cells in enumerate(sheet.rows, 1):
        if sheet.has_own_heights:
            worksheet.row_dimensions[number].height = row_height(cells, sheet.widths)
        worksheet.append([_cell(worksheet, cell, styles) for cell in cells])
    for validation in sheet.validations:
        worksheet.data_validations.append(_validation(validation))


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
    worksheet.page_setup.fitToWidth, worksheet.page_setup.fitToHeight = 1, 0
    worksheet.oddFooter.center.text = "第 &P 页 共 &N 页"
    if sheet.head:
        worksheet.print_title_rows = f"{sheet.head[0]}:{sheet.head[1]}"


def _cell(worksheet: Worksheet, cell: Cell, styles: dict[tuple[Look, str, bool, bool], str]) -> WriteOnlyCell:
    value = cell.value
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)[:LONGEST_TEXT]
    written = WriteOnlyCell(worksheet, value)
    if isinstance(value, str):
        written.data_type = "s"  # never a formula, never an error value, whatever it begins with
    key = (cell.look, cell.number_format, cell.is_open, cell.is_centred)
    if key not in styles:
        styles[key] = f"格式{len(styles) + 1}"
        worksheet.parent.add_named_style(_style(styles[key], cell))
    written.style = styles[key]
    return written


def _style(name: str, cell: Cell) -> NamedStyle:
    sizes = {Look.TITLE: 16, Look.NOTE: 10}
    style = NamedStyle(name)
    style.font = Font(name=FONT, size=sizes.get(cell.look, 10.5), bold=cell.look in (Look.TITLE, Look.HEAD))
    is_wrapped = cell.look not in (Look.TITLE, Look.NOTE)
    style.alignment = Alignment(
        wrap_text=is_wrapped, vertical="center", horizontal="center" if cell.is_centred else None
    )
    style.protection = Protection(locked=not cell.is_open)
    style.number_format = cell.number_format
    if cell.look in FILLS:
        style.fill = PatternFill("solid", start_color=FILLS[cell.look])
    if cell.look in BORDERED:
        style.border = Border(THIN, THIN, THIN, THIN)
    return style


def _validation(validation: Validation) -> DataValidation:
    made = DataValidation(
        type=validation.kind,
        operator=None if validation.kind == "list" else "between",
        formula1=f'"{",".join(validation.choices)}"' if validation.choices else str(validation.minimum),
        formula2=None if validation.choices else str(validation.maximum),
        allow_blank=True,
        showErrorMessage=True,
        showInputMessage=True,
        errorStyle="stop",
        errorTitle="填写有误",
        error=validation.message,
        promptTitle=validation.title,
        prompt=validation.message,
    )
    made.add(validation.cells)
    return made
