"""What a zip archive holds, found out without trusting it: nothing is unpacked to disk, and no entity is expanded.

Word, Excel and PowerPoint files are archives too; which one is told by the content types that it declares.
"""

import posixpath
import re
import stat
import struct
import zlib
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, LargeZipFile, ZipFile, ZipInfo

CHUNK = 64 * 1024
MEMBER_LIMIT = 2000
EXPANDED_LIMIT = 200 * 1024 * 1024
DIRECTORY_LIMIT = 1024 * 1024  # bytes of the list of members, which is read at once
OFD = "OFD.xml"
PROGRAMS = frozenset(
    {
        *("exe", "dll", "com", "bat", "cmd", "ps1", "psm1", "vbs", "vbe", "js", "jse", "wsf", "wsh", "hta", "scr"),
        *("cpl", "msi", "msp", "jar", "apk", "lnk", "reg", "pif", "sh", "chm", "inf", "iso", "img"),
    }
)
PROGRAM_STARTS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe")
CONTENT_TYPES = "[Content_Types].xml"
CONTENT_TYPES_LIMIT = 1024 * 1024
OFFICE = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml": "pptx",
}
CORRUPT = "已损坏或不完整，请重新生成后上传"
BROKEN = (BadZipFile, LargeZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)


class FileRefused(Exception):
    """What is wrong with a file, in words that follow its name."""


def refuse_programs(name: str) -> None:
    """Refuses an archive for what one of its members is called."""
    ending = name.rstrip(" .").rpartition(".")[2].lower()
    if "." in name and ending in PROGRAMS:
        raise FileRefused(f"内含可执行文件（{posixpath.basename(name.replace(chr(92), '/'))[:40]}），不予接收")


def kind_of_archive(file: BinaryIO) -> str:
    """Recognises docx, xlsx, pptx or zip after reading every member once; anything else is refused."""
    _check_directory(file)
    try:
        with ZipFile(file) as archive:
            _check_paths(archive.infolist())
            members = [info for info in archive.infolist() if not info.is_dir()]
            _check_members(members)
            is_office = any(info.filename == CONTENT_TYPES for info in members)
            for info in members:
                _read_through(archive, info, is_office=is_office)
            if is_office:
                return _office_kind(archive, members)
            return "ofd" if any(info.filename == OFD for info in members) else "zip"
    except (*BROKEN, struct.error) as error:
        raise FileRefused(CORRUPT) from error


def _check_directory(file: BinaryIO) -> None:
    """Refuses a list of members too large to be read at once, whichever of its ends a reader goes by."""
    end = file.seek(0, 2)
    file.seek(max(0, end - 65_557 - 76))
    tail = file.read()
    for end_record in re.finditer(rb"PK\x05\x06", tail):
        at = end_record.start()
        sizes = [int.from_bytes(tail[at + 12 : at + 16], "little")]
        if tail[max(0, at - 20) : at].startswith(b"PK\x06\x07"):
            sizes.append(int.from_bytes(tail[max(0, at - 36) : max(0, at - 28)], "little"))
        if any(DIRECTORY_LIMIT < size != 0xFFFFFFFF for size in sizes):  # which stands for "see the longer record"
            raise FileRefused(f"所含文件过多，最多{MEMBER_LIMIT}个")
    file.seek(0)


def _check_members(members: list[ZipInfo]) -> None:
    if not members:
        raise FileRefused("是空的压缩包")
    if len(members) > MEMBER_LIMIT:
        raise FileRefused(f"所含文件过多，最多{MEMBER_LIMIT}个")
    if any(info.flag_bits & 1 for info in members):
        raise FileRefused("设有密码，请取消密码后上传")
    if any(info.compress_type not in (ZIP_STORED, ZIP_DEFLATED) for info in members):
        raise FileRefused("的压缩方式不常用，请用普通方式（deflate）重新压缩")
    if len({info.filename for info in members}) < len(members):
        raise FileRefused(CORRUPT)
    if sum(info.file_size for info in members) > EXPANDED_LIMIT:
        raise FileRefused(f"解压后超过{EXPANDED_LIMIT // 1024**2} MB，不予接收")


