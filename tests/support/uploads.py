"""Small files of every kind, whole and hostile, as bytes."""

import io
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


def whole() -> dict[str, bytes]:
    return {
        "pdf": PDF,
        "jpg": JPG,
        "png": png(),
        "zip": archive({"照片/1.txt": "内容"}),
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
