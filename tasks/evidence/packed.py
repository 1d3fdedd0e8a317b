"""rar and 7z: the names of what they hold, read from their headers; nothing is unpacked but a 7z's own list."""

import lzma
import re
import struct
from typing import BinaryIO

from tasks.evidence.archives import CORRUPT, FileRefused, refuse_programs

RAR4, RAR5 = b"Rar!\x1a\x07\x00", b"Rar!\x1a\x07\x01\x00"
SEVEN = b"7z\xbc\xaf\x27\x1c"
LIST_LIMIT = 4 * 1024 * 1024  # bytes of a list of members
BLOCKS = 4000
PASSWORD = "设有密码，请取消密码后上传"
LZMA, AES = b"\x03\x01\x01", b"\x06\xf1\x07\x01"


class _Reader:
    """Numbers from a header; what ends too early is broken."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def take(self, count: int) -> bytes:
        self.at += count
        if count < 0 or self.at > len(self.data):
            raise FileRefused(CORRUPT)
        return self.data[self.at - count : self.at]

    def vint(self) -> int:
        """Of RAR 5: seven bits a byte, the lowest first."""
        value = 0
        for shift in range(0, 70, 7):
            (byte,) = self.take(1)
            value |= (byte & 0x7F) << shift
            if not byte & 0x80:
                return value
        raise FileRefused(CORRUPT)

    def number(self) -> int:
        """Of 7z: the leading ones of the first byte say how many bytes follow."""
        (first,) = self.take(1)
        extra, mask = 0, 0x80
        while mask and first & mask:
            extra, mask = extra + 1, mask >> 1
        low = int.from_bytes(self.take(extra), "little")
        return low | (first & (mask - 1 if mask else 0)) << (8 * extra)


def rar(file: BinaryIO) -> str:
    """Walks its blocks to the one that ends it."""
    size = file.seek(0, 2)
    file.seek(0)
    is_new = file.read(8) == RAR5
    at = 8 if is_new else 7
    for _ in range(BLOCKS):
        file.seek(at)
        at, name, is_end = _block5(file, at) if is_new else _block4(file, at)
        if name:
            refuse_programs(name)
        if at > size:
            raise FileRefused(CORRUPT)
        if is_end:
            return "rar"
    raise FileRefused("所含文件过多，请分开打包")


def _block5(file: BinaryIO, at: int) -> tuple[int, str, bool]:
    head = _Reader(file.read(4 + 10), 4)
    if len(head.data) < 7:
        raise FileRefused(CORRUPT)
    length = head.vint()
    if length > LIST_LIMIT:
        raise FileRefused(CORRUPT)
    file.seek(at + head.at)
    block = _Reader(file.read(length))
    kind, flags = block.vint(), block.vint()
    if kind == 4:
        raise FileRefused(PASSWORD)
    if flags & 1:
        block.vint()
    data = block.vint() if flags & 2 else 0
    name = ""
    if kind == 2:
        has = block.vint()
        block.vint(), block.vint()
        block.take(4 * bool(has & 2) + 4 * bool(has & 4))
        block.vint(), block.vint()
        name = block.take(block.vint()).decode("utf-8", "replace")
    return at + head.at + length + data, name, kind == 5


def _block4(file: BinaryIO, at: int) -> tuple[int, str, bool]:
    head = file.read(7)
    if len(head) < 7:
        raise FileRefused(CORRUPT)
    _, kind, flags, length = struct.unpack("<HBHH", head)
    rest = _Reader(file.read(max(0, length - 7)))
    if (kind == 0x73 and flags & 0x80) or (kind == 0x74 and flags & 4):
        raise FileRefused(PASSWORD)
    data, name = 0, ""
    if kind in (0x74, 0x7A) or flags & 0x8000:
        (data,) = struct.unpack("<I", rest.take(4))
    if kind == 0x74:
        rest.take(15)
        (count,) = struct.unpack("<H", rest.take(2))
        rest.take(4)
        if flags & 0x100:
            data |= struct.unpack("<I", rest.take(4))[0] << 32
            rest.take(4)
        name = rest.take(count).split(b"\0")[0].decode("gb18030", "replace")
    return at + max(length, 7) + data, name, kind == 0x7B


def seven(file: BinaryIO) -> str:
    """Reads its list of members, which is mostly compressed itself."""
    size = file.seek(0, 2)
    file.seek(12)
    start = file.read(20)
    if len(start) < 20:
        raise FileRefused(CORRUPT)
    offset, length, _ = struct.unpack("<QQI", start)
    if 32 + offset + length > size or not 0 < length <= LIST_LIMIT:
        raise FileRefused(CORRUPT)
    file.seek(32 + offset)
    listed = file.read(length)
    if listed[:1] == b"\x17":
        listed = _unpacked_list(file, _Reader(listed, 1))
    for name in re.findall(rb"(?:[\x01-\xff]\x00|..(?<!\x00\x00)){1,300}?\x00\x00", listed, re.DOTALL):
        refuse_programs(name.decode("utf-16-le", "replace").rstrip("\0"))
    return "7z"


def _unpacked_list(file: BinaryIO, about: _Reader) -> bytes:
    """The list as it is described: one piece, compressed by LZMA; another manner isn't used for lists."""
    if AES in about.data:
        raise FileRefused(PASSWORD)
    if about.take(1) != b"\x06":
        raise FileRefused(CORRUPT)
    place, _ = about.number(), about.number()
    packed = about.number() if about.take(1) == b"\x09" else 0
    at = about.data.find(LZMA, about.at)
    if at < 0 or not 0 < packed <= LIST_LIMIT:
        raise FileRefused("的压缩方式不常用，请用普通方式重新压缩")
    about.at = at + len(LZMA)
    properties = about.take(about.number())
    if about.take(1) != b"\x0c" or len(properties) != 5:
        raise FileRefused(CORRUPT)
    unpacked = about.number()
    if unpacked > LIST_LIMIT:
        raise FileRefused("所含文件过多，请分开打包")
    file.seek(32 + place)
    first, dictionary = properties[0], struct.unpack("<I", properties[1:])[0]
    chain = {"id": lzma.FILTER_LZMA1, "dict_size": max(4096, min(dictionary, 1 << 26))}
    chain |= {"lc": first % 9, "lp": first // 9 % 5, "pb": first // 45}
    try:
        reader = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[chain])
        return reader.decompress(file.read(packed), unpacked)
    except (lzma.LZMAError, ValueError) as error:
        raise FileRefused(CORRUPT) from error
