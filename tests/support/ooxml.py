"""A strict look at a workbook file, without any office program: what Excel would want to repair is named.

Order of elements is that of ECMA-376; parts, types, relationships, styles and places that are referred to must exist.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
ORDERS = {
    f"{space}{name}": order.split()
    for space, name, order in (
        (
            MAIN,
            "worksheet",
            "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection protectedRanges "
            "scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr "
            "conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter "
            "rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing "
            "legacyDrawingHF picture oleObjects controls webPublishItems tableParts extLst",
        ),
        (
            MAIN,
            "workbook",
            "fileVersion fileSharing workbookPr workbookProtection bookViews sheets functionGroups "
            "externalReferences definedNames calcPr oleSize customWorkbookViews pivotCaches smartTagPr "
            "smartTagTypes webPublishing fileRecoveryPr webPublishObjects extLst",
        ),
        (
            MAIN,
            "font",
            "b i strike condense extend outline shadow u vertAlign sz color name family charset scheme",
        ),
        (
            MAIN,
            "styleSheet",
            "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst",
        ),
        (CHART, "barChart", "barDir grouping varyColors ser dLbls gapWidth overlap serLines axId extLst"),
        (CHART, "lineChart", "grouping varyColors ser dLbls dropLines hiLowLines upDownBars marker smooth axId extLst"),
        (
            CHART,
            "ser",
            "idx order tx spPr invertIfNegative marker pictureOptions dPt dLbls trendline errBars cat val shape smooth "
            "extLst",
        ),
        (
            CHART,
            "dLbls",
            "dLbl delete numFmt spPr txPr dLblPos showLegendKey showVal showCatName showSerName showPercent "
            "showBubbleSize separator showLeaderLines leaderLines extLst",
        ),
    )
}
PLACE = re.compile(r"'?([^'!]+)'?!\$?([A-Z]+)\$?([0-9]+)")


def faults(content: bytes) -> list[str]:
    """What a strict reader would stumble over; empty for a sound file."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if archive.testzip():
            return ["damaged archive"]
        names = archive.namelist()
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in names if name.endswith((".xml", ".rels"))}
    found = [f"twice: {name}" for name in {name for name in names if names.count(name) > 1}]
    return [*found, *_types(parts, names), *_relations(parts, names), *_orders(parts), *_cells(parts), *_links(parts)]


def _types(parts: dict[str, ElementTree.Element], names: Iterable[str]) -> Iterator[str]:
    types = parts["[Content_Types].xml"]
    defaults = {one.get("Extension") for one in types.iter(f"{TYPES}Default")}
    overrides = {str(one.get("PartName")).lstrip("/") for one in types.iter(f"{TYPES}Override")}
    for name in names:
        if name != "[Content_Types].xml" and name not in overrides and name.rpartition(".")[2] not in defaults:
            yield f"no content type: {name}"
    yield from (f"content type of nothing: {name}" for name in overrides if name not in names)


def _relations(parts: dict[str, ElementTree.Element], names: Iterable[str]) -> Iterator[str]:
    for path, part in parts.items():
        if not path.endswith(".rels"):
            continue
        base = posixpath.dirname(posixpath.dirname(path))
        keys = [one.get("Id") for one in part.iter(f"{PACKAGE}Relationship")]
        if len(set(keys)) < len(keys):
            yield f"relation twice: {path}"
        for one in part.iter(f"{PACKAGE}Relationship"):
            if one.get("TargetMode") == "External":
                yield f"leads outside: {path} {one.get('Target')}"
                continue
            target = posixpath.normpath(posixpath.join("/" + base, str(one.get("Target")))).lstrip("/")
            if target not in names:
                yield f"relation to nothing: {path} {target}"


def _orders(parts: dict[str, ElementTree.Element]) -> Iterator[str]:
    for path, part in parts.items():
        for element in part.iter():
            order = ORDERS.get(element.tag)
            if order is None:
                continue
            children = [child.tag.rpartition("}")[2] for child in element]
            unknown = [name for name in children if name not in order]
            places = [order.index(name) for name in children if name in order]
            if unknown or places != sorted(places):
                yield f"order: {path} {element.tag} {children}"


def _cells(parts: dict[str, ElementTree.Element]) -> Iterator[str]:
    """Styles exist, rows and cells ascend, formulas have results, no text is too long."""
    styles = parts["xl/styles.xml"]
    formats, conditional = (len(styles.findall(f"{MAIN}{name}/*")) for name in ("cellXfs", "dxfs"))
    for path, part in parts.items():
        if part.tag != f"{MAIN}worksheet":
            continue
        last_row = 0
        for row in part.iter(f"{MAIN}row"):
            number = int(str(row.get("r")))
            places = [_place(str(cell.get("r"))) for cell in row]
            if number <= last_row or places != sorted(set(places)) or any(place[1] != number for place in places):
                yield f"rows or cells out of order: {path} {number}"
            last_row = number
            yield from (f"{fault}: {path} {cell.get('r')}" for cell in row for fault in _faults_of(cell, formats))
        for rule in part.iter(f"{MAIN}cfRule"):
            if int(rule.get("dxfId", "0")) >= conditional:
                yield f"no such conditional format: {path}"


def _faults_of(cell: ElementTree.Element, formats: int) -> Iterator[str]:
    if int(cell.get("s", "0")) >= formats:
        yield "no such style"
    value = cell.find(f"{MAIN}v")
    formula = cell.find(f"{MAIN}f")
    if formula is not None and (value is None or not value.text):
        yield "formula without result"
    if formula is not None and any(len(text) > 255 for text in re.findall(r'"([^"]*)"', str(formula.text))):
        yield "text in a formula too long"
    if sum(len(text.text or "") for text in cell.iter(f"{MAIN}t")) > 32_767:
        yield "text too long"


def _links(parts: dict[str, ElementTree.Element]) -> Iterator[str]:
    """Links, chart references and defined names lead to sheets that there are."""
    workbook = parts["xl/workbook.xml"]
    sheets = {str(one.get("name")) for one in workbook.iter(f"{MAIN}sheet")}
    if any(len(name) > 31 for name in sheets):
        yield "sheet's name too long"
    texts = [str(name.text) for name in workbook.iter(f"{MAIN}definedName")]
    for part in parts.values():
        texts += [str(link.get("location")) for link in part.iter(f"{MAIN}hyperlink")]
        texts += [str(one.text) for one in part.iter(f"{CHART}f")]
    for text in texts:
        for sheet in PLACE.findall(text):
            if sheet[0] not in sheets:
                yield f"leads to nothing: {text}"


def _place(address: str) -> tuple[int, int]:
    letters = address.rstrip("0123456789")
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return column, int(address[len(letters) :])
