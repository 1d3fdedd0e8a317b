"""Figures as pages draw them: lights, bars, percentages and gaps. Built as strings, since a matrix has hundreds of them.

A light is always shape, word and colour; the word may be dropped only in a matrix cell, which has it in its label.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Protocol

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from tasks.filing import Filing
from tasks.models import Plan
from tasks.periods import last_quarter_ends
from tasks.rollup import ItemStanding, Standing
from tasks.status import Light

register = template.Library()


class MatrixLine(Protocol):
    """What a row of the matrix must have; the row itself is made in `reports`."""

    standing: ItemStanding
    cells: list[Standing | None]


ICONS = {
    light: mark_safe(f'<svg class="ic" aria-hidden="true"><use href="#s-{light.value}"/></svg>') for light in Light
}
NO_VALUE = "·"


@register.simple_tag
def icon(light: str) -> SafeString:
    return ICONS[Light(light)]


@register.simple_tag
def light(value: str, word: str = "", classes: str = "") -> SafeString:
    """「▲ 黄 欠进度」; `word` replaces the light's own where grey has a reason of its own."""
    shown = Light(value)
    return format_html(
        '<span class="light {} {}">{}{} {}</span>',
        shown.value,
        classes,
        ICONS[shown],
        shown.colour,
        word or shown.label,
    )


@register.simple_tag
def bar(percent: float, expected: float | None, light: str = "", classes: str = "") -> SafeString:
    """Progress against the expected tick; only the shortfall takes a colour, and none once the work has ended."""
    done = min(max(percent, 0.0), 100.0)
    parts = [
        format_html(
            '<rect class="track" y="3" width="100" height="8"/><rect class="done" y="3" width="{}" height="8"/>',
            _n(done),
        )
    ]
    label = f"进度{_n(percent)}%"
    if expected is not None and light != Light.GREY:
        label += f"，序时{_n(expected)}%"
        if expected > done:
            parts.append(
                format_html('<rect class="gap" x="{}" y="3" width="{}" height="8"/>', _n(done), _n(expected - done))
            )
        parts.append(format_html('<line class="pace" x1="{0}" x2="{0}" y1="0" y2="14"/>', _n(expected)))
    return format_html(
        '<svg class="bar {} {}" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        light,
        classes,
        label,
        mark_safe("".join(parts)),
    )


def _n(value: float) -> str:
    """At most one decimal, without a trailing zero."""
    return f"{value:.1f}".removesuffix(".0")


@register.filter
def pct(value: float | None) -> str:
    """Whole percent, for items and agencies."""
    return NO_VALUE if value is None else f"{value:.0f}%"


@register.filter
def pct1(value: float | None) -> str:
    """One decimal, for plan and section."""
    return NO_VALUE if value is None else f"{value:.1f}%"


@register.filter
def gap(value: float | None) -> str:
    """Percentage points with their sign (U+2212 for minus)."""
    return NO_VALUE if value is None else _signed(f"{value:+.0f}")


@register.filter
def gap1(value: float | None) -> str:
    return NO_VALUE if value is None else _signed(f"{value:+.1f}")


def _signed(text: str) -> str:
    return "0" if text.strip("+-") in ("0", "0.0") else text.replace("-", "−")


@register.filter
def positive(value: float) -> float:
    return abs(value)


@register.filter
def number(value: Decimal | float | None) -> str:
    """A reading or target without idle decimals."""
    return NO_VALUE if value is None else f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"


@register.filter
def or_dot(value: int) -> int | str:
    return value or NO_VALUE


@register.filter
def lookup(mapping: Mapping[object, object], key: object) -> object:
    return mapping.get(key, "")


@register.filter
def weekday(day: date) -> str:
    return f"周{'一二三四五六日'[day.weekday()]}"


@register.filter
def days_after(day: date, other: date) -> int:
    return (other - day).days


@register.filter
def gap_class(row: Standing | ItemStanding) -> str:
    """The class of a gap that explains a light."""
    if row.light == Light.RED:
        return "late"
    return "under" if row.gap is not None and row.light == Light.YELLOW and row.gap < 0 else ""


