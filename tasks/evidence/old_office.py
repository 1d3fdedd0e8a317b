"""doc, xls and ppt, and what WPS writes in their manner: which one is told by the streams that the file holds."""

import struct
from collections.abc import Iterator
from typing import BinaryIO

from tasks.evidence.archives import CORRUPT, FileRefused

SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
SECTORS = 4096  # of the list of streams, or of the table of sectors; far more than a file within the limit has
FREE, END = 0xFFFFFFFF, 0xFFFFFFFA  # from END on a number is no sector
STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
MACROS = {"_VBA_PROJECT", "VBA", "Macros", "_VBA_PROJECT_CUR"}


def kind_of_old_office(file: BinaryIO) -> str:
    """Recognises doc, xls or ppt; one that isn't whole, has macros or a password is refused."""
    size = file.seek(0, 2)
    file.seek(0)
    header = file.read(512)
    if len(header) < 512:
        raise FileRefused(CORRUPT)
    sector = 1 << min(struct.unpack_from("<H", header, 30)[0], 12)
    if sector not in (512, 4096):
        raise FileRefused(CORRUPT)
    table = _table(file, header, sector, size)
    used = max((number for number, following in enumerate(table) if following != FREE), default=0)
    if (used + 1) * sector + min(sector, 512) > size:
        raise FileRefused(CORRUPT)
    names = set(_names(file, struct.unpack_from("<I", header, 48)[0], table, sector))
    if "EncryptedPackage" in names:
        raise FileRefused("设有密码，请取消密码后上传")
    if names & MACROS:
        raise FileRefused("含有宏，请另存为不含宏的文件后上传")
    kinds = {STREAMS[name] for name in names if name in STREAMS}
    if len(kinds) != 1:
        raise FileRefused("不是可接收的办公文件，请另存为doc、xls、ppt或新格式")
    return kinds.pop()


def _table(file: BinaryIO, header: bytes, sector: int, size: int) -> list[int]:
    """Which sector follows each; only the first 109 parts of the table, which reach as far as any file taken."""
    table: list[int] = []
    for number in struct.unpack_from("<109I", header, 76):
        if number >= END:
            continue
        if (number + 1) * sector + sector > size + sector - 1:
            raise FileRefused(CORRUPT)
        table += struct.unpack(f"<{sector // 4}I", _sector(file, number, sector))
    return table


def _names(file: BinaryIO, number: int, table: list[int], sector: int) -> Iterator[str]:
    for _ in range(SECTORS):
        if number >= END:
            return
        data = _sector(file, number, sector)
        for at in range(0, sector, 128):
            length = struct.unpack_from("<H", data, at + 64)[0]
            if 2 <= length <= 64:
                yield data[at : at + length - 2].decode("utf-16-le", "replace")
        if number >= len(table):
            break
        number = table[number]
    raise FileRefused(CORRUPT)


def _sector(file: BinaryIO, number: int, sector: int) -> bytes:
    file.seek((number + 1) * sector)
    data = file.read(sector)
    if len(data) < sector:
        raise FileRefused(CORRUPT)
    return data
