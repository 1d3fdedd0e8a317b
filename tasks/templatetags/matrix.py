"""The responsibility matrix (责任矩阵), as pages draw it: hundreds of cells, which are no templates."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from django import template
from django.utils.safestring import SafeString

from qa_plan.markup import fill
from tasks.standing.explain import reached
from tasks.standing.rollup import ItemStanding, Standing
from tasks.templatetags.figures import ICONS, NOT_REPORTED_BRIEFLY, WORDS, progress, whole

register = template.Library()


class MatrixLine(Protocol):
    """What a row of the matrix must have; the row itself is made in `reports`."""

    standing: ItemStanding
    cells: list[Standing | None]


@register.simple_tag
def bare_progress(row: ItemStanding) -> str:
    """An item's progress without the sign, as its cells have it."""
    if not row.counts:
        return "—"
    return whole(row.percent) if row.has_accepted else progress(row, brief=True)


@register.simple_tag
def lead_mean(leads: Sequence[Standing], percent: float) -> str:
    """What the lead tasks of an agency, or of all, come to; of what nobody has reported on yet no 0 is told."""
    if not any(part.counts for part in leads):
        return "·"
    return whole(percent) if _is_reported(leads) else NOT_REPORTED_BRIEFLY


def _is_reported(leads: Iterable[Standing]) -> bool:
    return any(part.has_accepted and part.counts for part in leads)


@register.simple_tag
def matrix_cells(row: MatrixLine, names: Mapping[int, str], items_url: str, query: str) -> SafeString:
    """A row of the responsibility matrix: solid for a lead, a ring for an assisting agency, empty for none."""
    href = f"{items_url}{row.standing.item.number}/{query}"
    return SafeString("".join([_matrix_cell(cell, names, href) if cell else "<td></td>" for cell in row.cells]))


AID = '<td><a class="aid" href="{href}#a{key}" title="{name} · 协助" aria-label="{name}，协助"></a></td>'
CELL = (
    '<td><a class="cell {light}" href="{href}#a{key}" title="{name} · 负责 · {reached} · {word}" '
    'aria-label="{name}，负责，{reached}，{word}">{icon}<span class="n-pct">{percent}</span></a></td>'
)


def _matrix_cell(row: Standing, names: Mapping[int, str], href: str) -> SafeString:
    name = names[row.agency_id]
    if row.light is None:
        return fill(AID, href=href, key=row.pk, name=name)
    shown = row.light
    return fill(
        CELL,
        href=href,
        key=row.pk,
        name=name,
        light=shown,
        percent=row.percent if row.has_accepted else "—",
        reached=reached(row),
        word=WORDS[shown],
        icon=ICONS[shown],
    )