def _check_paths(members: list[ZipInfo]) -> None:
    if not all(_stays_inside(info) for info in members):
        raise FileRefused("内含指向压缩包之外的路径，不予接收")


def _stays_inside(info: ZipInfo) -> bool:
    """Whether a member has a plain relative path, as the archive spells it, and is no link."""
    name = info.orig_filename.replace("\\", "/")
    if stat.S_ISLNK(info.external_attr >> 16) or re.search(r"[\x00-\x1f\x7f]", name) or re.match(r"[A-Za-z]:", name):
        return False
    path = posixpath.normpath(name)
    return not path.startswith(("/", "..")) and path != "." and ".." not in name.split("/")


def _read_through(archive: ZipFile, info: ZipInfo, *, is_office: bool) -> None:
    """Reads every byte, which checks size and checksum. No Office file has a document type: these bring entities."""
    refuse_programs(info.filename)
    with archive.open(info) as member:
        if member.read(4).startswith(PROGRAM_STARTS):
            raise FileRefused(f"内含可执行文件（{posixpath.basename(info.filename)[:40]}），不予接收")
    has_markup = is_office and info.filename.lower().endswith((".xml", ".rels", ".vml"))
    for chunk in _chunks(archive, info):
        # UTF-16 has a zero byte beside each letter.
        if has_markup and re.search(rb"<!(DOCTYPE|ENTITY)", chunk.replace(b"\0", b""), re.IGNORECASE):
            raise FileRefused("内含文档类型声明，不是办公软件正常生成的文件，不予接收")


def _chunks(archive: ZipFile, info: ZipInfo) -> Iterator[bytes]:
    """Chunks of a member, each with the end of the one before, so that nothing hides on a border.

    Never more is read than the member claims.
    """
    before = b""
    with archive.open(info) as member:
        while chunk := member.read(CHUNK):
            yield before + chunk
            before = chunk[-40:]


def _office_kind(archive: ZipFile, members: list[ZipInfo]) -> str:
    if archive.getinfo(CONTENT_TYPES).file_size > CONTENT_TYPES_LIMIT:
        raise FileRefused(CORRUPT)
    by_part, by_extension = _declared(archive.read(CONTENT_TYPES))
    declared = {*by_part.values(), *by_extension.values()}
    names = [info.filename for info in members]
    if any("macro" in kind.lower() or "vbaproject" in kind.lower() for kind in declared) or any(
        "vbaproject" in name.lower() for name in names
    ):
        raise FileRefused("含有宏，请另存为不含宏的文件后上传")
    kinds = set()
    for name in names:
        declared_as = by_part.get(f"/{name}".lower()) or by_extension.get(name.rpartition(".")[2].lower(), "")
        kinds.add(OFFICE.get(declared_as, ""))
    kinds.discard("")
    if len(kinds) != 1:
        raise FileRefused("不是可接收的办公文件，请另存为docx、xlsx或pptx")
    return kinds.pop()


def _declared(content_types: bytes) -> tuple[dict[str, str], dict[str, str]]:
    """Content types by part and by extension. A document with a document type is refused before anything expands."""
    by_part: dict[str, str] = {}
    by_extension: dict[str, str] = {}

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "Override":
            by_part[attributes.get("PartName", "").lower()] = attributes.get("ContentType", "")
        elif tag == "Default":
            by_extension[attributes.get("Extension", "").lower()] = attributes.get("ContentType", "")

    def doctype(*_: object) -> None:
        raise FileRefused(CORRUPT)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(content_types, True)
    except expat.ExpatError as error:
        raise FileRefused(CORRUPT) from error
    return by_part, by_extension
