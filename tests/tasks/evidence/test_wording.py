"""Marks of secrecy are found in what a file says, in the kinds that offices have; the rest bears none."""

import io
import time

import docx
import openpyxl
import pytest

from tasks.evidence.inspecting import inspect
from tasks.evidence.wording import marks_in
from tasks.rules.secrecy import secrecy_warning
from tests.support import uploads

MARK = "机密★1年"


def marks_of(name, data):
    return list(inspect(io.BytesIO(data), name, len(data), limit=20 * 1024**2).marks)


def word(*runs):
    document, file = docx.Document(), io.BytesIO()
    paragraph = document.add_paragraph()
    for run in runs:
        paragraph.add_run(run)
    document.save(file)
    return file.getvalue()


def excel(*cells):
    book, file = openpyxl.Workbook(), io.BytesIO()
    book.active.append(cells)
    book.save(file)
    return file.getvalue()


def pdf(text):
    """A page with a font of a single code for each sign, as an office's printer writes it."""
    signs = "".join(f"<{n:02x}><{ord(sign):04x}>" for n, sign in enumerate(text, 1))
    to_unicode = (
        "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00><ff> endcodespacerange "
        f"{len(text)} beginbfchar {signs} endbfchar endcmap"
    )
    shown = "BT /F1 12 Tf 50 700 Td (" + "".join(f"\\{n:03o}" for n in range(1, len(text) + 1)) + ") Tj ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(shown)}>>stream\n{shown}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 6 0 R>>",
        f"<</Length {len(to_unicode)}>>stream\n{to_unicode}\nendstream",
    ]
    body, places = "%PDF-1.4\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj{written}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer<</Root 1 0 R/Size 7>>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 7\n0000000000 65535 f \n{table}{end}".encode("latin-1")


def old_word(text):
    return uploads.old_office("WordDocument") + b"\0\1" + text.encode("utf-16-le") + bytes(512)


def rtf(text):
    return b"{\\rtf1\\ansi " + "".join(f"\\'{byte:02x}" for byte in text.encode("gb18030")).encode() + b"}"


PAGE = f"<ofd:TextCode>{MARK}</ofd:TextCode>"
SLIDE = "<a:p><a:r><a:t>机</a:t></a:r><a:r><a:t>密</a:t></a:r></a:p>"
SAYING = {
    "纪要.docx": word("机", "密★1年"),
    "台账.xlsx": excel("单位", MARK),
    "汇报.pptx": uploads.office("pptx", more={"ppt/slides/slide1.xml": SLIDE}),
    "公文.ofd": uploads.archive({"OFD.xml": "<o/>", "Doc_0/Pages/Page_0/Content.xml": PAGE}),
    "说明.txt": f"{MARK}\r\n".encode("gb18030"),
    "通知.rtf": rtf(MARK),
    "报告.doc": old_word(f"文件\r{MARK}"),
    "打印件.pdf": pdf(MARK),
    "打包.zip": uploads.archive({f"{MARK}.txt": "内容"}),
}  # fmt: skip


@pytest.mark.parametrize("name", SAYING)
def test_a_mark_is_found_in_it(name):
    assert marks_of(name, SAYING[name]) == ["机密"]


@pytest.mark.parametrize("kind", sorted(uploads.whole()))
def test_what_says_nothing_of_the_kind_bears_none(kind):
    assert marks_of(f"材料.{kind}", uploads.whole()[kind]) == []


@pytest.mark.parametrize("text", ["保护商业秘密12件", "办公机\n密级审查", "★★★★★级景区"])
def test_other_words_are_none(text):
    assert marks_of("说明.txt", text.encode()) == []


def test_the_gravest_comes_first_each_once():
    assert marks_of("说明.txt", "秘密、绝 密、秘密".encode()) == ["绝密", "秘密"]


def test_signs_that_meet_by_chance_in_an_old_file_are_no_word():
    picture = b"\xff\xdb\0\xd9" + "秘密".encode("utf-16-le") + b"\xd8" * 8
    assert marks_of("报告.doc", uploads.old_office("WordDocument") + picture) == []


@pytest.mark.parametrize("text", ["<" * 8_000_000, "<a" * 4_000_000, "&#" * 4_000_000, "秘" * 2_000_000])
def test_a_file_made_to_take_long_takes_a_moment(text):
    hostile = io.BytesIO(uploads.archive({"word/document.xml": text}))
    start = time.process_time()
    marks_in(hostile, "docx")
    assert time.process_time() - start < 5


def test_a_pdf_at_which_the_library_breaks_bears_none():
    assert marks_of("坏.pdf", b"%PDF-1.4\n/Font" + bytes(2000) + b"%%EOF") == []


def test_the_warning_names_the_file_in_which_it_stands():
    said = secrecy_warning(["机密★1年。"], {"纪要.docx": ["秘密"], "照片.jpg": []})
    assert said == "含有“机密”“★”字样；“纪要.docx”内含“秘密”字样。本系统为非涉密系统，请核对，涉密的不得录入。"
