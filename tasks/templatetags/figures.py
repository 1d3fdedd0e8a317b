"""Figures as pages draw them: lights, bars, percentages and gaps. A matrix has hundreds of them, so they are no
templates: what comes from people or the notice goes through `fill`, which escapes it.

A light is always shape, word and colour; the word may be dropped only in a matrix cell, which has it in its label.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from functools import lru_cache

from django import template
from django.core.paginator import Page
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from qa_plan.addresses import address_of
from qa_plan.markup import fill
from tasks.models import Plan, ProgressReport
from tasks.models.choices import AssignmentRole
from tasks.rules.numerals import chinese_numeral
from tasks.rules.periods import Frequency, last_period_ends
from tasks.rules.rounding import TENTH, WHOLE, half_up, percent_text, points_text
from tasks.rules.status import Light
from tasks.standing.explain import NOTHING_ACCEPTED
from tasks.standing.explain import reached as words_of_progress
from tasks.standing.filing import Filing, filing_of
from tasks.standing.rollup import ItemStanding, Standing

register = template.Library()
register.filter("chinese", chinese_numeral)


ICONS = {shown: SafeString(f'<svg class="ic" aria-hidden="true"><use href="#s-{shown}"/></svg>') for shown in Light}
WORDS = {shown: shown.words for shown in Light}
SHAPES = dict(zip(Light, "■▲◆●‖✓✕○", strict=True))  # as a line of text draws the icons
EMPHASIS = {Filing.MISSING: "", Filing.SENT_BACK: " back"}
FILING_TAGS = {
    filing: SafeString(f'<span class="tag{EMPHASIS.get(filing, " strong")}">{filing.label}</span>') for filing in Filing
}
NO_VALUE = "·"
NOT_COUNTED = SafeString("—")
NOT_REPORTED = SafeString(f'<span class="nothing">{NOTHING_ACCEPTED}</span>')
NOT_REPORTED_BRIEFLY = SafeString(f'<abbr class="nothing" title="{NOTHING_ACCEPTED}">尚无</abbr>')


@register.simple_tag
@lru_cache
def term(key: str, words: str) -> SafeString:
    """The name of a figure, which leads to its definition on the help page."""
    return fill('<a class="term" href="{help}#{key}">{words}</a>', help=address_of("tasks:help"), key=key, words=words)


@register.simple_tag
def icon(light: str) -> SafeString:
    return ICONS[Light(light)]


@register.simple_tag
@lru_cache  # a page shows a few of them many times
def light(value: str | None, classes: str = "") -> SafeString:
    """「▲ 黄 滞后」; an assisting assignment has no light, and its role is said instead."""
    if not value:
        return format_html('<span class="light assist {}">{}</span>', classes, AssignmentRole.ASSIST.label)
    shown = Light(value)
    return format_html('<span class="light {} {}">{}{}</span>', shown, classes, ICONS[shown], WORDS[shown])


@register.filter
def shape(light: str) -> str:
    return SHAPES[Light(light)]


@register.simple_tag
@lru_cache(4096)  # rows have few different figures
def bar(
    percent: float, expected: float | None, light: str | None = "", classes: str = "", places: int = WHOLE
) -> SafeString:
    """Progress against the expected tick; only the shortfall takes a colour, and none once the work has ended.

    Its label reads out both figures with the decimals with which the page shows them.
    """
    done = min(max(percent, 0.0), 100.0)
    label = f"进度{percent_text(percent, places)}"
    rest = ""
    if expected is not None and (not light or Light(light).is_running):
        label += f"，序时{percent_text(expected, places)}"
        if expected > done:
            rest = f'<rect class="gap" x="{_n(done)}" y="3" width="{_n(expected - done)}" height="8"/>'
        rest += f'<line class="pace" x1="{_n(expected)}" x2="{_n(expected)}" y1="0" y2="14"/>'
    return SafeString(
        f'<svg class="bar {light} {classes}" viewBox="0 0 100 14" preserveAspectRatio="none" role="img" '
        f'aria-label="{label}"><rect class="track" y="3" width="100" height="8"/>'
        f'<rect class="done" y="3" width="{_n(done)}" height="8"/>{rest}</svg>'
    )


def _n(value: float) -> str:
    """A coordinate: at most one decimal, without a trailing zero."""
    return str(half_up(value, TENTH)).removesuffix(".0")


@register.filter
def pct(value: float | None) -> str:
    """Whole percent, for items and agencies."""
    return NO_VALUE if value is None else percent_text(value, WHOLE)


@register.simple_tag
def progress(row: Standing | ItemStanding, places: int = WHOLE, *, brief: bool = False) -> SafeString:
    """How far an item or assignment has come: nothing to say where nobody answers for it or no report was accepted."""
    if not row.has_accepted:
        nothing = NOT_REPORTED_BRIEFLY if brief else NOT_REPORTED
        return nothing if _is_asked(row) else NOT_COUNTED
    return SafeString(percent_text(row.percent, places))


register.filter("reached", words_of_progress)


@register.simple_tag
def moved(before: int | None, after: int) -> SafeString:
    """「40→55%」; of the first report that is to count, 「首报55%」."""
    return SafeString(f"首报{after}%" if before is None else f"{before}→{after}%")


def _is_asked(row: Standing | ItemStanding) -> bool:
    """Whether somebody has to report on it: an item that nobody leads or runs any more has no progress."""
    return isinstance(row, Standing) or row.counts


@register.filter
def whole(value: float) -> str:
    """Whole percent without its sign, for the matrix."""
    return str(half_up(value, WHOLE))


@register.filter
def pct1(value: float | None) -> str:
    """One decimal, for plan and section."""
    return NO_VALUE if value is None else percent_text(value, TENTH)


@register.filter
def gap(value: Decimal | int | None) -> str:
    """Percentage points with their sign (U+2212 for minus), as many decimals as the two figures that they part."""
    return NO_VALUE if value is None else points_text(Decimal(value))


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
def sort_link(context: template.Context, name: str, title: str, form: str = "") -> SafeString:
    """A column head that sorts by it: ascending first, then descending; everything else of the address stays.

    Where rows are chosen it sends their `form`, which is as long as the address and carries them along.
    """
    params: QueryDict = context["request"].GET.copy()
    current = params.get("sort", "")
    params.pop("page", None)
    params["sort"] = f"-{name}" if current == name else name
    arrow = {name: " ↑", f"-{name}": " ↓"}.get(current, "")
    if form:
        button = '<button type="submit" form="{}" name="sort" value="{}">{}{}</button>'
        return format_html(button, form, params["sort"], title, arrow)
    return format_html('<a href="?{}">{}{}</a>', params.urlencode(), title, arrow)


@register.simple_tag(takes_context=True)
def aria_sort(context: template.Context, name: str) -> SafeString:
    order = {name: "ascending", f"-{name}": "descending"}.get(context["request"].GET.get("sort", ""))
    return format_html(' aria-sort="{}"', order) if order else SafeString("")


@register.inclusion_tag("_pager.html", takes_context=True)
def pager(context: template.Context, page: Page, form: str = "") -> dict[str, object]:
    """Which rows these are of how many, and the other pages; everything else of the address stays.

    Where rows are chosen the pages are turned by their `form`, which carries them along.
    """
    pages = page.paginator.get_elided_page_range(page.number)
    return {"request": context["request"], "page": page, "pages": pages, "turned_by": form}


@register.simple_tag(takes_context=True)
def page_link(context: template.Context, number: int, title: object, form: str) -> SafeString:
    """Turns to that page of a list, by its address or by the form that carries what is chosen."""
    if form:
        return format_html('<button type="submit" form="{}" name="page" value="{}">{}</button>', form, number, title)
    params: QueryDict = context["request"].GET.copy()
    params["page"] = str(number)
    return format_html('<a href="?{}">{}</a>', params.urlencode(), title)


@register.simple_tag
def options(choices: Iterable[tuple[object, str]], chosen: str | None) -> SafeString:
    """The options of a select whose value comes from the address, as text."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SafeString(" selected") if str(value) == (chosen or "") else "", label) for value, label in choices),
    )


