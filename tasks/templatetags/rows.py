"""The rows of the ledgers. Built as strings like the figures in them: a page has a hundred rows of a dozen cells.

What comes from people or the notice is escaped here; addresses are escaped once for all rows.
"""

from collections.abc import Iterable, Mapping
from html import escape  # Django's escapes the same, and looks at each text first: with thousands on a page it shows

from django import template
from django.utils.safestring import SafeString

from tasks.pages.ledger.page import Line
from tasks.rules.numerals import chinese_numeral
from tasks.rules.status import Light
from tasks.standing.rollup import ItemStanding, Standing
from tasks.templatetags.figures import bar, due_dates, filing_tag, gap, gap_class, light, pct

register = template.Library()

SHOWN_TEXT = 48  # characters of a report
SHOWN_LAGGARDS = 3


@register.simple_tag
def assignment_rows(
    lines: Iterable[Line], items_url: str, agencies_url: str, query: str, *, can_urge: bool = False
) -> SafeString:
    """Each leads to its item and its agency, on the same day; those who may urge can choose it."""
    items, agencies, query = escape(items_url), escape(agencies_url), escape(query)
    return SafeString("".join(_assignment_row(line, items, agencies, query, can_urge) for line in lines))


def _assignment_row(line: Line, items: str, agencies: str, query: str, can_urge: bool) -> str:
    standing, of = line.standing, line.assignment
    label, agency = escape(of.label), escape(of.agency)
    choice = (
        f'<input type="checkbox" form="urge" name="assignment" value="{of.pk}" aria-label="催办{agency}{label}"> '
        if can_urge
        else ""
    )
    inferred = " <small>推定</small>" if of.is_inferred else ""
    due = due_dates(
        standing.due_on,
        standing.light,
        of.due_is_inferred,
        of.first_due_on,
        of.first_is_inferred,
        of.extension_count,
    )
    return f"""<tr role="row">
    <td role="cell" class="no">{choice}{label}</td>
    <td role="cell" class="title"><a href="{items}{of.number}/{query}#a{of.pk}">{escape(of.title)}</a></td>
    <td role="cell" class="ag"><a href="{agencies}{of.agency_id}/{query}">{agency}</a></td>
    <td role="cell" class="no-phone nw">{of.role_label}{inferred}</td>
    {_standing_cells(standing, f"{standing.percent}%")}
    <td role="cell" class="duecell nw">{due}</td>
    <td role="cell" class="nw no-phone">{filing_tag(line.filing)}</td>
    <td role="cell" class="whole">{escape(_shortened(line.text))}</td>
  </tr>"""


@register.simple_tag
def item_rows(
    lines: Iterable[ItemStanding], items_url: str, agencies_url: str, query: str, names: Mapping[int, str]
) -> SafeString:
    """Each leads to its item and to the agencies that its light is due to, on the same day."""
    items, agencies, query = escape(items_url), escape(agencies_url), escape(query)
    return SafeString("".join(_item_row(standing, items, agencies, query, names) for standing in lines))


def _item_row(standing: ItemStanding, items: str, agencies: str, query: str, names: Mapping[int, str]) -> str:
    item = standing.item
    due = due_dates(item.due_on, standing.light, item.is_inferred, item.first_due_on, item.first_is_inferred)
    return f"""<tr role="row">
    <td role="cell" class="no">{escape(item.label)}</td>
    <td role="cell" class="title"><a href="{items}{item.number}/{query}">{escape(item.title)}</a></td>
    <td role="cell" class="no-phone nw">{chinese_numeral(item.section.number)}</td>
    {_standing_cells(standing, pct(standing.percent))}
    <td role="cell" class="duecell nw">{due}</td>
    <td role="cell" class="no-phone">{_laggards(standing, agencies, query, names) or _leads(standing)}</td>
  </tr>"""


def _standing_cells(standing: Standing | ItemStanding, percent: str) -> str:
    difference = "—" if standing.light == Light.GREY else gap(standing.gap)
    return f"""<td role="cell" class="lightcell">{light(standing.light, standing.light_word)}</td>
    <td role="cell" class="barcell">{bar(standing.percent, standing.expected, standing.light)}</td>
    <td role="cell" class="num pctcell">{percent}</td>
    <td role="cell" class="num no-phone {gap_class(standing)}">{difference}</td>"""


def _laggards(standing: ItemStanding, agencies: str, query: str, names: Mapping[int, str]) -> str:
    late = standing.laggards
    shown = "、".join(
        f'<a href="{agencies}{row.agency_id}/{query}">{escape(names.get(row.agency_id, ""))}</a> {row.percent}%'
        for row in late[:SHOWN_LAGGARDS]
    )
    return f"{shown} 等{len(late)}家" if len(late) > SHOWN_LAGGARDS else shown


def _leads(standing: ItemStanding) -> str:
    return f"{len(standing.leads)}家" if standing.leads else "未明确"


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_TEXT else f"{text[: SHOWN_TEXT - 3]}..."
