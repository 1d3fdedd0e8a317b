"""Pictures, films and plain texts: known by their first bytes, and whole to their last ones."""

import struct
from typing import BinaryIO

from tasks.evidence.archives import CORRUPT, FileRefused

HEIC = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1")
MP4 = (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", b"qt  ")
MARKUP = (b"<", b"#!", b"{\\rtf")
BOXES = 4000
STRIPS, COUNTS = (273, 324), (279, 325)


def film_or_photo(file: BinaryIO) -> str:
    """heic or mp4: boxes that follow one another to the very end."""
    size, at, names = file.seek(0, 2), 0, []
    file.seek(8)
    brand = file.read(4)
    for _ in range(BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            break
        length, name = struct.unpack(">I4s", head[:8])
        if length == 1 and len(head) == 16:
            (length,) = struct.unpack(">Q", head[8:])
        at = size if length == 0 else at + max(length, 8)
        names.append(name)
    if at != size:
        raise FileRefused(CORRUPT)
    if brand in HEIC and b"meta" in names:
        return "heic"
    if brand in MP4 and b"moov" in names:
        return "mp4"
    raise FileRefused("不是可接收的影像文件，请转为mp4或jpg后上传")


def bmp(file: BinaryIO) -> str:
    size = file.seek(0, 2)
    file.seek(2)
    claimed = int.from_bytes(file.read(4), "little")
    if not 26 < claimed <= size:
        raise FileRefused(CORRUPT)
    return "bmp"


def tif(file: BinaryIO) -> str:
    """Its first list of tags, and the pieces of the picture that it names, lie within the file."""
    size = file.seek(0, 2)
    file.seek(0)
    order = "<" if file.read(2) == b"II" else ">"
    file.seek(4)
    (at,) = struct.unpack(f"{order}I", file.read(4).ljust(4, b"\0"))
    file.seek(at)
    (count,) = struct.unpack(f"{order}H", file.read(2).ljust(2, b"\0"))
    tags = file.read(12 * count)
    if at < 8 or not count or len(tags) < 12 * count:
        raise FileRefused(CORRUPT)
    ends = []
    for tag, kind, many, value in struct.iter_unpack(f"{order}HHII", tags):
        width = {3: 2, 4: 4}.get(kind, 1)
        if many * width > 4:
            ends.append(value + many * width)
        elif many == 1 and tag in STRIPS + COUNTS:
            ends.append(value if kind == 4 or order == "<" else value >> 16)
    if max(ends, default=0) > size:
        raise FileRefused(CORRUPT)
    return "tif"


def rtf(file: BinaryIO) -> str:
    """Refused with objects inside: these are other files, and of any kind."""
    file.seek(0)
    text = file.read()
    if not text.rstrip(b"\0 \r\n").endswith(b"}"):
        raise FileRefused(CORRUPT)
    if b"\\objdata" in text:
        raise FileRefused("内嵌其他文件，请另存为docx或pdf后上传")
    return "rtf"


def is_text(file: BinaryIO) -> bool:
    """Plain text in UTF-8, GB 18030 or UTF-16, and no page, program or markup."""
    file.seek(0)
    data = file.read()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in data:
        return False
    else:
        encodings = ["utf-8-sig", "gb18030"]
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(MARKUP):
        return False
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return not any(ord(sign) < 32 and sign not in "\t\r\n\f" for sign in text)
    return False
