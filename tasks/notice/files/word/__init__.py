"""A Word file (.docx, .docm, .dotx) → its paragraphs, text boxes and tables, as Word prints them."""

from __future__ import annotations

from typing import Any

from ...model import NoticeError
from ..contents import Contents
from ..package import DamagedPart, Package
from .body import BodyReader
from .numbering import Numbering
from .styles import Styles

_TRACKED = "文件中有修订痕迹，已按全部接受修订后的文字读取，请与定稿核对"
_NUMBERS_LOST = "文件中的编号设置已损坏，自动编号没有读出，请核对序号"


def contents(package: Package, main_part: str) -> Contents:
    try:
        document = package.xml(main_part)
    except DamagedPart as error:
        raise NoticeError("Word 文档（.docx）无法打开，可能已损坏") from error
    notes: list[str] = []
    styles = Styles(_part(package, main_part, "styles", []))
    numbering = Numbering(_part(package, main_part, "numbering", notes), styles)
    reader = BodyReader(styles, numbering)
    blocks = reader.blocks(document)
    if reader.has_tracked_changes:
        notes.append(_TRACKED)
    notes += [
        f"自动编号的格式“{kind}”没有读出，“{words}”等段落前的编号请核对" for kind, words in numbering.unknown.items()
    ]
    return Contents(tuple(blocks), tuple(notes))


def _part(package: Package, main_part: str, kind: str, notes: list[str]) -> Any:
    """The root of the part beside the text; a file without it, or with a damaged one, is read without it."""
    for name in package.related(main_part, kind):
        try:
            return package.xml(name)
        except DamagedPart:
            notes.append(_NUMBERS_LOST)
    return None