@register.simple_tag
def filing_tag(state: str | None) -> SafeString:
    """Where a report stands; nothing where none is owed."""
    return FILING_TAGS[Filing(state)] if state else SafeString("")


@register.simple_tag
def report_tag(report: ProgressReport) -> SafeString:
    """Where one report stands, read with its verdict; one that a newer one replaced no longer waits."""
    if report.verdict is None and report.settled_at is not None:
        return SafeString('<span class="tag">已重报</span>')
    return filing_tag(filing_of(report))


@register.filter(expects_localtime=True)
def short_day(day: date, shown: date) -> str:
    """Without its year where that is the year of the page."""
    return f"{day:%m-%d}" if day.year == shown.year else f"{day:%Y-%m-%d}"


@register.filter
def look_back(plan: Plan, today: date) -> list[tuple[str, date]]:
    """Days worth looking back to, 「6月30日（二季度末）」: ends of the last periods, and the first day there is."""
    days = [*last_period_ends(plan.begins_on, today, Frequency(plan.frequency)), ("交办日", plan.begins_on)]
    return [(f"{_day_words(day, today)}（{name}）", day) for name, day in days]


def _day_words(day: date, today: date) -> str:
    return f"{f'{day.year}年' if day.year != today.year else ''}{day.month}月{day.day}日"


@register.simple_tag(takes_context=True)
def here(context: template.Context, *names: str) -> SafeString:
    """Marks a link of a menu as the page that is open: one of those of these names."""
    match = context["request"].resolver_match  # none where no page was found
    return SafeString(' aria-current="page"' if match and match.view_name in names else "")
