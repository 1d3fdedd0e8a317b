"""Sets the briefing as a Word document by GB/T 9704-2012: page, margins, 22 lines of 28 characters, page numbers.

The same briefing gives the same bytes: no clock, fixed times in the archive. Fonts are named, never embedded, with
others that take their place where they are missing.
"""

import re
from datetime import UTC, datetime
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt
from docx.table import _Cell

from reports.briefing.paper import (
    BODY_FONT,
    FOURTH,
    HEADING_FONT,
    INDENT,
    KAI_FONT,
    LINE,
    SECOND,
    SMALL,
    THIRD,
    TINY,
    TITLE_FONT,
    element,
    indent,
    number_pages,
    run,
    set_defaults,
    set_page,
    without_clock,
)
from reports.briefing.text import Appendix, Briefing, Paragraph, Style

DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TITLE_LENGTH = 20  # characters of 22 points on a line
MOST_KEPT = 8  # lines
FONTS = {
    Style.TITLE: (TITLE_FONT, SECOND),
    Style.ADDRESSEE: (BODY_FONT, THIRD),
    Style.HEADING_1: (HEADING_FONT, THIRD),
    Style.HEADING_2: (KAI_FONT, THIRD),
    Style.BODY: (BODY_FONT, THIRD),
    Style.ITEM: (BODY_FONT, THIRD),
    Style.APPENDED: (BODY_FONT, THIRD),
    Style.SIGNATURE: (BODY_FONT, THIRD),
}


def to_docx(briefing: Briefing, moment: datetime) -> bytes:
    """Makes the file; `moment` is all that it says of time."""
    document = Document()
    set_page(document)
    set_defaults(document)
    _masthead(document, briefing)
    ending = sum(paragraph.style in (Style.APPENDED, Style.SIGNATURE) for paragraph in briefing.paragraphs)
    for left, paragraph in zip(range(len(briefing.paragraphs) - 1, -1, -1), briefing.paragraphs, strict=True):
        line = _paragraph(document, paragraph)
        if 0 < left <= min(ending, MOST_KEPT):  # the last words and the signature stay on one page
            line.paragraph_format.keep_with_next = True
    for table in briefing.tables:
        _table(document, table, briefing)
    number_pages(document)
    _properties(document, briefing, moment)
    return without_clock(document)


