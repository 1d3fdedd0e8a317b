"""A notice's file → its text. The only place that knows about encodings and Word."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from .model import NoticeError
from .word import document_text

LARGEST_FILE = 20 * 1024 * 1024  # the longest plan that we know has 200 KB; beyond this it's no notice
LARGEST_UNPACKED = 100 * 1024 * 1024


def read(path_or_bytes: str | os.PathLike[str] | bytes, filename: str = "") -> str:
    """The text of a .txt (UTF-8, UTF-16, GB18030) or .docx file; NoticeError says in Chinese why not.

    Line ends come back as one newline each; nothing else of the text is changed.
    """
    if isinstance(path_or_bytes, bytes):
        data, name = path_or_bytes, filename
    else:
        path = Path(path_or_bytes)
        data, name = _read_path(path), filename or path.name
    if len(data) > LARGEST_FILE:
        raise NoticeError("文件超过20MB，不像是通知正文")
    text = _text_of(data, Path(name).suffix.lower())
    if not text.strip():
        raise NoticeError("文件是空的，没有文字")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _read_path(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NoticeError(f"找不到文件：{path}") from None
    except IsADirectoryError:
        raise NoticeError(f"“{path}”是文件夹，请选择一个文件") from None
    except (OSError, ValueError) as error:
        raise NoticeError(f"文件“{path}”无法打开：{getattr(error, 'strerror', None) or '路径无效'}") from None


def _text_of(data: bytes, suffix: str) -> str:
    if data.startswith(b"PK\x03\x04"):
        return _docx_text(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise NoticeError("这是旧版 Word（.doc）或 WPS 文件，请另存为 .docx 或 .txt 后再试")
    if data.startswith(b"%PDF"):
        raise NoticeError("不支持 PDF 文件，请提供 .txt 或 .docx 文件")
    if suffix == ".docx":
        raise NoticeError("文件扩展名是 .docx，但内容不是 Word 文档，可能已损坏")
    return _decode(data)


def _docx_text(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if "word/document.xml" not in archive.namelist():
                raise NoticeError("这个压缩文件不是 Word 文档（.docx）")
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST_UNPACKED:
                raise NoticeError("Word 文档解压后过大，不像是通知正文")
        return document_text(data)
    except NoticeError:
        raise
    except Exception as error:  # python-docx and lxml raise many kinds on damaged files; all mean the same here
        raise NoticeError("Word 文档（.docx）无法打开，可能已损坏") from error


def _decode(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_prose(text):
            return text
    raise NoticeError("无法识别文件的文字编码，请另存为 UTF-8 编码的 .txt 文件")


def _is_prose(text: str) -> bool:
    """Any bytes decode as something in GB18030; control characters give binary data away."""
    controls = sum(1 for char in text if ord(char) < 32 and char not in "\t\n\r\x0b\x0c\x1a")
    return controls == 0
