"""A PDF file with a text layer → its paragraphs."""

from __future__ import annotations

import ctypes
import unicodedata
from collections.abc import Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from ..model import NoticeError
from .contents import Contents
from .printed import Page, Piece, paragraphs

MOST_PAGES = 600
_SCANNED = "这个 PDF 是扫描件或图片，没有文字层；请提供 Word 或由 Word 导出的 PDF，或先作文字识别（OCR）再粘贴文字"
_NO_MEANING = "这个 PDF 的字体没有对应的文字编码，读出的是乱码；请提供 Word 文档，或先作文字识别（OCR）再粘贴文字"


def contents(data: bytes) -> Contents:
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY):
            raise NoticeError("这个 PDF 设有打开密码，请取消密码后再试") from error
        raise NoticeError("PDF 文件无法打开，可能已损坏或没有下载完整") from error
    if len(document) > MOST_PAGES:
        raise NoticeError(f"PDF 超过{MOST_PAGES}页，不像是通知正文")
    found = paragraphs(Page(page.get_height(), _pieces(page)) for page in document)
    text = "".join("".join(found).split())
    if len(text) < 10 * min(len(document), 5):
        raise NoticeError(_SCANNED)
    if sum(unicodedata.category(char) in ("Co", "Cn") or char == "\ufffd" for char in text) * 5 > len(text):
        raise NoticeError(_NO_MEANING)
    return Contents(tuple(found))


def _pieces(page: pdfium.PdfPage) -> Iterator[Piece]:
    """Each character where it is printed; spaces and line ends that the library adds are left to the lines."""
    text, height = page.get_textpage(), page.get_height()
    x, y = ctypes.c_double(), ctypes.c_double()
    box = raw.FS_RECTF()
    previous = None
    for at in range(text.count_chars()):
        code = raw.FPDFText_GetUnicode(text, at)
        if raw.FPDFText_IsGenerated(text, at) == 1 or code in (0, 0xAD, 0xFFFE, 0xFFFF):
            continue
        raw.FPDFText_GetCharOrigin(text, at, x, y)
        raw.FPDFText_GetLooseCharBox(text, at, box)
        sign = _together(previous, code)
        previous = code
        if sign is None or (x.value, y.value) == (0, 0):
            continue
        size = raw.FPDFText_GetFontSize(text, at)
        size = max(box.top - box.bottom, 1) if size <= 1.5 else size
        yield Piece(sign, x.value, height - y.value, max(box.right - x.value, 0), round(size, 1))


def _together(before: int | None, code: int) -> str | None:
    """The sign of a code; the two halves of a rare character make one."""
    if 0xD800 <= code < 0xDC00:
        return None
    if 0xDC00 <= code < 0xE000:
        if before is None or not 0xD800 <= before < 0xDC00:
            return None
        return chr(0x10000 + ((before - 0xD800) << 10) + code - 0xDC00)
    return chr(code) if code <= 0x10FFFF else None
