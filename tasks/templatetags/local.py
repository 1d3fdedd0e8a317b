"""The matrix of 市县落实, as pages draw it: hundreds of cells, which are no templates."""

from collections.abc import Iterable, Sized

from django import template
from django.utils.safestring import SafeString

from qa_plan.markup import fill
from tasks.rules.rounding import TENTH, half_up, percent_text
from tasks.rules.status import Light
from tasks.standing.explain import NOTHING_ACCEPTED
from tasks.standing.local import Cell, CellState, LocalTotals, OfficeStanding, ParentItem
from tasks.templatetags.figures import ICONS, NO_VALUE, WORDS

register = template.Library()

LISTED = (
    '<a class="cell {light}" href="{href}" title="{what}" aria-label="{what}">{icon}'
    '<span class="n-pct">{percent}</span></a>'
)
ABSENT = '<a class="cell lack" href="{href}" title="{what}" aria-label="{what}">{sign}</a>'
NO_PLAN = '<span class="noplan" title="{what}"><span class="sr">{what}</span></span>'
NOT_ASKED = '<span title="{what}">·<span class="sr">{what}</span></span>'
COUNT = '<span class="light {light}">{icon}{count}<span class="sr">项{words}</span></span>'
SIGNS = {CellState.LACKING: "缺", CellState.PENDING: "待"}


@register.simple_tag
def local_cells(item: ParentItem, offices: Iterable[OfficeStanding], local_url: str, query: str) -> SafeString:
    """A row of the matrix: what each office does for the item."""
    cells = [_cell(item, each, each.cell(item.pk), local_url, query) for each in offices]
    return SafeString("".join(f"<td>{cell}</td>" for cell in cells))


@register.simple_tag
def local_cell(item: ParentItem, standing: OfficeStanding, cell: Cell, local_url: str, query: str) -> SafeString:
    """One cell by itself."""
    return _cell(item, standing, cell, local_url, query)


@register.filter
def reached_in(cell: Cell) -> str:
    """How far the local items have come together; before a report was accepted they count as 0, which nobody said."""
    if cell.percent is None:
        return "—"
    return percent_text(cell.percent) if cell.has_accepted else NOTHING_ACCEPTED


@register.filter
def share_of(part: int, whole: int | Sized) -> str:
    """「85%」; a point where there is nothing to take a share of."""
    count = whole if isinstance(whole, int) else len(whole)
    return percent_text(100 * part / count) if count else NO_VALUE


@register.filter
def unsigned(share: str) -> str:
    """A percentage without its sign, where the head has it."""
    return share.removesuffix("%")


@register.filter
def tenth(value: float) -> str:
    """With one decimal, without one that is idle: 「15.2」, 「17」."""
    return f"{half_up(value, TENTH)}".removesuffix(".0")


@register.filter
def minus(value: int, other: int) -> int:
    return value - other


@register.filter
def covering(totals: LocalTotals, item: ParentItem) -> int:
    """How many offices' plans have something for the item."""
    return len(totals.covering(item))


@register.simple_tag
def light_count(light: str, count: int) -> SafeString:
    """「■ 2」: how many local items show the light, which its label says in words."""
    shown = Light(light)
    return fill(COUNT, light=shown, icon=ICONS[shown], count=count, words=WORDS[shown])


def _cell(item: ParentItem, standing: OfficeStanding, cell: Cell, local_url: str, query: str) -> SafeString:
    where = f"{standing.office.area}{item.label}"
    if cell.state == CellState.UNISSUED:
        return fill(NO_PLAN, what=f"{standing.office.area}未印发方案")
    if cell.state == CellState.OVER:
        return fill(NOT_ASKED, what=f"{where}{cell.state.label}")
    href = f"{local_url}{standing.office.code}/{query}#i{item.number}"
    if cell.light is None:
        return fill(ABSENT, href=href, what=f"{where}{cell.state.label}", sign=SIGNS[cell.state])
    return fill(
        LISTED,
        href=href,
        what=f"{where}{WORDS[cell.light]}，{reached_in(cell)}",
        light=cell.light,
        icon=ICONS[cell.light],
        percent=half_up(cell.percent) if cell.percent is not None and cell.has_accepted else "—",
    )
