"""The rows of the review queue, drawn as those of the ledgers are (`tasks.templatetags.rows`)."""

from collections.abc import Collection, Iterable
from functools import lru_cache

from django import template
from django.template.defaultfilters import truncatechars
from django.utils import timezone
from django.utils.safestring import SafeString

from qa_plan.addresses import address_of
from qa_plan.markup import fill
from tasks.pages.reviews.queue import WaitingReport
from tasks.rules.asof import AsOf
from tasks.templatetags.figures import gap, moved, short_day

register = template.Library()

SHOWN_TEXT = 60  # characters of a report
ROW = (
    '<tr role="row"><td role="cell" class="no no-print">{choice}</td>'
    '<th role="rowheader" scope="row" class="ag"><a href="{address}">{agency}</a></th>'
    '<td role="cell" class="title">{label}<a href="{address}">{title}</a></td>'
    '<td role="cell" class="num pctcell">{moved}</td>'
    '<td role="cell" class="num no-phone">{change}</td>'
    '<td role="cell" class="lightcell">{hints}</td>'
    '<td role="cell" class="duecell nw">{day} <span class="was">{waited}</span></td>'
    '<td role="cell" class="whole">{text}</td></tr>'
)
CHOICE = '<input type="checkbox" name="reports" value="{key}" aria-label="选择{agency}{label}"{on}>'
CHECKED = SafeString(" checked")
WARNING, NOTE = '<span class="tag strong">{word}</span> ', '<span class="tag">{word}</span> '


@lru_cache(8192)
def review_address(report: int) -> str:
    return address_of("tasks:review-detail", report)


@register.simple_tag
def review_rows(
    waiting: Iterable[WaitingReport], query: str, as_of: AsOf, chosen: Collection[str], chooses_all: bool
) -> SafeString:
    """Each leads to its report; `chosen` are the keys that were ticked, or all are whose report has no warning.

    A past day is only looked at.
    """
    return SafeString("".join([_row(one, query, as_of, chosen, chooses_all) for one in waiting]))


def _row(one: WaitingReport, query: str, as_of: AsOf, chosen: Collection[str], chooses_all: bool) -> SafeString:
    report, item, agency = one.report, one.report.assignment.item, one.report.assignment.agency.name
    is_ticked = (chooses_all and not one.warnings) or str(report.pk) in chosen
    return fill(
        ROW,
        choice=fill(CHOICE, key=report.pk, agency=agency, label=item.label, on=CHECKED if is_ticked else "")
        if as_of.is_today
        else "",
        address=f"{review_address(report.pk)}{query}",
        agency=agency,
        label=item.label,
        title=item.title,
        moved=moved(one.last_percent, report.percent),
        change=gap(one.change),
        hints=_tags(WARNING, one.warnings) + _tags(NOTE, one.notes),
        day=short_day(one.filed_on, as_of.day),
        waited=f"{one.days}天" if one.days else "今天",
        text=truncatechars(report.progress, SHOWN_TEXT),
    )


def _tags(form: str, words: Iterable[str]) -> SafeString:
    return SafeString("".join([fill(form, word=word) for word in words]))


IN_QUEUE = (
    '<li><a href="{address}"{current}><b>{agency}</b><span class="end">{moved}</span>'
    "<small>{label}{title}</small><small>{hints}{day}报送</small></a></li>"
)
CURRENT = SafeString(' aria-current="page"')


@register.simple_tag
def queue_rows(waiting: Iterable[WaitingReport], query: str, opened: int) -> SafeString:
    """What stands in the queue beside the report of that key, which is marked."""
    return SafeString("\n".join([_in_queue(one, query, opened) for one in waiting]))


def _in_queue(one: WaitingReport, query: str, opened: int) -> SafeString:
    report = one.report
    item = report.assignment.item
    return fill(
        IN_QUEUE,
        address=f"{review_address(report.pk)}{query}",
        current=CURRENT if report.pk == opened else "",
        agency=report.assignment.agency,
        moved=moved(one.last_percent, report.percent),
        label=item.label,
        title=item.title,
        hints=_tags(NOTE, one.warnings) + _tags(NOTE, one.notes),
        day=f"{timezone.localdate(report.recorded_at):%m-%d}",
    )
