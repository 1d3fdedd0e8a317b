"""Small files of every kind, whole and hostile, as bytes."""

import io
import lzma
import struct
import zlib
from datetime import datetime
from functools import cache
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from django.core.files.uploadedfile import SimpleUploadedFile

from agencies.models import User
from tasks.evidence.inspecting import inspect
from tasks.models import Assignment, Evidence
from tasks.workflow.evidence_store import store

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
JPG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x12\x34\xff\xd9"
)
MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
OFFICE = {
    "docx": (MAIN.format("wordprocessingml.document"), "word/document.xml"),
    "xlsx": (MAIN.format("spreadsheetml.sheet"), "xl/workbook.xml"),
    "pptx": (MAIN.format("presentationml.presentation"), "ppt/presentation.xml"),
}
MACRO_WORD = "application/vnd.ms-word.document.macroEnabled.main+xml"


def png() -> bytes:
    def piece(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pieces = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(piece(kind, data) for kind, data in pieces)


def archive(members: dict[str, bytes | str], *, compression: int = ZIP_DEFLATED) -> bytes:
    """A zip with those members, under names as they are spelt."""
    file = io.BytesIO()
    with ZipFile(file, "w", compression) as made:
        for name, data in members.items():
            info = ZipInfo("x")
            info.filename, info.compress_type = name, compression
            made.writestr(info, data, compresslevel=1)
    return file.getvalue()


def office(kind: str, *, main_type: str = "", more: dict[str, bytes | str] | None = None, types: str = "") -> bytes:
    declared, part = OFFICE[kind]
    content_types = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/{part}" ContentType="{main_type or declared}"/>{types}</Types>'
    )
    return archive({"[Content_Types].xml": content_types, part: "<document/>", **(more or {})})


def old_office(*streams: str) -> bytes:
    """A compound file with those streams: a header, one part of the sector table, one sector of names."""
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16) + struct.pack("<HHHH", 62, 3, 0xFFFE, 9) + bytes(16)
    header += struct.pack("<II", 1, 1)[:0] + bytes(76 - len(header))
    header = header[:44] + struct.pack("<II", 1, 1) + header[52:76] + struct.pack("<I", 0) + b"\xff" * 432
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    names = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<H", 2 * len(name) + 2) + bytes(62)
        for name in ("Root Entry", *streams)
    )
    return header + table + names.ljust(512, b"\0")


def tif() -> bytes:
    tags = struct.pack("<HHII", 273, 4, 1, 8) + struct.pack("<HHII", 279, 4, 1, 4)
    return b"II*\0" + struct.pack("<I", 12) + b"abcd" + struct.pack("<H", 2) + tags + bytes(4)


def boxes(brand: bytes, part: bytes) -> bytes:
    return struct.pack(">I4s4sI", 16, b"ftyp", brand, 0) + struct.pack(">I4s", 40, part) + bytes(32)


def rar(*names: str) -> bytes:
    """RAR 5, each member stored and empty."""

    def block(body: bytes) -> bytes:
        return bytes(4) + bytes([len(body)]) + body

    files = b"".join(block(bytes([2, 0, 0, 0, 0, 0, 0, len(name.encode())]) + name.encode()) for name in names)
    return b"Rar!\x1a\x07\x01\x00" + block(bytes([1, 0, 0])) + files + block(bytes([5, 0, 0]))


def seven(*names: str, packs_list: bool = False) -> bytes:
    """7z with a list of empty members, itself compressed where asked."""
    listed = b"\x01\x05" + bytes([len(names)]) + b"\x11\x00\x00"
    listed += b"".join(name.encode("utf-16-le") + b"\0\0" for name in names) + b"\0\0"
    packed = b""
    if packs_list:
        chain = [{"id": lzma.FILTER_LZMA1, "dict_size": 65536, "lc": 3, "lp": 0, "pb": 2}]
        packed = lzma.compress(listed, lzma.FORMAT_RAW, filters=chain)
        sizes = bytes([len(packed)]), bytes([len(listed)])
        listed = b"\x17\x06\x00\x01\x09" + sizes[0] + b"\x00\x07\x0b\x01\x00\x01\x23\x03\x01\x01\x05\x5d"
        listed += struct.pack("<I", 65536) + b"\x0c" + sizes[1] + b"\x00\x00"
    start = struct.pack("<QQI", len(packed), len(listed), zlib.crc32(listed))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(4) + start + packed + listed


def whole() -> dict[str, bytes]:
    return {
        "pdf": PDF,
        "jpg": JPG,
        "png": png(),
        "zip": archive({"照片/1.txt": "内容"}),
        "ofd": archive({"OFD.xml": "<ofd:OFD/>", "Doc_0/Document.xml": "<d/>"}),
        "doc": old_office("WordDocument"),
        "xls": old_office("Workbook"),
        "ppt": old_office("PowerPoint Document"),
        "rtf": b"{\\rtf1\\ansi hello {\\b world}}",
        "txt": "通知正文".encode(),
        "tif": tif(),
        "bmp": b"BM" + struct.pack("<IHHI", 58, 0, 0, 54) + bytes(44),
        "heic": boxes(b"heic", b"meta"),
        "mp4": boxes(b"isom", b"moov"),
        "rar": rar("照片/1.jpg"),
        "7z": seven("照片/1.jpg"),
        **{kind: office(kind) for kind in OFFICE},
    }


@cache
def bomb(size: int = 210 * 1024**2) -> bytes:
    """A small file that unpacks to more than an archive may."""
    return archive({"zeros.bin": bytes(size)})


def liar(data: bytes, claimed: int = 10) -> bytes:
    """The archive of one member, which now claims to unpack to only so many bytes."""
    data = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.find(signature) + offset
        data[at : at + 4] = struct.pack("<I", claimed)
    return bytes(data)


def encrypted() -> bytes:
    data = bytearray(archive({"a.txt": "secret"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + offset] |= 1
    return bytes(data)


def crowd(count: int = 50_000) -> bytes:
    """An archive of very many members, written by hand: the library would take too long."""
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    directory = entry * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65535, 65535, len(directory), len(local), 0)
    return local + directory + end


def kept(assignment: Assignment, by: User, *, at: datetime, name: str = "纪要.pdf", data: bytes = PDF) -> Evidence:
    """Stored as people store it; tests point MEDIA_ROOT elsewhere first."""
    upload = inspect(io.BytesIO(data), name, len(data), limit=10**8)
    return store(upload=upload, assignment=assignment, by=by, at=at)


def uploaded(name: str = "会议纪要.pdf", data: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)
