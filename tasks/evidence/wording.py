"""标密字样 inside a file: what it says is looked through for 秘密, 机密 and 绝密, within limits of size and time.

Nothing is refused for it, and a file that can't be read bears no mark. Only as much is read as the limits allow: a mark
stands at the head of a paper.
"""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import unescape
from itertools import islice
from pathlib import Path
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

from tasks.evidence.archives import BROKEN
from tasks.rules.secrecy import ORDER, marks_within

MOST = 10 * 1024 * 1024  # bytes that are looked through of one file, unpacked
MOST_RTF = 3 * 1024 * 1024
MOST_PDF = 20 * 1024 * 1024  # which is read as a whole or not at all
MOST_PLACES = 1000  # of a word that may be one by chance
SECONDS = 5  # for a PDF
PARTS = re.compile(
    r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml|xl/sharedStrings\.xml"
    r"|xl/worksheets/sheet\d+\.xml|ppt/(?:slides/slide|notesSlides/notesSlide)\d+\.xml|docProps/(?:core|app)\.xml"
    r"|Doc_\d+/(?:Pages/Page_\d+/Content|Tpls/Tpl_\d+/Content)\.xml"
)
END_OF_LINE = re.compile(r"</(?:w:p|a:p|si|is|c|ofd:TextObject)>|<w:br ?/?>|<a:br ?/?>")
TAG = re.compile(r"<[^<>]*>")  # linear, whatever a file is made of
ROOT = Path(__file__).resolve().parents[2]
WORDS = ("绝密", "机密", "秘密")
RTF_SIGN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\u(-?\d+) ?\??|\\[a-zA-Z]+-?\d* ?|[{}\r\n]|([^\\{}\r\n]+)|\\(.)", re.DOTALL
)


def marks_in(file: BinaryIO, kind: str) -> list[str]:
    """The marks in a file of that kind (`inspecting.KINDS`), the gravest first."""
    look = LOOKS.get(kind)
    if look is None:
        return []
    file.seek(0)
    try:
        found = set(look(file))
    except (*BROKEN, UnicodeError, subprocess.SubprocessError):
        return []
    return [mark for mark in ORDER if mark in found]


def _in_package(file: BinaryIO) -> Iterator[str]:
    """Word, Excel, PowerPoint and OFD: runs of one paragraph belong together, whatever stands between them."""
    left = MOST
    with ZipFile(file) as archive:
        for info in archive.infolist():
            if left <= 0 or not PARTS.fullmatch(info.filename):
                continue
            with archive.open(info) as part:
                data = part.read(left)
            left -= len(data)
            text = unescape(TAG.sub("", END_OF_LINE.sub("\n", data.decode("utf-8", "ignore"))))
            yield from marks_within(text)


def _in_names(file: BinaryIO) -> Iterator[str]:
    """A zip: what its members are called."""
    with ZipFile(file) as archive:
        yield from marks_within("\n".join(map(_name, archive.infolist())))


def _name(info: ZipInfo) -> str:
    """Programs that don't mark a name as UTF-8 write it in the machine's own encoding, here GBK."""
    if info.flag_bits & 0x800:
        return info.filename
    return info.orig_filename.encode("cp437", "ignore").decode("gb18030", "ignore")


def _in_text(file: BinaryIO) -> Iterator[str]:
    data = file.read(MOST)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return iter(marks_within(data.decode("utf-16", "ignore")))
    try:
        return iter(marks_within(data.decode("utf-8-sig")))
    except UnicodeDecodeError:
        return iter(marks_within(data.decode("gb18030", "ignore")))


def _in_rtf(file: BinaryIO) -> Iterator[str]:
    """Bytes of GBK and code points as RTF writes them, its own words left out."""
    pieces: list[bytes] = []
    for byte, point, plain, sign in RTF_SIGN.findall(file.read(MOST_RTF)):
        if byte:
            pieces.append(bytes.fromhex(byte.decode()))
        elif point:
            pieces.append(chr(int(point) % 0x10000).encode("gb18030", "ignore"))
        elif plain:
            pieces.append(plain)
        elif sign:
            pieces.append(b"\n")
    return iter(marks_within(b"".join(pieces).decode("gb18030", "ignore")))


def _in_old_office(file: BinaryIO) -> Iterator[str]:
    """doc, xls and ppt keep Chinese as UTF-16. A word counts where what stands around it is text too."""
    data = file.read(MOST)
    for word in WORDS:
        for match in islice(re.finditer(re.escape(word.encode("utf-16-le")), data), MOST_PLACES):
            start, end = max(match.start() - 4, match.start() % 2), match.end() + 2
            around = data[start:end].decode("utf-16-le", "replace")
            if all(_is_text(sign) for sign in around):
                yield from marks_within(around)


def _is_text(sign: str) -> bool:
    return (
        ord(sign) < 0x80 or 0x2000 <= ord(sign) < 0x2700 or 0x3000 <= ord(sign) < 0xA000 or 0xFF00 <= ord(sign) < 0xFFF0
    )


def _in_pdf(file: BinaryIO) -> Iterator[str]:
    """In a process of its own, which ends in time; a file without a font has no text."""
    data = file.read(MOST_PDF + 1)
    if len(data) > MOST_PDF or not (b"/Font" in data or b"/ObjStm" in data):
        return iter(())
    command = [sys.executable, "-m", "tasks.evidence.printed"]
    done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS, cwd=ROOT, check=False)
    return iter(done.stdout.decode("utf-8", "ignore").split())


LOOKS: dict[str, Callable[[BinaryIO], Iterator[str]]] = {
    **dict.fromkeys(("docx", "xlsx", "pptx", "ofd"), _in_package),
    **dict.fromkeys(("doc", "xls", "ppt"), _in_old_office),
    "zip": _in_names,
    "txt": _in_text,
    "rtf": _in_rtf,
    "pdf": _in_pdf,
}
