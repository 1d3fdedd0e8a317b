"""The paper that GB/T 9704-2012 asks for, set up with python-docx: page, grid, fonts and their stand-ins, numbers."""

import io
import zipfile
from functools import cache
from typing import Any

from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

TITLE_FONT, BODY_FONT, HEADING_FONT, KAI_FONT, PAGE_FONT, LATIN = (
    "方正小标宋简体",
    "仿宋_GB2312",
    "黑体",
    "楷体_GB2312",
    "宋体",
    "Times New Roman",
)
INSTEAD = {  # what an office program takes where a font is missing
    TITLE_FONT: "小标宋,SimSun,宋体",
    BODY_FONT: "FangSong,仿宋",
    HEADING_FONT: "SimHei",
    KAI_FONT: "KaiTi,楷体",
    PAGE_FONT: "SimSun",
}
TOP, BOTTOM, LEFT, RIGHT = Mm(37), Mm(35), Mm(28), Mm(26)  # 版心 156 × 225 mm
LINE = Pt(28.95)  # 225 mm / 22
GRID_LINE = "579"  # twentieths of a point
# 28 characters of 16 points are wider than 156 mm: each gives up a quarter of a point. A grid of characters would say
# the same to Word alone; other programs set it twice as wide.
TIGHTER = "-5"
SECOND, THIRD, FOURTH, SMALL, TINY = Pt(22), Pt(16), Pt(14), Pt(10.5), Pt(9)
INDENT = 200  # hundredths of a character
# Of the library's own empty document: a picture of it, and its styles once more, which contradict those set here.
UNWANTED = ("/thumbnail", "/stylesWithEffects")
PACKED = (1980, 1, 1, 0, 0, 0)  # what the archive says of time


def set_page(document: Any) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = TOP, BOTTOM, LEFT, RIGHT
    section.header_distance, section.footer_distance = Mm(15), Mm(28)
    grid = element("w:docGrid", type="lines", linePitch=GRID_LINE)
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)


def set_defaults(document: Any) -> None:
    """Gives everything that names none a language and a font, so that no program takes Japanese forms of characters."""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, THIRD
    properties = normal.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), BODY_FONT)
    properties.append(element("w:lang", val="en-US", eastAsia="zh-CN"))
    for part in document.part.package.iter_parts():
        if part.partname == "/word/fontTable.xml":
            part._blob = _font_table()


def _font_table() -> bytes:
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/></w:font>'
        for name, others in INSTEAD.items()
    )
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    prologue = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{prologue}<w:fonts xmlns:w="{space}">{fonts}</w:fonts>'.encode()


def number_pages(document: Any) -> None:
    """Numbers the pages 「— 1 —」 at their outer edge: right on odd pages, left on even ones."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, alignment in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        paragraph = footer.paragraphs[0]
        paragraph.alignment = alignment
        indent(paragraph, left=100, right=100)
        run(paragraph, "— ", PAGE_FONT, FOURTH)
        field = run(paragraph, "", PAGE_FONT, FOURTH)
        for kind, text in (("begin", None), (None, "PAGE"), ("end", None)):
            if kind:
                field._r.append(element("w:fldChar", fldCharType=kind))
            else:
                instruction = element("w:instrText")
                instruction.text = text
                field._r.append(instruction)
        run(paragraph, " —", PAGE_FONT, FOURTH)


def run(paragraph: Any, text: str, font: str, size: Any) -> Any:
    made = paragraph.add_run(text)
    made.font.name, made.font.size = LATIN, size
    fonts = made._r.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    fonts.set(qn("w:hint"), "eastAsia")
    if size == THIRD:
        made._r.rPr.insert_element_before(element("w:spacing", val=TIGHTER), "w:w", "w:kern", "w:position", "w:sz")
    return made


def indent(paragraph: Any, *, first: int = 0, hanging: int = 0, left: int = 0, right: int = 0) -> None:
    """Indents by hundredths of a character, and by points for programs that know no characters."""
    form = paragraph.paragraph_format
    each = THIRD.pt / 100
    if first:
        form.first_line_indent = Pt(first * each)
    if hanging:
        form.first_line_indent = Pt(-hanging * each)
    if left:
        form.left_indent = Pt(left * each)
    if right:
        form.right_indent = Pt(right * each)
    characters = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for name, value in (
        ("firstLineChars", first),
        ("hangingChars", hanging),
        ("leftChars", left),
        ("rightChars", right),
    ):
        if value:
            characters.set(qn(f"w:{name}"), str(value))


def without_clock(document: Any) -> bytes:
    """Packs the document with its members in a fixed order and without the time of packing."""
    packed, fixed = io.BytesIO(), io.BytesIO()
    for relations in (document.part.package.rels, document.part.rels):
        for key in [key for key, relation in relations.items() if relation.reltype.endswith(UNWANTED)]:
            del relations[key]
    document.save(packed)
    with zipfile.ZipFile(packed) as old, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            member = zipfile.ZipInfo(name, PACKED)
            member.compress_type, member.external_attr, member.create_system = zipfile.ZIP_DEFLATED, 0o600 << 16, 3
            new.writestr(member, old.read(name))
    return fixed.getvalue()


@cache
def _name(tag: str) -> str:
    return str(qn(tag))


def element(tag: str, **attributes: str) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(_name(f"w:{name}"), value)
    return made
