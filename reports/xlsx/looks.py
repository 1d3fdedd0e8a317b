"""Says what each look means in fonts, fills and borders."""

from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle

from reports.xlsx.archive import FONT
from reports.xlsx.sheets import ONE_LINE, Cell, Condition, Look

# The order that the schema asks for; openpyxl has another, which only lenient programs read without a word.
Font.__elements__ = (
    *("b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz"),
    *("color", "name", "family", "charset", "scheme"),
)
TITLE_FONT = "方正小标宋简体"
THIN = Side(style="thin", color="FFAAB4BA")
LINK_COLOUR = "FF1F4E79"
FILLS = {
    Look.HEAD: "FFDDE5EC",
    Look.LOCKED: "FFEFF1F2",
    Look.INPUT: "FFFFFBE6",
    Look.WRONG: "FFFBD5CF",
    Look.RIGHT: "FFE0F0E4",
    Look.TOTAL: "FFF3F5F7",
    Look.UPRIGHT: "FFDDE5EC",
    Look.RED: "FFFBD5CF",
    Look.YELLOW: "FFFFEDB3",
    Look.BLUE: "FFD6E6F7",
    Look.GREEN: "FFE0F0E4",
    Look.GREY: "FFE6E8EA",
}
# Dark enough on their fills to be read, also in grey print.
WORDS = {
    Look.RED: "FF8E1B0E",
    Look.YELLOW: "FF6B4E00",
    Look.BLUE: "FF1B4F86",
    Look.GREEN: "FF1F5C33",
    Look.GREY: "FF4A5258",
}
LIGHTS = tuple(WORDS)
BORDERED = (*FILLS, Look.BODY)
SIZES = {Look.COVER: 20, Look.TITLE: 16, Look.HEADING: 12, Look.NOTE: 10}
BOLD = (Look.TITLE, Look.HEAD, Look.HEADING, Look.TOTAL, Look.UPRIGHT)
UNWRAPPED = (*ONE_LINE, *LIGHTS)


def named_style(name: str, cell: Cell) -> NamedStyle:
    look = cell.look
    style = NamedStyle(name)
    style.font = Font(
        name=TITLE_FONT if look == Look.COVER else FONT,
        size=SIZES.get(look, 10.5),
        bold=look in BOLD,
        underline="single" if cell.link else None,
        color=LINK_COLOUR if cell.link else WORDS.get(look),
    )
    style.alignment = Alignment(
        wrap_text=look not in UNWRAPPED,
        vertical="center",
        horizontal="center" if cell.is_centred or look == Look.UPRIGHT else None,
        textRotation=255 if look == Look.UPRIGHT else 0,
    )
    style.protection = Protection(locked=not cell.is_open)
    style.number_format = cell.number_format
    if look in FILLS:
        style.fill = PatternFill("solid", start_color=FILLS[look])
    if look in BORDERED:
        style.border = Border(THIN, THIN, THIN, THIN)
    return style


def conditional_format(condition: Condition) -> Rule:
    first = condition.cells.split(":")[0]
    return Rule(
        type="expression",
        formula=[f'LEFT({first},{len(condition.start)})="{condition.start}"'],
        dxf=DifferentialStyle(
            font=Font(color=WORDS[condition.look]),
            fill=PatternFill("solid", start_color=FILLS[condition.look], end_color=FILLS[condition.look]),
        ),
    )