# ── text ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _masthead(document: Any, briefing: Briefing) -> None:
    if briefing.is_demo:
        demo = _line(document, WD_ALIGN_PARAGRAPH.CENTER)
        run(demo, "演示数据，不代表实际情况", HEADING_FONT, FOURTH)
    name = _line(document, WD_ALIGN_PARAGRAPH.CENTER)
    name.paragraph_format.line_spacing = Pt(48)
    run(name, briefing.masthead, TITLE_FONT, Pt(36))
    number = _line(document, WD_ALIGN_PARAGRAPH.CENTER)
    run(number, f"（{briefing.number.text}）", BODY_FONT, THIRD)
    below = _line(document, WD_ALIGN_PARAGRAPH.LEFT)
    stop = below.paragraph_format.tab_stops
    stop.add_tab_stop(Mm(156), alignment=2)
    run(below, f"{briefing.office}\t{briefing.dated}", BODY_FONT, THIRD)
    borders = element("w:pBdr")
    borders.append(element("w:bottom", val="single", sz="12", space="4", color="C00000"))
    below._p.get_or_add_pPr().insert_element_before(borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc")
    _line(document, WD_ALIGN_PARAGRAPH.LEFT)


def _paragraph(document: Any, paragraph: Paragraph) -> Any:
    style = paragraph.style
    alignment = {Style.TITLE: WD_ALIGN_PARAGRAPH.CENTER, Style.SIGNATURE: WD_ALIGN_PARAGRAPH.RIGHT}.get(
        style, WD_ALIGN_PARAGRAPH.JUSTIFY
    )
    line = _line(document, alignment)
    font, size = FONTS[style]
    if style == Style.TITLE:
        line.paragraph_format.line_spacing = Pt(34)
        line.paragraph_format.space_after = LINE
    elif style == Style.SIGNATURE:
        indent(line, right=400)
    elif style == Style.APPENDED:
        indent(line, left=600, hanging=400)
    elif style != Style.ADDRESSEE:
        indent(line, first=INDENT)
    if style in (Style.HEADING_1, Style.HEADING_2):
        line.paragraph_format.keep_with_next = True
        line._p.get_or_add_pPr().append(element("w:outlineLvl", val="0" if style == Style.HEADING_1 else "1"))
    run(line, _broken(paragraph.text) if style == Style.TITLE else paragraph.text, font, size)
    return line


def _broken(title: str) -> str:
    """Breaks a title that takes more than a line before its period: otherwise a word would be torn there."""
    if len(title) <= TITLE_LENGTH:
        return title
    place = max((match.start() for match in re.finditer(r"\d{4}年", title)), default=0)
    return f"{title[:place]}\n{title[place:]}" if place else title


def _line(document: Any, alignment: WD_ALIGN_PARAGRAPH) -> Any:
    line = document.add_paragraph()
    line.alignment = alignment
    form = line.paragraph_format
    form.line_spacing, form.space_before, form.space_after = LINE, Pt(0), Pt(0)
    form.widow_control = True
    return line


# ── 附件 ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _table(document: Any, table: Appendix, briefing: Briefing) -> None:
    """Puts the table on a page of its own, its head repeated on every page that it runs over."""
    title = _line(document, WD_ALIGN_PARAGRAPH.LEFT)
    title.paragraph_format.page_break_before = True
    title.paragraph_format.keep_with_next = True
    run(title, table.title, HEADING_FONT, THIRD)
    source = _line(document, WD_ALIGN_PARAGRAPH.RIGHT)
    source.paragraph_format.line_spacing = Pt(20)
    run(source, briefing.source, BODY_FONT, SMALL)
    grid = document.add_table(rows=0, cols=len(table.head))
    grid.style, grid.alignment, grid.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(grid.columns, table.widths, strict=True):
        column.width = Mm(width)
    _row(grid, table, table.head, is_head=True)
    for values in table.rows:
        _row(grid, table, values)


def _row(grid: Any, table: Appendix, values: Any, *, is_head: bool = False) -> None:
    row = grid.add_row()
    properties = row._tr.get_or_add_trPr()
    properties.append(element("w:cantSplit"))
    if is_head:
        properties.append(element("w:tblHeader"))
    for place, (cell, value, width) in enumerate(zip(row.cells, values, table.widths, strict=True)):
        cell.width = Mm(width)
        _fill(cell, value, is_head=is_head, is_number=place in table.numeric)


def _fill(cell: _Cell, value: str, *, is_head: bool, is_number: bool) -> None:
    _margins(cell)
    paragraph = cell.paragraphs[0]
    form = paragraph.paragraph_format
    form.line_spacing, form.space_before, form.space_after = Pt(14), Pt(1), Pt(1)
    paragraph._p.get_or_add_pPr().insert_element_before(element("w:snapToGrid", val="0"), "w:spacing", "w:ind", "w:jc")
    paragraph.alignment = (
        WD_ALIGN_PARAGRAPH.CENTER if is_head else WD_ALIGN_PARAGRAPH.RIGHT if is_number else WD_ALIGN_PARAGRAPH.LEFT
    )
    run(paragraph, value, HEADING_FONT if is_head else BODY_FONT, TINY)


def _margins(cell: _Cell) -> None:
    """Leaves 1 mm at the sides: the standard's two make narrow columns of figures break."""
    margins = element("w:tcMar")
    for side in ("start", "end"):
        margins.append(element(f"w:{side}", w="57", type="dxa"))
    cell._tc.get_or_add_tcPr().append(margins)


def _properties(document: Any, briefing: Briefing, moment: datetime) -> None:
    core = document.core_properties
    core.title = next(paragraph.text for paragraph in briefing.paragraphs if paragraph.style == Style.TITLE)
    core.author = core.last_modified_by = briefing.office
    core.comments, core.language, core.revision = "", "zh-CN", 1
    core.created = core.modified = moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)
