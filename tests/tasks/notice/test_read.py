"""A file's bytes → text, or a sentence that says why not."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from tasks.notice import NoticeError, parse, read
from tests.support.notice_build import notice
from tests.support.notice_files import OLE

TEXT = notice("一、甲类工作", "（一）甲事项。做一。（省财政厅负责）")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_text_is_read_in_the_encodings_that_offices_use(encoding: str) -> None:
    assert read(TEXT.encode(encoding), filename="通知.txt") == TEXT


def test_a_path_is_read_and_line_ends_are_made_one(tmp_path: Path) -> None:
    path = tmp_path / "通知.txt"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode("gb18030"))
    assert read(path) == read(str(path)) == TEXT


def word(*lines: str) -> bytes:
    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_a_word_file_reads_as_its_paragraphs() -> None:
    text = read(word(*TEXT.splitlines()), filename="通知.docx")
    assert text == TEXT.rstrip("\n")
    assert parse(text).items[0].title == "甲事项"


def test_words_in_a_word_files_table_are_read_in_their_place() -> None:
    document = docx.Document()
    document.add_paragraph("前")
    document.add_table(1, 2).rows[0].cells[1].text = "中"
    document.add_paragraph("后")
    buffer = io.BytesIO()
    document.save(buffer)
    assert read(buffer.getvalue()).split() == ["前", "中", "后"]


def numbered_word() -> bytes:
    """A document whose 一、 and （一） are Word's automatic numbers."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="1"/>'
        f'<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="{shown}"/></w:lvl>'
        for depth, shown in enumerate(("%1、", "（%2）"))
    )
    numbering.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{levels}</w:abstractNum>'))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for depth, line in (
        (0, "甲类工作"),
        (1, "甲事项。做。"),
        (1, "乙事项。做。"),
        (0, "乙类工作"),
        (1, "丙事项。做。"),
    ):
        properties = document.add_paragraph(line)._p.get_or_add_pPr()
        mark = OxmlElement("w:numPr")
        for tag, value in (("w:ilvl", depth), ("w:numId", 77)):
            mark.append(OxmlElement(tag))
            mark[-1].set(qn("w:val"), str(value))
        properties.append(mark)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def test_words_automatic_numbers_are_written_out() -> None:
    assert read(numbered_word()).split() == [
        "一、甲类工作",
        "（一）甲事项。做。",
        "（二）乙事项。做。",
        "二、乙类工作",
        "（一）丙事项。做。",
    ]


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as target:
        for name, content in files.items():
            target.writestr(name, content)
    return buffer.getvalue()


WRONG = [
    (b"", "", "空的"),
    (b"  \n ", "空.txt", "空的"),
    (b"%PDF-1.7 \xe2", "通知.pdf", "PDF"),
    (OLE + "EncryptedPackage".encode("utf-16-le"), "通知.docx", "设有打开密码"),
    (OLE + "PowerPoint Document".encode("utf-16-le"), "通知.ppt", "不是文字文档或表格"),
    (b"\xff\xd8\xff\xe0", "通知.pdf", "这是图片（JPG）"),
    (b"\x89PNG\r\n\x1a\n", "通知.png", "这是图片（PNG）"),
    (b"II*\0", "通知.tif", "这是图片（TIFF）"),
    (b"RIFF\0\0\0\0WEBP", "通知.webp", "这是图片"),
    (b"Rar!\x1a\x07", "通知.rar", "请解压后选择"),
    (b"MIME-Version: 1.0\n", "通知.doc", "网页归档"),
    (b"<?xml version='1.0'?><w:wordDocument/>", "通知.doc", "Word 的 XML 文件"),
    (b"hello", "通知.xlsx", "不是 Excel 工作簿"),
    (b"hello", "通知.pdf", "不是 PDF"),
    (b"PK\x03\x04broken", "通知.docx", "已损坏"),
    (b"hello", "通知.docx", "已损坏"),
    (archive(a="b"), "通知.zip", "不是 Word 文档"),
    (archive(**{"word/document.xml": "<no"}), "通知.docx", "已损坏"),
    (bytes(range(256)), "图.png", "文字编码"),
    (b"\xff\xff\xff", "x.txt", "文字编码"),
    (b"a" * (20 * 1024 * 1024 + 1), "x.txt", "20MB"),
]


@pytest.mark.parametrize(("data", "name", "said"), WRONG)
def test_a_wrong_file_is_refused_with_a_clear_sentence(data: bytes, name: str, said: str) -> None:
    with pytest.raises(NoticeError, match=said):
        read(data, filename=name)


def test_a_path_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoticeError, match="找不到文件"):
        read(tmp_path / "没有.txt")
    with pytest.raises(NoticeError, match="文件夹"):
        read(tmp_path)
    with pytest.raises(NoticeError, match="无法打开"):
        read("a\0b")


def test_a_row_of_a_word_table_is_one_line_so_that_a_label_meets_its_units() -> None:
    document = docx.Document()
    for line in notice("一、甲", "（一）乙事项。做。").splitlines()[:-3]:
        document.add_paragraph(line)
    table = document.add_table(2, 2)
    for row, words in zip(table.rows, (("牵头单位", "省财政厅"), ("配合单位", "省水利厅、省教育厅")), strict=True):
        for cell, word_ in zip(row.cells, words, strict=True):
            cell.text = word_
    for line in ("某省人民政府办公厅", "2020年3月5日"):
        document.add_paragraph(line)
    buffer = io.BytesIO()
    document.save(buffer)
    (item,) = parse(read(buffer.getvalue())).items
    assert [str(unit) for unit in item.leads] == ["省财政厅"]
    assert [str(unit) for unit in item.assists] == ["省水利厅", "省教育厅"]