@register.simple_tag(takes_context=True)
def sort_link(context: template.Context, name: str, title: str) -> SafeString:
    """A column head that sorts by it: ascending first, then descending; everything else of the address stays."""
    params: QueryDict = context["request"].GET.copy()
    current = params.get("sort", "")
    params.pop("page", None)
    params["sort"] = f"-{name}" if current == name else name
    arrow = {name: " ↑", f"-{name}": " ↓"}.get(current, "")
    return format_html('<a href="?{}">{}{}</a>', params.urlencode(), title, arrow)


@register.simple_tag(takes_context=True)
def aria_sort(context: template.Context, name: str) -> SafeString:
    order = {name: "ascending", f"-{name}": "descending"}.get(context["request"].GET.get("sort", ""))
    return format_html(' aria-sort="{}"', order) if order else SafeString("")


@register.simple_tag
def matrix_cells(row: MatrixLine, names: Mapping[int, str], items_url: str, query: str) -> SafeString:
    """A row of the responsibility matrix: solid for a lead, a ring for an assisting agency, empty for none."""
    item = row.standing.item
    href = f"{items_url}{item.number}/{query}"
    return mark_safe("".join(_matrix_cell(cell, names, f"{href}#a{cell.pk}" if cell else "") for cell in row.cells))


def _matrix_cell(row: Standing | None, names: Mapping[int, str], href: str) -> str:
    if row is None:
        return "<td></td>"
    name = names[row.agency_id]
    if not row.is_lead:
        return format_html(
            '<td><a class="aid" href="{}" title="{} · 协助" aria-label="{}，协助"></a></td>', href, name, name
        )
    word = f"{row.light.colour} {row.light_word}"
    return format_html(
        '<td><a class="cell {}" href="{}" title="{} · 负责 · {}% · {}" aria-label="{}，负责，{}%，{}">{}<span class="n-pct">{}</span></a></td>',
        row.light.value,
        href,
        name,
        row.percent,
        word,
        name,
        row.percent,
        word,
        ICONS[row.light],
        row.percent,
    )


@register.filter
def chinese(value: int) -> str:
    """1–99 as in headings: 一, 十一, 二十."""
    digits = "〇一二三四五六七八九"
    tens, ones = divmod(value, 10)
    if not 0 < value < 100:
        return str(value)
    return ("" if tens < 2 else digits[tens]) + ("十" if tens else "") + (digits[ones] if ones or not tens else "")


@register.inclusion_tag("_pager.html", takes_context=True)
def pager(context: template.Context, page: Page) -> dict[str, object]:
    """Which rows these are of how many, and the other pages; everything else of the address stays."""
    return {"request": context["request"], "page": page, "pages": page.paginator.get_elided_page_range(page.number)}


@register.simple_tag
def filing_tag(state: str | None) -> SafeString:
    """Where a report stands; nothing where none is owed."""
    if not state:
        return SafeString("")
    filing = Filing(state)
    emphasis = {Filing.MISSING: "", Filing.SENT_BACK: " back"}.get(filing, " strong")
    return format_html('<span class="tag{}">{}</span>', emphasis, filing.label)


@register.simple_tag
def due_dates(due_on: date | None, first: date | None, light: str, inferred: date) -> SafeString:
    """The due date in force, with the original beside it where it was changed and 推定 where it is inferred."""
    if due_on is None:
        return SafeString("持续推进")
    shown = format_html('<span class="late">{}</span>', due_on) if light == Light.RED else format_html("{}", due_on)
    mark = mark_safe(" <small>推定</small>") if due_on == first == inferred else ""
    if first in (None, due_on):
        return format_html("{}{}", shown, mark)
    original = mark_safe(" 推定") if first == inferred else ""
    return format_html('{}<span class="was">原 {}{}</span>', shown, first, original)


@register.filter
def date_value(value: date | str | None) -> str:
    """What a date input takes: the date, or what was typed."""
    return "" if value is None else str(value)


@register.filter
def reading_value(value: Decimal | str | None) -> str:
    """What a reading's input shows: a number without idle decimals, or what was typed."""
    return number(value) if isinstance(value, Decimal) else value or ""


@register.filter
def look_back(plan: Plan, today: date) -> list[tuple[str, date]]:
    """Days worth looking back to: the ends of the last quarters, and the day of issue."""
    return [*last_quarter_ends(plan.issued_on, today), ("印发日", plan.issued_on)]
