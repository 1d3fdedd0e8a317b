"""Small files of each kind in which an office may have a notice; each holds what a test is about."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
MAIN_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def archive(parts: Mapping[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return buffer.getvalue()


def relationships(*targets: tuple[str, str]) -> str:
    """(kind, target) → a part with the relationships rId1, rId2, …"""
    each = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{each}</Relationships>'


# ── Word ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def paragraph(*content: str, properties: str = "") -> str:
    """Of words, or of markup that begins with a tag."""
    runs = "".join(each if each.startswith("<") else run(each) for each in content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{runs}</w:p>"


def numbered(text: str, number: str | int = "", depth: str | int = "", style: str = "") -> str:
    """A paragraph with an automatic number."""
    inner = (f'<w:ilvl w:val="{depth}"/>' if depth != "" else "") + (
        f'<w:numId w:val="{number}"/>' if number != "" else ""
    )
    properties = (f'<w:pStyle w:val="{style}"/>' if style else "") + (f"<w:numPr>{inner}</w:numPr>" if inner else "")
    return paragraph(text, properties=properties)


def level(depth: int, pattern: str, kind: str = "chineseCountingThousand", more: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{depth}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{more}'
        f'<w:suff w:val="nothing"/><w:lvlText w:val="{pattern}"/></w:lvl>'
    )


def numbering(*abstracts: str, numbers: Iterable[str]) -> str:
    """Lists 1, 2, … with these levels, and the w:num elements that count on them."""
    lists = "".join(
        f'<w:abstractNum w:abstractNumId="{identity}">{levels}</w:abstractNum>'
        for identity, levels in enumerate(abstracts, start=1)
    )
    return lists + "".join(numbers)


def number(identity: int, abstract: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{identity}"><w:abstractNumId w:val="{abstract}"/>{overrides}</w:num>'


def style(identity: str, properties: str = "", *, based_on: str = "", kind: str = "paragraph", name: str = "") -> str:
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    named = f'<w:name w:val="{name or identity}"/>'
    return f'<w:style w:type="{kind}" w:styleId="{identity}">{named}{base}{properties}</w:style>'


def table(*rows: Sequence[str]) -> str:
    """Of words, or of markup of whole cells."""
    lines = "".join(
        f"<w:tr>{''.join(each if each.startswith('<w:tc') else cell(each) for each in row)}</w:tr>" for row in rows
    )
    return f"<w:tbl>{lines}</w:tbl>"


def cell(*lines: str, properties: str = "") -> str:
    inner = "".join(each if each.startswith("<w:p>") else paragraph(each) for each in lines)
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inner}</w:tc>"


def word(
    *body: str,
    numbers: str = "",
    styles: str = "",
    main: str = "word/document.xml",
    kind: str = MAIN_TYPE,
    parts: Mapping[str, str | bytes] | None = None,
) -> bytes:
    """A Word file of these paragraphs (words or markup) and tables."""
    blocks = "".join(each if each.startswith("<") else paragraph(each) for each in body)
    names = f'xmlns:w="{WORD}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    folder, _, base = main.rpartition("/")
    return archive(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
            f'<Override PartName="/{main}" ContentType="{kind}"/></Types>',
            "_rels/.rels": relationships(("officeDocument", main)),
            main: f'<w:document {names} xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">'
            f"<w:body>{blocks}</w:body></w:document>",
            f"{folder}/_rels/{base}.rels": relationships(("numbering", "numbering.xml"), ("styles", "styles.xml")),
            f"{folder}/numbering.xml": f"<w:numbering {names}>{numbers}</w:numbering>",
            f"{folder}/styles.xml": f"<w:styles {names}>{styles}</w:styles>",
            **(parts or {}),
        }
    )


# ── Excel ────────────────────────────────────────────────────────────────────────────────────────────────────────


def workbook(
    *sheets: str, strings: Sequence[str] = (), formats: Sequence[str] = (), hidden: Sequence[int] = ()
) -> bytes:
    """An Excel file of sheets given as the markup within w:worksheet; `formats` are those of styles 1, 2, …"""
    names = f'xmlns="{SHEET}" xmlns:r="{OFFICE}"'
    listed = "".join(
        f'<sheet name="表{at}" sheetId="{at}" r:id="rId{at}" state="{"hidden" if at in hidden else "visible"}"/>'
        for at in range(1, len(sheets) + 1)
    )
    targets = [("worksheet", f"worksheets/sheet{at}.xml") for at in range(1, len(sheets) + 1)]
    own = "".join(f'<numFmt numFmtId="{170 + at}" formatCode={quoteattr(each)}/>' for at, each in enumerate(formats))
    shared = "".join(f"<si><t>{escape(each)}</t></si>" for each in strings)
    used = "".join(f'<xf numFmtId="{170 + at}"/>' for at in range(len(formats)))
    return archive(
        {
            "_rels/.rels": relationships(("officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f"<workbook {names}><sheets>{listed}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relationships(
                *targets, ("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")
            ),
            "xl/sharedStrings.xml": f"<sst {names}>{shared}</sst>",
            "xl/styles.xml": f'<styleSheet {names}><numFmts>{own}</numFmts><cellXfs><xf numFmtId="0"/>{used}</cellXfs>'
            "</styleSheet>",
            **{
                f"xl/worksheets/sheet{at}.xml": f"<worksheet {names}>{each}</worksheet>"
                for at, each in enumerate(sheets, start=1)
            },
        }
    )


def sheet(*rows: Sequence[str], merged: Sequence[str] = (), columns: str = "") -> str:
    """Rows of words (or of markup of whole cells), from A1 on."""
    lines = "".join(
        f'<row r="{at}">{"".join(_sheet_cell(each, column, at) for column, each in enumerate(row))}</row>'
        for at, row in enumerate(rows, start=1)
    )
    ranges = "".join(f'<mergeCell ref="{each}"/>' for each in merged)
    return f"{columns}<sheetData>{lines}</sheetData><mergeCells>{ranges}</mergeCells>"


def _sheet_cell(content: str, column: int, row: int) -> str:
    place = f"{chr(65 + column)}{row}"
    if content.startswith("<c"):
        return content.replace("<c", f'<c r="{place}"', 1)
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(content)}</t></is></c>' if content else ""


# ── PDF ──────────────────────────────────────────────────────────────────────────────────────────────────────────

Printed = tuple[float, float, float, str]  # distance from the left and from the top, size, words


def pdf(*pages: Iterable[Printed], encrypted: bool = False, with_meaning: bool = True) -> bytes:
    """A PDF of A4 pages, in points; without a meaning its signs are numbers of shapes alone."""
    streams = [_stream("\n".join(_shown(*line) for line in page).encode()) for page in pages]
    unicode = b"<</Type/CMap>> begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
    unicode += b"".join(
        b"1 beginbfrange <%02X00> <%02XFF> <%s> endbfrange\n" % (high, high, _meaning(high, with_meaning))
        for high in range(256)
        if not 0xD8 <= high < 0xE0
    )
    first = 6
    kids = " ".join(f"{first + 2 * at} 0 R" for at in range(len(streams)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(streams)}>>".encode(),
        b"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/Identity-H/DescendantFonts[4 0 R]/ToUnicode 5 0 R>>",
        b"<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/DW 1000"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        _stream(unicode + b"endcmap"),
    ]
    for at, stream in enumerate(streams):
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {first + 2 * at + 1} 0 R"
            f"/Resources<</Font<</F1 3 0 R>>>>>>".encode()
        )
        objects.append(stream)
    return _pdf_file(objects, encrypted=encrypted)


def _meaning(high: int, with_meaning: bool) -> bytes:
    return b"%02X00" % (high if with_meaning else 0xE0 + high % 16)


def _shown(left: float, top: float, size: float, words: str) -> str:
    return f"BT /F1 {size} Tf {left} {842 - top} Td <{words.encode('utf-16-be').hex()}> Tj ET"


def _stream(data: bytes) -> bytes:
    return b"<</Length %d>>stream\n%s\nendstream" % (len(data), data)


def _pdf_file(objects: Sequence[bytes], *, encrypted: bool) -> bytes:
    data = b"%PDF-1.5\n"
    places = []
    for at, content in enumerate(objects, start=1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (at, content)
    lock = b"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>/ID[<00><00>]" % (b"00" * 32, b"11" * 32)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"<</Size %d/Root 1 0 R%s>>" % (len(objects) + 1, lock if encrypted else b"")
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return data + head + table + b"trailer" + trailer + b"\nstartxref\n%d\n%%%%EOF" % len(data)


# ── OFD ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def ofd(*pages: Iterable[Printed], parts: Mapping[str, str | bytes] | None = None) -> bytes:
    """An OFD of A4 pages, in millimetres."""
    names = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    listed = "".join(f'<ofd:Page ID="{at}" BaseLoc="Pages/Page_{at}/Content.xml"/>' for at in range(len(pages)))
    return archive(
        {
            "OFD.xml": f"<ofd:OFD {names}><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>"
            "</ofd:OFD>",
            "Doc_0/Document.xml": f"<ofd:Document {names}><ofd:CommonData><ofd:PageArea>"
            "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData>"
            f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
            **{
                f"Doc_0/Pages/Page_{at}/Content.xml": f"<ofd:Page {names}><ofd:Content><ofd:Layer>"
                f"{''.join(_text_object(*line) for line in page)}</ofd:Layer></ofd:Content></ofd:Page>"
                for at, page in enumerate(pages)
            },
            **(parts or {}),
        }
    )


def _text_object(left: float, top: float, size: float, words: str) -> str:
    steps = f"g {len(words) - 1} {size}" if len(words) > 1 else ""
    return (
        f'<ofd:TextObject Boundary="{left} {top - size} {size * len(words)} {size}" Size="{size}">'
        f'<ofd:TextCode X="0" Y="{size}" DeltaX="{steps}">{escape(words)}</ofd:TextCode></ofd:TextObject>'
    )


def typeset(
    paragraphs: Iterable[str],
    *,
    width: int = 28,
    rows: int = 22,
    size: float = 16.0,
    left: float = 74.0,
    top: float = 130.0,
) -> list[list[Printed]]:
    """Pages as a notice is printed: each paragraph indented by two signs and broken at the margin, pages numbered."""
    lines: list[tuple[float, str]] = []
    for text in paragraphs:
        rest, indent = text, 2
        while rest:
            count = width - indent
            lines.append((left + indent * size, rest[:count]))
            rest, indent = rest[count:], 0
    pages = []
    for first in range(0, len(lines), rows):
        page = [
            (start, top + at * size * 1.75, size, words)
            for at, (start, words) in enumerate(lines[first : first + rows])
        ]
        pages.append([*page, (left + 12 * size, top * 6, size * 0.9, f"— {first // rows + 1} —")])
    return pages
