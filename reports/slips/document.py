"""Sets slips as a Word document on the briefing's paper, one to a page. The same slips give the same bytes."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt

from reports.briefing.paper import (
    BODY_FONT,
    FOURTH,
    HEADING_FONT,
    TITLE_FONT,
    element,
    run,
    set_defaults,
    set_page,
    without_clock,
)
from reports.quarter.period_words import day
from tasks.pages.urges.slips import Slip

HEADS, TEXTS = Mm(30), Mm(126)  # together the 156 mm between the margins
ANSWER = Mm(40)  # room to write in
BLANK = "　　　　"  # to be filled in by hand


def to_docx(slips: Sequence[Slip], *, is_demo: bool) -> bytes:
    document = Document()
    set_page(document)
    document.sections[0].top_margin = document.sections[0].bottom_margin = Mm(25)  # a whole slip on one sheet
    set_defaults(document)
    for place, slip in enumerate(slips):
        _slip(document, slip, begins_page=place > 0, is_demo=is_demo)
    core = document.core_properties
    core.title = f"催办单（{len(slips)}份）"
    core.author = core.last_modified_by = slips[0].office
    core.comments, core.language, core.revision = "", "zh-CN", 1
    sent_at = max(slip.urge.recorded_at for slip in slips)
    core.created = core.modified = sent_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    return without_clock(document)


def _slip(document: Any, slip: Slip, *, begins_page: bool, is_demo: bool) -> None:
    title = _line(document, "催 办 单", WD_ALIGN_PARAGRAPH.CENTER, font=TITLE_FONT, size=Pt(22))
    title.paragraph_format.page_break_before = begins_page
    title.paragraph_format.space_after = Pt(6)
    if is_demo:
        _line(document, "演示数据，不代表实际情况", WD_ALIGN_PARAGRAPH.CENTER, font=HEADING_FONT)
    numbered = _line(document, f"{slip.urge.label}\t签发人：{slip.signer or BLANK}")
    numbered.paragraph_format.tab_stops.add_tab_stop(Mm(156), alignment=2)
    _line(document, f"主送：{slip.urge.agency}", font=HEADING_FONT)
    _table(document, slip)
    for text in (slip.office, "（盖章）", day(slip.sent_on)):
        _line(document, text, WD_ALIGN_PARAGRAPH.RIGHT).paragraph_format.right_indent = Pt(56)
    if slip.address:
        _line(document, f"登录系统答复：{slip.address}")
    if slip.copy_to:
        _line(document, f"抄送：{slip.copy_to}")
    _line(document, f"联系人：{slip.contact or BLANK}　电话：{slip.phone or BLANK}")


def _table(document: Any, slip: Slip) -> None:
    numbered = len(slip.subjects) > 1
    subjects = [f"{place}.{text}" if numbered else text for place, text in enumerate(slip.subjects, 1)]
    reply = [*slip.reply.text.splitlines(), day(slip.replied_on)] if slip.reply and slip.replied_on else [""]
    rows = (
        ("催办内容", slip.urge.text.splitlines()),
        ("催办事项", subjects),
        ("答复期限", [f"{day(slip.urge.reply_by)}（含当日）"]),
        ("答复", reply),
    )
    grid = document.add_table(rows=0, cols=2)
    grid.style, grid.alignment, grid.autofit = "Table Grid", WD_TABLE_ALIGNMENT.CENTER, False
    for column, width in zip(grid.columns, (HEADS, TEXTS), strict=True):
        column.width = width
    for head, lines in rows:
        row = grid.add_row()
        row._tr.get_or_add_trPr().append(element("w:cantSplit"))
        if head == "答复":
            row.height = ANSWER
        for cell, width, texts, font in zip(
            row.cells, (HEADS, TEXTS), ([head], lines), (HEADING_FONT, BODY_FONT), strict=True
        ):
            cell.width = width
            _fill(cell, texts, font)


def _fill(cell: Any, texts: Sequence[str], font: str) -> None:
    for place, text in enumerate(texts):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        _spaced(paragraph)
        run(paragraph, text, font, FOURTH)


def _line(
    document: Any,
    text: str,
    alignment: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    *,
    font: str = BODY_FONT,
    size: Any = FOURTH,
) -> Any:
    paragraph = document.add_paragraph()
    paragraph.alignment = alignment
    _spaced(paragraph)
    if size != FOURTH:
        paragraph.paragraph_format.line_spacing = Pt(36)
    run(paragraph, text, font, size)
    return paragraph


def _spaced(paragraph: Any) -> None:
    form = paragraph.paragraph_format
    form.line_spacing, form.space_before, form.space_after = Pt(24), Pt(0), Pt(0)
