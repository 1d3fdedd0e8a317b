"""Files that nobody's office program writes: each is refused before it costs anything."""

import io
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from random import Random

from reports.xlsx import to_bytes
from reports.xlsx.sheets import Book, Cell, Sheet
from tests.support.factories import moment

MB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"


def plain(*, value: object = "文字") -> bytes:
    """An honest workbook of one cell."""
    return to_bytes(Book("普通", moment("2016-10-12"), [Sheet("填报", [[Cell(value)]])]))


def repacked(content: bytes, change: Callable[[dict[str, bytes]], None], level: int | None = None) -> bytes:
    """The same archive with other members."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    return packed(members, level)


def packed(members: dict[str, bytes], level: int | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()


def with_member(name: str, data: bytes, level: int | None = None) -> bytes:
    return repacked(plain(), lambda members: members.update({name: data}), level)


def with_text(name: str, old: bytes, new: bytes) -> bytes:
    def change(members: dict[str, bytes]) -> None:
        assert old in members[name]
        members[name] = members[name].replace(old, new, 1)

    return repacked(plain(), change)


ENTITIES = b'<!DOCTYPE x [<!ENTITY a "ha">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)
MACRO = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
MAIN = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def far_corner() -> bytes:
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    return with_text(SHEET, b"</sheetData>", cell)


def utf16() -> bytes:
    def change(members: dict[str, bytes]) -> None:
        text = members[SHEET].decode()
        members[SHEET] = f'<!DOCTYPE x [<!ENTITY a "b">]>{text}'.encode("utf-16")

    return repacked(plain(), change)


def shrunk_sizes() -> bytes:
    """A bomb whose directory claims that it is small."""
    content = bytearray(with_member("xl/bomb.xml", b"<a>" + b" " * 30 * MB, level=1))
    for signature, offset in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        place = content.rfind(signature)
        content[place + offset : place + offset + 4] = (1000).to_bytes(4, "little")
    return bytes(content)


def renamed_sheet() -> bytes:
    """A sheet with entities, under a name that is none of XML."""

    def change(members: dict[str, bytes]) -> None:
        members[SHEET.replace(".xml", ".bin")] = members.pop(SHEET).replace(b"<worksheet", ENTITIES + b"]><worksheet")
        for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
            members[name] = members[name].replace(b"sheet1.xml", b"sheet1.bin")

    return repacked(plain(), change)


def long_styles() -> bytes:
    """Few tags, each shorter than a cell's text may be, and packed no tighter than an honest file."""
    chance = Random(1)
    names = (chance.randbytes(2048).hex().encode() * 100 for _ in range(50))
    return with_text("xl/styles.xml", b"<cellXfs", b"".join(b'<x a="%s"/>' % name for name in names) + b"<cellXfs")


def going_on(name: str) -> bytes:
    """Honest in size and checksum of every part; but one part's stream goes on behind its end, for 60 MB."""
    with zipfile.ZipFile(io.BytesIO(plain())) as archive:
        honest = archive.read(name)
    more = honest + b" " * 60 * MB
    content = with_member(name, more, level=1)
    for of in (len, zlib.crc32):
        content = content.replace(of(more).to_bytes(4, "little"), of(honest).to_bytes(4, "little"))
    return content


# Each with a word of its refusal.
KINDS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "空的"),
    "a text": (lambda: "我不是工作簿".encode(), "不是Excel工作簿"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(500), "不是Excel工作簿"),
    "an old or encrypted workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "旧版"),
    "50 MB": (lambda: b"PK\x03\x04" + bytes(50 * MB), "10 MB"),
    "half a file": (lambda: plain()[:2000], "损坏"),
    "another zip": (lambda: packed({"a.txt": b"a"}), "不是Excel工作簿"),
    "a renamed document": (
        lambda: packed({"[Content_Types].xml": b"<Types>wordprocessingml.document.main+xml</Types>"}),
        "不是Excel工作簿",
    ),
    "a zip bomb": (lambda: with_member("xl/bomb.xml", b"<a>" + b" " * 120 * MB, level=1), "解压后过大"),
    "a bomb that lies": (shrunk_sizes, "损坏"),
    "a bomb of bombs": (lambda: with_member("xl/media/x.zip", packed({"a": bytes(20 * MB)}) * 200), "过"),
    "a sheet of a million empty cells": (
        lambda: with_text(SHEET, b"</sheetData>", b"<row>" + b"<c/>" * 1_000_000 + b"</row></sheetData>"),
        "过",
    ),
    "an endless text": (
        lambda: with_text(SHEET, b"</sheetData>", b"<row><c><v>" + b"7" * 900_000 + b"</v></c></row></sheetData>"),
        "过多",
    ),
    "a cell of a million attributes": (
        lambda: with_text(SHEET, b"<row ", b"<row " + b"".join(b'a%d=">" ' % n for n in range(1_000_000))),
        "过多",
    ),
    "styles of 20 MB": (long_styles, "内容过多"),
    "a hundred thousand styles": (
        lambda: with_text("xl/styles.xml", b"<cellXfs", b"<cellXfs>" + b"<xf/>" * 100_000 + b"</cellXfs><cellXfs"),
        "过",
    ),
    "an entity bomb": (lambda: with_text(SHEET, b"<worksheet", ENTITIES + b"]><worksheet"), "实体"),
    "an entity bomb in the styles": (
        lambda: with_text("xl/styles.xml", b"<styleSheet", ENTITIES + b"]><styleSheet"),
        "实体",
    ),
    "an entity bomb in UTF-16": (utf16, "编码"),
    "an entity bomb under another name": (renamed_sheet, "实体"),
    "an outside entity": (
        lambda: with_text("xl/workbook.xml", b"<workbook", b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><workbook'),
        "实体",
    ),
    "a macro": (lambda: with_member("xl/vbaProject.bin", b"macro"), "宏"),
    "a macro file renamed": (lambda: with_text("[Content_Types].xml", MAIN, MACRO), "宏"),
    "an outside link": (lambda: with_member("xl/externalLinks/externalLink1.xml", b"<a/>"), "链接"),
    "the far corner": (far_corner, "XFD1048576"),
    "ten thousand members": (lambda: packed({f"xl/{n}.xml": b"<a/>" for n in range(10_000)}), "部件过多"),
    "two members of one name": (lambda: with_member("XL/Workbook.xml", b"<a/>"), "重名"),
}
# Some take a second to make: each is made once, for all who read it.
HOSTILE = {name: (cache(make), word) for name, (make, word) in KINDS.items()}
