"""The rows of the review queue, drawn as those of the ledgers are (`tasks.templatetags.rows`)."""

from collections.abc import Collection, Iterable

from django import template
from django.template.defaultfilters import truncatechars
from django.urls import reverse
from django.utils.safestring import SafeString

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
        address=f"{reverse('tasks:review-detail', args=[report.pk])}{query}",
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
