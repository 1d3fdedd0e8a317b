"""The demonstration's 佐证材料 are small real files, drawn from `fixtures/demo/papers.json`, the same bytes everywhere.

A file's name in the storage is made from its content, and a file that is there already is taken as it is: a load that
was killed leaves at most files that the next one finds, and that `verify_evidence --sweep` would take away.
"""

import hashlib
import io
import json
import struct
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZipFile, ZipInfo

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from tasks.evidence.inspecting import Upload, inspect

PAPERS = settings.BASE_DIR / "fixtures" / "demo" / "papers.json"
DISCLAIMER = "演示数据，非真实材料"
Paper = dict[str, Any]


def papers() -> dict[tuple[int, str, str], list[Paper]]:
    """What goes along with each entry of the story: by item, agency and moment."""
    by_entry = defaultdict(list)
    for paper in json.loads(PAPERS.read_text(encoding="utf-8")):
        for moment in paper["at"]:
            by_entry[paper["item"], paper["agency"], moment].append(paper)
    return dict(by_entry)


def upload_of(paper: Paper) -> Upload:
    """Takes the file as if somebody had sent it: looked at by the same rules."""
    content = content_of(paper)
    return inspect(io.BytesIO(content), paper["name"], len(content), limit=settings.EVIDENCE_FILE_MB * 1024**2)


def content_of(paper: Paper) -> bytes:
    if "rows" in paper:
        return xlsx(paper["title"], paper["rows"])
    if "bars" in paper:
        return png(paper["bars"])
    return pdf([paper["title"], "", *paper["lines"], "", DISCLAIMER])


def laid_ready(upload: Upload) -> str:
    """Puts the file into the storage, unless it is there; its name."""
    name = f"evidence/{upload.sha256[:2]}/{upload.sha256}-demo"
    if default_storage.exists(name):
        with default_storage.open(name) as file:
            if hashlib.sha256(file.read()).hexdigest() == upload.sha256:
                return name
        default_storage.delete(name)  # half of it: a load was killed while it was written
    upload.file.seek(0)
    return default_storage.save(name, File(upload.file))


# ── the files, uncompressed: what compresses differs from machine to machine ─────────────────────────────────────

MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml"
OFFICE = "http://schemas.openxmlformats.org"
XLSX = {
    "[Content_Types].xml": f'<Types xmlns="{OFFICE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{MAIN}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{MAIN}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{OFFICE}/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{OFFICE}/spreadsheetml/2006/main" '
    f'xmlns:r="{OFFICE}/officeDocument/2006/relationships">'
    '<sheets><sheet name="汇总" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{OFFICE}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{OFFICE}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def xlsx(title: str, rows: Sequence[Sequence[str | int]]) -> bytes:
    """Draws a workbook of one sheet: the title, the rows, and that it is not real."""
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in ([title], *rows, [DISCLAIMER]))
    columns = f'<cols><col min="1" max="{len(rows[0])}" width="24" customWidth="1"/></cols>'
    sheet = f'<worksheet xmlns="{OFFICE}/spreadsheetml/2006/main">{columns}<sheetData>{lines}</sheetData></worksheet>'
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        for name, part in {**XLSX, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(ZipInfo(name), f'<?xml version="1.0" encoding="UTF-8"?>{part}')
    return target.getvalue()


def _cell(value: str | int) -> str:
    if isinstance(value, int):
        return f"<c><v>{value}</v></c>"
    return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'


def pdf(lines: Iterable[str]) -> bytes:
    """Draws one page of A4 in the song type that every reader of Chinese PDF files brings along."""
    shown = " T* ".join(f"<{line.encode('utf-16-be').hex()}> Tj" for line in lines)
    text = f"BT /F1 14 Tf 24 TL 72 760 Td {shown} ET".encode("ascii")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>",
        b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /FontDescriptor 7 0 R "
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 2 >> /DW 1000 >>",
        b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
        b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
    ]
    content, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, b"".join(places))
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(content))
    return content + table + end


def png(bars: Sequence[int], *, width: int = 16, height: int = 120) -> bytes:
    """Draws a chart of bars in grey and blue."""
    tall = [round(bar * (height - 20) / max(bars)) for bar in bars]
    rows = []
    for line in range(height, 0, -1):
        ground = bytes([line == 1]) * 4
        rows.append(b"\0" + b"".join(ground + bytes([2 * (line <= bar)]) * (width - 8) + ground for bar in tall))
    header = struct.pack(">IIBBBBB", width * len(bars), height, 8, 3, 0, 0, 0)
    palette = bytes.fromhex("ffffff 8a949c 2f6690")
    pieces = [(b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(b"".join(rows), 0)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in pieces
    )
