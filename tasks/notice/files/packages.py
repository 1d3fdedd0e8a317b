"""A zip → the reader for what it holds: a Word document, an Excel workbook or an OFD file."""

from __future__ import annotations

import re

from ..model import NoticeError
from . import ofd, word, workbook
from .contents import Contents
from .package import DamagedPart, Package


def contents(data: bytes) -> Contents:
    package = Package(data)
    main_part = _main_part(package)
    if main_part.startswith("word/") or _is_of_kind(package, main_part, "wordprocessingml", "ms-word"):
        return word.contents(package, main_part)
    if main_part.startswith("xl/"):
        return workbook.contents(package, main_part)
    if main_part.startswith("ppt/"):
        raise NoticeError("这是演示文稿（PowerPoint），不是通知正文")
    if "ofd.xml" in package.names:
        return ofd.contents(package)
    raise NoticeError(
        "这个压缩文件不是 Word 文档（.docx）、Excel 工作簿（.xlsx）或 OFD 文件；如是压缩包，请解压后选择其中的通知文件"
    )


def _main_part(package: Package) -> str:
    """By the package's relationship; files that some programs make lack it, and have the usual name."""
    found = [part for part in package.related("", "officeDocument") if part in package.names]
    if found:
        return found[0]
    return next((name for name in package.names if re.fullmatch(r"(?:word/document|xl/workbook)\d*\.xml", name)), "")


def _is_of_kind(package: Package, part: str, *kinds: str) -> bool:
    """Whatever its name, the part's content type says what it is."""
    if not part:
        return False
    try:
        types = package.xml("[content_types].xml")
    except DamagedPart:
        return False
    declared = {each.get("PartName", "").lower().lstrip("/"): each.get("ContentType", "") for each in types}
    return any(kind in declared.get(part, "") for kind in kinds)
