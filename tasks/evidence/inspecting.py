"""佐证材料 before it is stored: what a file is by its content, whether it is taken, and under which safe name."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import BinaryIO

from tasks.evidence.archives import CHUNK, CORRUPT, FileRefused, kind_of_archive
from tasks.evidence.media import bmp, film_or_photo, is_text, rtf, tif
from tasks.evidence.old_office import SIGNATURE, kind_of_old_office
from tasks.evidence.packed import RAR4, RAR5, SEVEN, rar, seven
from tasks.evidence.wording import marks_in

NAME_LIMIT = 100
KINDS = {
    "pdf": ("PDF", "application/pdf"),
    "docx": ("Word", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "xlsx": ("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "pptx": ("PowerPoint", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    "ofd": ("OFD", "application/ofd"),
    "doc": ("Word", "application/msword"),
    "xls": ("Excel", "application/vnd.ms-excel"),
    "ppt": ("PowerPoint", "application/vnd.ms-powerpoint"),
    "rtf": ("RTF", "application/rtf"),
    "txt": ("文本", "text/plain"),
    "jpg": ("JPG", "image/jpeg"),
    "png": ("PNG", "image/png"),
    "tif": ("TIF", "image/tiff"),
    "bmp": ("BMP", "image/bmp"),
    "heic": ("HEIC", "image/heic"),
    "mp4": ("MP4", "video/mp4"),
    "zip": ("ZIP", "application/zip"),
    "rar": ("RAR", "application/vnd.rar"),
    "7z": ("7Z", "application/x-7z-compressed"),
}
WORDS = {media_type: word for word, media_type in KINDS.values()}
# Endings under which a kind goes as well, WPS's own among them; a name keeps the one that it has.
ENDINGS = {
    **{"docx": ("wps",), "doc": ("wps",), "xlsx": ("et",), "xls": ("et",), "pptx": ("dps",), "ppt": ("dps",)},
    **{"jpg": ("jpeg",), "tif": ("tiff",), "heic": ("heif",), "mp4": ("m4v", "mov")},
}
OFFERED = [*KINDS, *dict.fromkeys(ending for endings in ENDINGS.values() for ending in endings)]
ACCEPTED = "pdf、ofd、doc(x)、xls(x)、ppt(x)、wps、et、dps、rtf、txt、jpg、png、tif、bmp、heic、mp4、zip、rar、7z"
PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that may be stored; only `inspect` makes one."""

    file: BinaryIO
    name: str
    size: int
    sha256: str
    media_type: str
    marks: Sequence[str] = ()  # of secrecy, in what it says


def inspect(file: BinaryIO, name: str, size: int, *, limit: int, is_read: bool = True) -> Upload:
    """The upload, or `FileRefused`. A file over the limit (bytes) is refused before any of it is read.

    Unless it `is_read`, what it says is not looked through.
    """
    if size == 0:
        raise FileRefused("是空文件")
    if size > limit:
        raise FileRefused(f"大小为{size / 1024**2:.1f} MB，单个文件不超过{limit // 1024**2} MB")
    kind = recognise(file, name)
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    marks = marks_in(file, kind) if is_read else ()
    file.seek(0)
    _, media_type = KINDS[kind]
    return Upload(file, safe_name(name, kind), size, digest.hexdigest(), media_type, marks)


def recognise(file: BinaryIO, name: str = "") -> str:
    """Tells which of KINDS a file is by content; one that isn't whole is refused like one of another kind.

    Of plain text, which says nothing of itself, the name has to say so too.
    """
    file.seek(0)
    head = file.read(16)
    for start, check in CHECKS.items():
        if head.startswith(start):
            return check(file)
    if head[4:8] == b"ftyp":
        return film_or_photo(file)
    if name.lower().rstrip(" .").endswith(".txt") and is_text(file):
        return "txt"
    raise FileRefused(f"不是可接收的文件类型（按内容识别，可接收{ACCEPTED}）")


def _pdf(file: BinaryIO) -> str:
    """Checks that it is whole to its end mark, which readers look for in the last kilobyte."""
    end = file.seek(0, 2)
    file.seek(max(0, end - 1024))
    if b"%%EOF" not in file.read():
        raise FileRefused(CORRUPT)
    return "pdf"


def _png(file: BinaryIO) -> str:
    """Checks that its pieces follow one another from the header to the end piece."""
    file.seek(len(PNG))
    first = b""
    while len(piece := file.read(8)) == 8:
        first = first or piece[4:]
        if piece[4:] == b"IEND":
            if first != b"IHDR":
                break
            return "png"
        file.seek(int.from_bytes(piece[:4], "big") + 4, 1)
    raise FileRefused(CORRUPT)


def _jpg(file: BinaryIO) -> str:
    """Checks that its segments lead to an image, and that to its end mark; cameras may add something after it."""
    file.seek(2)
    while len(segment := file.read(4)) == 4 and segment[0] == 0xFF:
        if segment[1] == 0xDA:
            return _after_scan(file)
        file.seek(max(0, int.from_bytes(segment[2:], "big") - 2), 1)
    raise FileRefused(CORRUPT)


def _after_scan(file: BinaryIO) -> str:
    before = b""
    while chunk := file.read(CHUNK):
        if b"\xff\xd9" in before + chunk:
            return "jpg"
        before = chunk[-1:]
    raise FileRefused(CORRUPT)


CHECKS: dict[bytes, Callable[[BinaryIO], str]] = {
    b"%PDF-": _pdf,
    b"\xff\xd8\xff": _jpg,
    PNG: _png,
    b"PK\x03\x04": kind_of_archive,
    b"PK\x05\x06": kind_of_archive,
    SIGNATURE: kind_of_old_office,
    RAR4: rar,
    RAR5: rar,
    SEVEN: seven,
    b"II*\0": tif,
    b"MM\0*": tif,
    b"BM": bmp,
    b"{\\rtf": rtf,
}


def safe_name(name: str, kind: str) -> str:
    """A bare name: no path, no control or direction characters, at most 100 characters, ending as its kind does."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = "".join(" " if char.isspace() else char for char in name)
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C" and char not in '<>:"|?*')
    name = re.sub(r" +", " ", name).strip(" .")
    stem = _stem(name, kind)
    own = PurePosixPath(name).suffix.lower().removeprefix(".")
    ending = own if own in ENDINGS.get(kind, ()) and own != "jpeg" else kind
    stem = stem[: NAME_LIMIT - len(ending) - 1].rstrip(" .")
    return f"{stem or '佐证材料'}.{ending}"


def _stem(name: str, kind: str) -> str:
    """The name without what looks like an ending: 「2.3万户」 keeps its point, 「a.exe」 loses its last part."""
    path = PurePosixPath(name)
    if path.suffix.lower() == f".{kind}" or re.fullmatch(r"\.[A-Za-z][A-Za-z0-9]{1,4}", path.suffix):
        return path.stem
    return name
