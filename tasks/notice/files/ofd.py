"""An OFD file (GB/T 33190) → its paragraphs, from the text objects of its pages."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import Any

from ..model import NoticeError
from .contents import Contents
from .package import DamagedPart, Package
from .printed import Page, Piece, paragraphs

MOST_PAGES = 600
_A4_HEIGHT = 297.0
_SCANNED = "这个 OFD 文件是扫描件或图片，没有文字；请提供 Word 文档，或先作文字识别（OCR）再粘贴文字"
_DAMAGED = "OFD 文件无法打开，可能已损坏或没有下载完整"
_ENCRYPTED = "OFD 文件已加密，请提供未加密的文件"


def contents(package: Package) -> Contents:
    if "encryptions.xml" in package.names:
        raise NoticeError(_ENCRYPTED)
    try:
        roots = [(each.text or "").strip() for each in package.xml("ofd.xml").iter("{*}DocRoot")]
        found = paragraphs(page for root in roots for page in _pages(package, root))
    except DamagedPart as error:
        raise NoticeError(_DAMAGED) from error
    if not any(line.strip() for line in found):
        raise NoticeError(_SCANNED)
    return Contents(tuple(found))


def _pages(package: Package, root: str) -> Iterator[Page]:
    """Each page's own objects; what a template prints on every page is head or foot."""
    document = package.xml(root)
    folder = posixpath.dirname(root)
    usual = _height(document.find("{*}CommonData/{*}PageArea"), _A4_HEIGHT)
    for number, each in enumerate(document.iterfind("{*}Pages/{*}Page")):
        if number >= MOST_PAGES:
            raise NoticeError(f"OFD 文件超过{MOST_PAGES}页，不像是通知正文")
        page = package.xml(_beside(folder, each.get("BaseLoc", "")))
        objects = (each for content in page.iterfind("{*}Content") for each in content.iter("{*}TextObject"))
        pieces = (piece for each in objects for piece in _pieces(each))
        yield Page(_height(page.find("{*}Area"), usual), pieces)


def _beside(folder: str, location: str) -> str:
    return location if location.startswith("/") else posixpath.join(folder, location)


def _height(area: Any, usual: float) -> float:
    box = _numbers("" if area is None else area.findtext("{*}PhysicalBox", ""))
    return box[3] if len(box) == 4 and box[3] > 0 else usual


def _pieces(text: Any) -> Iterator[Piece]:
    """A text object's runs, placed by its boundary and its matrix."""
    if text.get("Visible", "true").lower() == "false":
        return
    left, top = [*_numbers(text.get("Boundary", "")), 0.0, 0.0][:2]
    size = (_numbers(text.get("Size", "")) or [4.0])[0]
    matrix = _numbers(text.get("CTM", ""))
    a, b, c, d, e, f = matrix if len(matrix) == 6 else [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]
    scale = abs(d) or abs(b) or 1.0
    x = y = 0.0
    for code in text.iterfind("{*}TextCode"):
        words = "".join(code.itertext())
        x = (_numbers(code.get("X", "")) or [x])[0]
        y = (_numbers(code.get("Y", "")) or [y])[0]
        steps = _steps(code.get("DeltaX", ""))[: len(words)]
        width = sum(steps) + size if steps else size * len(words)
        place = left + a * x + c * y + e, top + b * x + d * y + f
        yield Piece(words, *place, width * (abs(a) or 1.0), round(size * scale, 2))


def _steps(text: str) -> list[float]:
    """The distances between characters; 「g 20 4.5」 is 4.5 twenty times."""
    steps: list[float] = []
    words = iter(text.split())
    for word in words:
        if word == "g":
            count, step = _numbers(next(words, "")), _numbers(next(words, ""))
            steps += step * min(int(count[0]) if count else 0, 1000)
        else:
            steps += _numbers(word)
    return steps


def _numbers(text: str) -> list[float]:
    try:
        return [float(word) for word in text.split()]
    except ValueError:
        return []
