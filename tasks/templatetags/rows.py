"""The rows of the ledgers: a page has a hundred rows of a dozen cells, which as templates would take most of its time.

Every row is a form whose places are filled in, so that whatever people typed is escaped wherever it stands.
"""

from collections.abc import Collection, Iterable, Mapping

from django import template
from django.utils.safestring import SafeString

from qa_plan.markup import fill
from tasks.pages.filing.page import OwedReport
from tasks.pages.ledger.columns import ASSIGNMENT_COLUMNS, ITEM_COLUMNS, Column, row_form
from tasks.pages.ledger.page import Line
from tasks.rules.numerals import chinese_numeral
from tasks.rules.status import Light
from tasks.standing.course import SETTLING
from tasks.standing.explain import reached
from tasks.standing.rollup import ItemStanding, Standing
from tasks.templatetags.due import due_dates
from tasks.templatetags.figures import bar, filing_tag, gap, gap_class, light, progress

register = template.Library()

SHOWN_TEXT = 48  # characters of a report
SHOWN_LAGGARDS = 3

INFERRED = SafeString(" <small>推定</small>")
SETTLING_TAG = SafeString(f' <span class="tag">{SETTLING}</span>')
CHOICE = '<input type="checkbox" form="ledger" name="assignment" value="{key}" aria-label="选择{agency}{label}"{on}> '
ITEM_CHOICE = '<input type="checkbox" form="ledger" name="item" value="{number}" aria-label="选择{label}{title}"{on}> '
CHECKED = SafeString(" checked")
SEAT = '<li><a class="{css}" href="#r{slot}" aria-label="{label}{words}">{numeral}<br>{sign}</a></li>'
LAGGARD = '<a href="{agencies}{key}/{query}">{name}</a> {reached}'


@register.simple_tag
def assignment_rows(
    lines: Iterable[Line],
    items_url: str,
    agencies_url: str,
    query: str,
    chosen: Collection[int] | None = None,
    columns: Iterable[Column] = ASSIGNMENT_COLUMNS,
) -> SafeString:
    """Each leads to its item and its agency, on the same day; `chosen` are those of who may choose, None for others."""
    links, form = {"items": items_url, "agencies": agencies_url, "query": query}, row_form(columns)
    return SafeString("".join([_assignment_row(form, line, links, chosen) for line in lines]))


def _assignment_row(form: str, line: Line, links: Mapping[str, str], chosen: Collection[int] | None) -> SafeString:
    standing, of = line.standing, line.assignment
    due = due_dates(
        standing.due_on,
        standing.light,
        of.due_source,
        of.due_words,
        of.first_due_on,
        of.first_due_source,
        of.extension_count,
    )
    return fill(
        form,
        **links,
        **_standing(standing),
        settling=SETTLING_TAG if of.is_settling else "",
        choice=_box(CHOICE, of.pk in chosen, key=of.pk, agency=of.agency, label=of.label) if chosen is not None else "",
        label=of.label,
        number=of.number,
        key=of.pk,
        title=of.title,
        agency_key=of.agency_id,
        agency=of.agency,
        role=of.role_label,
        inferred=INFERRED if of.is_inferred else "",
        state=of.state.label,
        due=due,
        filing=filing_tag(line.filing),
        text=_shortened(line.text),
    )


@register.simple_tag
def item_rows(
    lines: Iterable[ItemStanding],
    items_url: str,
    agencies_url: str,
    query: str,
    names: Mapping[int, str],
    chosen: Collection[int] | None = None,
    columns: Iterable[Column] = ITEM_COLUMNS,
) -> SafeString:
    """Each leads to its item and to the agencies that its light is due to; `chosen` are numbers, as above."""
    links, form = {"items": items_url, "agencies": agencies_url, "query": query}, row_form(columns)
    return SafeString("".join([_item_row(form, standing, links, names, chosen) for standing in lines]))


def _item_row(
    form: str,
    standing: ItemStanding,
    links: Mapping[str, str],
    names: Mapping[int, str],
    chosen: Collection[int] | None,
) -> SafeString:
    item = standing.item
    due = due_dates(
        item.due_on, standing.light, item.due_source, item.due_words, item.first_due_on, item.first_due_source
    )
    return fill(
        form,
        **links,
        **_standing(standing),
        choice=_box(ITEM_CHOICE, item.number in chosen, number=item.number, label=item.label, title=item.title)
        if chosen is not None
        else "",
        label=item.label,
        number=item.number,
        title=item.title,
        section=chinese_numeral(item.section.number),
        due=due,
        behind=_laggards(standing, links, names) or _leads(standing),
    )


@register.simple_tag
def seats(owed_reports: Iterable[OwedReport]) -> SafeString:
    """我的填报: one for each report that is owed, with where it stands; it leads to the report on the page."""
    return SafeString("".join([_seat(owed) for owed in owed_reports]))


def _seat(owed: OwedReport) -> SafeString:
    css, sign, words = owed.state
    item = owed.assignment.item
    numeral = chinese_numeral(item.number)
    return fill(SEAT, css=css, slot=owed.slot, label=item.label, words=words, numeral=numeral, sign=sign)


def _box(form: str, is_chosen: bool, **places: object) -> SafeString:
    return fill(form, on=CHECKED if is_chosen else "", **places)


def _standing(standing: Standing | ItemStanding) -> dict[str, str]:
    return {
        "light": light(standing.light),
        "bar": bar(standing.percent, standing.expected, standing.light),
        "percent": progress(standing, brief=True),
        "gap_class": gap_class(standing),
        "gap": gap(standing.gap) if standing.light and standing.light.is_running else "—",
    }


def _laggards(standing: ItemStanding, links: Mapping[str, str], names: Mapping[int, str]) -> SafeString:
    late = standing.laggards
    shown = [
        fill(LAGGARD, **links, key=row.agency_id, name=names.get(row.agency_id, ""), reached=reached(row))
        for row in late[:SHOWN_LAGGARDS]
    ]
    more = f" 等{len(late)}家" if len(late) > SHOWN_LAGGARDS else ""
    return SafeString("、".join(shown) + more)


def _leads(standing: ItemStanding) -> str:
    return f"{len(standing.leads)}家" if standing.leads else Light.UNASSIGNED.label


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_TEXT else f"{text[: SHOWN_TEXT - 3]}..."
