"""Some parts of a workbook file are the same whatever it shows; archives are packed without the machine's clock."""

import zipfile
from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

FONT = "仿宋"
PROLOGUE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
FORMATS = "http://schemas.openxmlformats.org"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PACKAGE_TYPE = "application/vnd.openxmlformats-package"


def archive_member(name: str, moment: datetime) -> zipfile.ZipInfo:
    """Makes a member stamped with the description's moment, the same on every machine."""
    info = zipfile.ZipInfo(name, date_time=moment.timetuple()[:6])
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    info.create_system = 3
    return info


def package_parts(name: str, styles: str, title: str, moment: datetime, filtered: str) -> Iterator[tuple[str, str]]:
    """Makes everything but the only sheet, whose filter covers `filtered`."""
    first, last = (_absolute(place) for place in filtered.split(":"))
    quoted = escape(f"'{name}'")
    relations = f"{FORMATS}/officeDocument/2006/relationships"
    yield (
        "[Content_Types].xml",
        f'{PROLOGUE}<Types xmlns="{FORMATS}/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{PACKAGE_TYPE}.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{TYPE}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{TYPE}.styles+xml"/>'
        f'<Override PartName="/docProps/core.xml" ContentType="{PACKAGE_TYPE}.core-properties+xml"/></Types>',
    )
    yield (
        "_rels/.rels",
        f'{PROLOGUE}<Relationships xmlns="{FORMATS}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relations}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{FORMATS}/package/2006/relationships/metadata/core-properties"'
        ' Target="docProps/core.xml"/></Relationships>',
    )
    yield (
        "docProps/core.xml",
        f'{PROLOGUE}<cp:coreProperties xmlns:cp="{FORMATS}/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(title)}</dc:title>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{moment.isoformat()}Z</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{moment.isoformat()}Z</dcterms:modified></cp:coreProperties>',
    )
    yield (
        "xl/workbook.xml",
        f'{PROLOGUE}<workbook xmlns="{FORMATS}/spreadsheetml/2006/main" xmlns:r="{relations}">'
        f'<bookViews><workbookView/></bookViews><sheets><sheet name="{escape(name)}" sheetId="1" r:id="rId1"/></sheets>'
        f'<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="0" hidden="1">{quoted}!{first}:{last}'
        f'</definedName><definedName name="_xlnm.Print_Titles" localSheetId="0">{quoted}!$1:$1</definedName>'
        "</definedNames></workbook>",
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        f'{PROLOGUE}<Relationships xmlns="{FORMATS}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{relations}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="rId2" Type="{relations}/styles" Target="styles.xml"/></Relationships>',
    )
    yield "xl/styles.xml", styles


def _absolute(place: str) -> str:
    column = place.rstrip("0123456789")
    return f"${column}${place[len(column) :]}"
