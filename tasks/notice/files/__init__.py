"""A notice's file → its text. Each kind of file has its reader; what can't be read is refused in Chinese."""

from __future__ import annotations

import os
from pathlib import Path

from ..model import NoticeError
from .confined import read_confined
from .contents import LONGEST_TEXT, Contents
from .document import Document, TableOutline, composed
from .kinds import kind_of, plain_text
from .office import converted

__all__ = ["Document", "TableOutline", "read", "read_document"]

LARGEST_FILE = 20 * 1024 * 1024  # the longest plan that we know has 200 KB; beyond this it's no notice
_READERS = {"package": "packages", "pdf": "pdf", "web": "web"}


def read(path_or_bytes: str | os.PathLike[str] | bytes, filename: str = "") -> str:
    """The text of a file; NoticeError says in Chinese why not. Line ends are one newline each."""
    return read_document(path_or_bytes, filename).text


def _cause(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "文件不存在"
    return "没有权限" if isinstance(error, PermissionError) else "路径无效或无法读取"


def read_document(path_or_bytes: str | os.PathLike[str] | bytes, filename: str = "") -> Document:
    """The text, the plan's outline where the plan is a table, and notes on what to look at.

    Read are .txt (UTF-8, UTF-16, GB18030), .html, .docx, .xlsx, .pdf with text, .ofd; and with LibreOffice .doc, .wps,
    .rtf, .odt, .xls. A text file's text is as it stands but for line ends. Whatever the file, it takes no more than
    ten seconds and 300 MB.
    """
    if isinstance(path_or_bytes, bytes):
        data, name = path_or_bytes, filename
    else:
        path = Path(path_or_bytes)
        data, name = _read_path(path), filename or path.name
    if len(data) > LARGEST_FILE:
        raise NoticeError("文件超过20MB，不像是通知正文")
    document = composed(_contents(data, Path(name).suffix.lower()))
    if not document.text.strip():
        raise NoticeError("文件是空的，没有文字")
    if len(document.text) > LONGEST_TEXT:
        raise NoticeError("文字超过200万字，不像是通知正文")
    return document


def _contents(data: bytes, suffix: str) -> Contents:
    kind = kind_of(data, suffix)
    if kind == "plain":
        return Contents((plain_text(data),))
    if kind in _READERS:
        return read_confined(_READERS[kind], data)
    return read_confined(_READERS["package"], converted(data, kind))


def _read_path(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        raise NoticeError(f"找不到文件：{path}") from None
    except IsADirectoryError:
        raise NoticeError(f"“{path}”是文件夹，请选择一个文件") from None
    except (OSError, ValueError) as error:
        raise NoticeError(f"文件“{path}”无法打开：{_cause(error)}") from None
