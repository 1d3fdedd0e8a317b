"""PDF and OFD: the lines of printed pages are paragraphs again; what has no text is named."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tasks.notice import NoticeError, read, read_notice
from tests.support.notice_build import notice
from tests.support.notice_files import Printed, archive, ofd, pdf, typeset

LONG = "做好第一件重要工作，按照要求抓好落实；" * 8 + "完成1200万元投资。"
TEXT = notice(
    "一、甲类工作",
    f"（一）甲事项。{LONG}（省财政厅负责）",
    f"（二）乙事项。{LONG}（省水利厅牵头，省教育厅配合）",
    "二、乙类工作",
    f"（三）丙事项。{LONG}（省农业农村厅负责）",
).strip()


def as_pdf(pages: list[list[Printed]]) -> bytes:
    return pdf(*pages)


def as_ofd(pages: list[list[Printed]]) -> bytes:
    """The same pages in millimetres."""
    scale = 210 / 595
    return ofd(
        *([(left * scale, top * scale, size * scale, words) for left, top, size, words in page] for page in pages)
    )


printed = pytest.mark.parametrize("made", [as_pdf, as_ofd])
Made = Callable[[list[list[Printed]]], bytes]


@printed
def test_printed_lines_are_paragraphs_and_page_numbers_nothing(made: Made) -> None:
    pages = typeset(TEXT.split("\n"), rows=12)
    assert len(pages) > 1
    assert read(made(pages)) == TEXT


@printed
def test_a_running_head_is_left_out(made: Made) -> None:
    pages = typeset(TEXT.split("\n"), rows=8)
    headed = [[(74.0, 60.0, 10.0, "某省人民政府公报"), *page] for page in pages]
    assert read(made(headed)) == TEXT


@printed
def test_a_title_in_large_type_is_one_line(made: Made) -> None:
    pages = typeset(TEXT.split("\n")[1:])
    title = [(143.0, 60.0, 22.0, "某省人民政府办公厅关于加快"), (209.0, 100.0, 22.0, "某项工作的实施意见")]
    assert read(made([[*title, *pages[0]], *pages[1:]])) == TEXT


@printed
def test_a_printed_notice_is_read(made: Made) -> None:
    found = read_notice(made(typeset(TEXT.split("\n"))))
    assert [(item.title, [unit.name for unit in item.leads]) for item in found.items] == [
        ("甲事项", ["省财政厅"]),
        ("乙事项", ["省水利厅"]),
        ("丙事项", ["省农业农村厅"]),
    ]


@printed
def test_pieces_far_apart_are_parted_and_pieces_side_by_side_are_not(made: Made) -> None:
    row = [(74.0, 300.0, 16.0, "责任单位"), (300.0, 300.0, 16.0, "省财政厅"), (364.0, 301.0, 16.0, "负责")]
    assert read(made([[*row, (74.0, 500.0, 16.0, "十分重要的事情")]])) == "责任单位\t省财政厅负责\n十分重要的事情"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pdf([]), "扫描件或图片"),
        (pdf(*typeset(["甲乙丙丁" * 20]), with_meaning=False), "乱码"),
        (pdf(*typeset(["甲乙丙丁" * 20]), encrypted=True), "设有打开密码"),
        (b"%PDF-1.7 \xe2", "可能已损坏"),
        (ofd([]), "扫描件或图片"),
        (ofd([], parts={"Encryptions.xml": "<e/>"}), "已加密"),
        (ofd([], parts={"Doc_0/Document.xml": "<no"}), "OFD 文件无法打开"),
        (archive({"OFD.xml": "<OFD/>"}), "扫描件或图片"),
    ],
    ids=["scan", "no meaning", "password", "damaged", "scan in OFD", "encrypted OFD", "damaged OFD", "empty OFD"],
)
def test_what_has_no_text_is_named(data: bytes, said: str) -> None:
    with pytest.raises(NoticeError, match=said):
        read(data)
