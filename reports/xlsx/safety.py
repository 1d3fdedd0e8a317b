"""Looks at an uploaded workbook before anything parses it: cheaply, streaming, and sure to end.

What it lets through is a zip of a few plain XML parts whose unpacked size and number of elements are bounded, without
document types, macros, encryption or links to other files. Everything else is refused with its cause.
"""

import os
import re
import zipfile
import zlib
from dataclasses import dataclass
from typing import BinaryIO

from reports.xlsx.kinds import SAVE_AS, TEXT_WITHIN, is_strict, refusal_of, refusal_of_package

MB = 1024 * 1024
PARTS_LIMIT = 200
DIRECTORY_LIMIT = 64 * 1024  # bytes; more would be many thousands of members
OTHERS_LIMIT = 50_000  # tags of one part that holds no cells: styles, names
ATTRIBUTES_LIMIT = 5000  # of one element, and equals signs of one text
RATIO_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file of one kind may hold; `name` is what people call it."""

    name: str
    file: int
    unpacked: int
    elements: int  # tags of all parts together
    last_row: int
    last_column: int


FILL_IN = Limits("填报表", file=10 * MB, unpacked=24 * MB, elements=500_000, last_row=5000, last_column=40)
# Several times what the largest plan comes to: 5,000 tasks, 20,000 leads are 8 MB, unpacked 133 MB, 5 million tags.
QUARTERLY = Limits("工作簿", file=100 * MB, unpacked=1000 * MB, elements=30_000_000, last_row=200_000, last_column=2000)
TEXTS_LIMIT = 250 * MB  # unpacked; the texts that cells share are held, all of them
RUN_LIMIT = 100_000  # tags of one row, or of what stands before or after all rows
HELD_LIMIT = 16 * MB  # bytes of the same
STRETCH_LIMIT = 512 * 1024  # bytes without a tag; a cell holds 32,767 characters
CHUNK = 256 * 1024
TOO_MUCH = "文件内容过多，不是由系统下载的{}。"
BROKEN = "工作簿结构已损坏，无法读取，请用Excel或WPS重新保存后上传。"
LONGEST_TAG = 4096
# A part that is read at one go is unpacked to its end, whatever size it claims, and cut to that size afterwards: in
# pieces, a stream that goes on beyond it is left where it is. Whoever reads a workbook in this process does so.
zipfile.ZipExtFile.MAX_N = MB

MACRO_NAMES = re.compile(r"vbaproject|macrosheet|activex|dialogsheet", re.IGNORECASE)
MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
DOCUMENT_TYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
ENCODING = re.compile(rb"""^<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
BEGINNINGS = (b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0<")
ROW = re.compile(rb"<(?:\w+:)?(?:row|si)[\s/>]")
# A cell with something in it; an empty one that only carries a format ends in "/>".
FILLED_CELL = re.compile(rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["'][^<>]*(?<!/)>""")


class WorkbookRefused(Exception):
    """The file is no workbook that may be read; the message says why in Chinese."""


def refuse_hostile(file: BinaryIO, limits: Limits = FILL_IN) -> None:
    """Raises WorkbookRefused unless the file is safe to parse. Never holds more of it than a piece."""
    size = file.seek(0, os.SEEK_END)
    if size > limits.file:
        raise WorkbookRefused(f"文件超过{limits.file // MB} MB，请用系统下载的{limits.name}。")
    if not size:
        raise WorkbookRefused("文件是空的，请重新选择文件。")
    file.seek(0)
    beginning = file.read(TEXT_WITHIN)
    if not beginning.startswith(b"PK\x03\x04"):
        kind = refusal_of(beginning, file)
        raise WorkbookRefused(kind or f"这不是Excel工作簿（.xlsx），请上传由系统下载的{limits.name}。")
    file.seek(-min(size, 65_535 + 22), os.SEEK_END)
    _check_directory(file.read(), limits)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive.infolist(), limits)
            _check_kind(archive)
            _check_parts(archive, limits)
    except WorkbookRefused:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as error:
        raise WorkbookRefused("文件不完整或已损坏，请重新保存后上传。") from error


def _check_directory(tail: bytes, limits: Limits) -> None:
    """Looks at the size of the archive's list of members, which is itself parsed whole."""
    if b"PK\x06\x07" in tail:
        raise WorkbookRefused("文件的压缩格式不受支持，请用Excel或WPS重新保存。")
    place = tail.find(b"PK\x05\x06")
    while place >= 0:
        if int.from_bytes(tail[place + 12 : place + 16], "little") > DIRECTORY_LIMIT:
            raise WorkbookRefused(f"文件内的部件过多，不是由系统下载的{limits.name}。")
        place = tail.find(b"PK\x05\x06", place + 1)


def _check_members(members: list[zipfile.ZipInfo], limits: Limits) -> None:
    names = [member.filename for member in members]
    if len(names) > PARTS_LIMIT:
        raise WorkbookRefused(f"文件内的部件过多，不是由系统下载的{limits.name}。")
    if len({name.lower() for name in names}) < len(names):
        raise WorkbookRefused("文件内有重名的部件，可能已损坏，请重新保存后上传。")
    if any(member.flag_bits & 1 for member in members):
        raise WorkbookRefused("文件已加密，请去掉密码后上传。")
    unpacked = sum(member.file_size for member in members)
    packed = max(sum(member.compress_size for member in members), 1)
    if unpacked > limits.unpacked or (unpacked > MB and unpacked / packed > RATIO_LIMIT):
        raise WorkbookRefused(f"文件解压后过大（{unpacked / MB:.0f} MB），系统不予读取。")
    if any(MACRO_NAMES.search(name) for name in names):
        raise WorkbookRefused("文件含有宏或控件，系统不接收。请另存为不含宏的 .xlsx 后上传。")
    if any("externallinks/" in name.lower() for name in names):
        raise WorkbookRefused("文件链接了其他工作簿，系统不接收。请断开链接后上传。")


def _check_kind(archive: zipfile.ZipFile) -> None:
    try:
        with archive.open("[Content_Types].xml") as part:
            types = part.read(MB)
    except KeyError:
        types = b""
    if kind := refusal_of_package(archive, types):
        raise WorkbookRefused(kind)
    if b"macroenabled" in types.lower() or b"vbaproject" in types.lower():
        raise WorkbookRefused("文件含有宏或控件，系统不接收。请另存为不含宏的 .xlsx 后上传。")
    if MAIN_TYPE not in types:
        raise WorkbookRefused("这不是Excel工作簿（.xlsx），可能是其他文件改了名。")
    if is_strict(archive):
        raise WorkbookRefused(f"文件是“Strict Open XML 电子表格”格式，{SAVE_AS}")


def _check_parts(archive: zipfile.ZipFile, limits: Limits) -> None:
    """Unpacks every part once, piece by piece, and counts; no part is ever held as a whole."""
    unpacked = elements = 0
    for member in archive.infolist():
        counted = _Counted(limits, member.filename)
        with archive.open(member) as part:
            while piece := part.read(CHUNK):
                unpacked += len(piece)
                if counted.is_new:
                    counted.is_xml = _is_xml(member.filename, piece)
                if counted.is_xml:
                    elements += piece.count(b"<")
                if unpacked > limits.unpacked or elements > limits.elements:
                    raise WorkbookRefused(TOO_MUCH.format(limits.name))
                counted.add(piece)


class _Counted:
    """Counts one part as far as it has been looked at."""

    def __init__(self, limits: Limits, name: str) -> None:
        self.limits = limits
        self.holds_cells = name.lower().startswith(("xl/worksheets/", "xl/sharedstrings"))
        self.most = TEXTS_LIMIT if name.lower().startswith("xl/sharedstrings") else limits.unpacked
        self.is_new, self.is_xml = True, False
        self.size = self.equals = self.run = self.held = self.stretch = 0
        self.rest = b""

    def add(self, piece: bytes) -> None:
        self.is_new = False
        self.size += len(piece)
        if self.size > self.most:
            raise WorkbookRefused(TOO_MUCH.format(self.limits.name))
        if not self.is_xml:
            return
        self._check_run(piece)
        self.equals = _check_attributes(piece, self.equals, self.limits)
        _check_xml(self.rest + piece, self.limits)
        self.rest = piece[piece.rfind(b"<") :] if b"<" in piece[-LONGEST_TAG:] else b""

    def _check_run(self, piece: bytes) -> None:
        """Bounds the largest row and the largest text: a parser holds one of each at a time."""
        first, *others = ROW.split(piece) if self.holds_cells else [piece]
        runs = [self.run + first.count(b"<"), *(each.count(b"<") for each in others)]
        before = self.held + len(first)
        self.run, self.held = runs[-1], len(others[-1]) if others else before
        self.stretch = len(piece) - piece.rfind(b"<") if b"<" in piece else self.stretch + len(piece)
        most = RUN_LIMIT if self.holds_cells else OTHERS_LIMIT
        if max(runs) > most or before > HELD_LIMIT or self.stretch > STRETCH_LIMIT:
            raise WorkbookRefused(TOO_MUCH.format(self.limits.name))


def _is_xml(name: str, beginning: bytes) -> bool:
    """Says whether the part is XML, by its name or as a parser sees it.

    In any encoding but UTF-8 it is refused: bytes looked for might be written otherwise.
    """
    if not name.lower().endswith((".xml", ".rels", ".vml")) and not beginning.lstrip().startswith(BEGINNINGS):
        return False
    if b"\0" in beginning or not beginning.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise WorkbookRefused("文件内的部件编码不受支持或已损坏，请用Excel或WPS重新保存。")
    declared = ENCODING.match(beginning.removeprefix(b"\xef\xbb\xbf").lstrip())
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        raise WorkbookRefused("文件内的部件编码不受支持，请用Excel或WPS重新保存。")
    return True


def _check_attributes(piece: bytes, equals: int, limits: Limits) -> int:
    """Refuses an element of very many attributes; returns how many equals signs the last one has so far."""
    first, *others = piece.split(b"<")
    equals += first.count(b"=")
    for part in others:
        if equals > ATTRIBUTES_LIMIT:
            break
        equals = part.count(b"=")
    if equals > ATTRIBUTES_LIMIT:
        raise WorkbookRefused(TOO_MUCH.format(limits.name))
    return equals


def _check_xml(text: bytes, limits: Limits) -> None:
    if b"<!" in text and DOCUMENT_TYPE.search(text):
        raise WorkbookRefused("文件内含有文档类型或实体定义，系统不予读取。")
    for letters, digits in FILLED_CELL.findall(text):
        if int(digits) > limits.last_row or column_number(letters) > limits.last_column:
            address = f"{letters.decode().upper()}{int(digits)}"
            raise WorkbookRefused(f"{address}：单元格超出{limits.name}的范围，请清除多余内容后上传。")


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
