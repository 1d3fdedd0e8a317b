"""What a file is, by its first bytes; what can't be read is named for what it is, with what to do."""

from __future__ import annotations

from ..model import NoticeError
from .plain import decoded
from .web import looks_like_page, page_text

_IMAGES = {
    b"\xff\xd8\xff": "JPG",
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
}
_ARCHIVES = {b"Rar!": "RAR", b"7z\xbc\xaf\x27\x1c": "7z", b"\x1f\x8b": "gz"}
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (("EncryptedPackage", "encrypted"), ("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"))
_ODF = {b"mimetypeapplication/vnd.oasis.opendocument.text": "odt",
        b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet": "ods"}  # fmt: skip
_SUFFIXES = {
    ".docx": "文件扩展名是 .docx，但内容不是 Word 文档，可能已损坏",
    ".xlsx": "文件扩展名是 .xlsx，但内容不是 Excel 工作簿，可能已损坏",
    ".pdf": "文件扩展名是 .pdf，但内容不是 PDF，可能已损坏",
    ".ofd": "文件扩展名是 .ofd，但内容不是 OFD，可能已损坏",
}


def kind_of(data: bytes, suffix: str) -> str:
    """ "package", "pdf", "web", "plain", or what LibreOffice opens: "doc", "wps", "rtf", "odt", "xls", "ods"."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((kind for mark, kind in _ODF.items() if data[30:].startswith(mark)), "package")
    if data.startswith(_OLE):
        return _kind_of_old_file(data, suffix)
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"{\\rtf"):
        return "rtf"
    _refuse_others(data)
    if suffix in _SUFFIXES and not looks_like_page(data[:4000].decode("latin-1")):
        raise NoticeError(_SUFFIXES[suffix])
    return _kind_of_text(data)


def _kind_of_old_file(data: bytes, suffix: str) -> str:
    for name, kind in _OLE_STREAMS:
        if name.encode("utf-16-le") in data:
            if kind == "encrypted":
                raise NoticeError("文件设有打开密码，请取消密码后再试")
            return suffix[1:] if suffix in (".wps", ".et") else kind
    if suffix in (".doc", ".wps", ".xls", ".et"):
        return suffix[1:]
    raise NoticeError("这是旧版 Office 文件，但不是文字文档或表格，请另存为 .docx 后再试")


def _refuse_others(data: bytes) -> None:
    for mark, name in _IMAGES.items():
        if data.startswith(mark):
            raise NoticeError(
                f"这是图片（{name}），没有可读取的文字；请提供 Word、PDF 等电子版，或先作文字识别（OCR）再粘贴文字"
            )
    if data[4:12] in (b"ftypheic", b"ftypmif1") or (data.startswith(b"RIFF") and data[8:12] == b"WEBP"):
        raise NoticeError("这是图片，没有可读取的文字；请提供 Word、PDF 等电子版，或先作文字识别（OCR）再粘贴文字")
    for mark, name in _ARCHIVES.items():
        if data.startswith(mark):
            raise NoticeError(f"这是压缩包（{name}），请解压后选择其中的通知文件")


def _kind_of_text(data: bytes) -> str:
    head = data[:4000].decode("latin-1")
    if head.lstrip().lower().startswith("mime-version:"):
        raise NoticeError("这是网页归档文件（.mht），请用 Word 打开后另存为 .docx")
    if "<w:wordDocument" in head or "<pkg:package" in head:
        raise NoticeError("这是 Word 的 XML 文件，请用 Word 打开后另存为 .docx")
    if "<uof:" in head or "<uof:UOF" in head:
        raise NoticeError("这是标文通（UOF）文件，请用 WPS 打开后另存为 .docx")
    if looks_like_page(head) or looks_like_page(_head_of_text(data)):
        return "web"
    return "plain"


def _head_of_text(data: bytes) -> str:
    """A page may be in UTF-16; whatever else isn't text will be refused by who reads it."""
    return page_text(data[:4000]) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ""


def plain_text(data: bytes) -> str:
    return decoded(data).replace("\r\n", "\n").replace("\r", "\n")
