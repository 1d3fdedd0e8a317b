"""What every card of 我的填报 shows alike, drawn as the rows of lists are (`tasks.templatetags.rows`).

A page has twenty cards; as templates these parts took a third of their time.
"""

from datetime import date
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from qa_plan.markup import fill
from tasks.http.evidence_form import EvidenceForm
from tasks.models import Indicator
from tasks.pages.filing.cards import Card
from tasks.pages.filing.page import OwedReport
from tasks.rules.due_dates import source_words
from tasks.standing.explain import NOTHING_ACCEPTED
from tasks.standing.filing import Filing
from tasks.templatetags.figures import bar, filing_tag, light, number, pct, pct1, progress

register = template.Library()

HEAD = (
    '<header>\n<h3 id="r{slot}-t" tabindex="-1">{label}<a href="{item}">{title}</a></h3>\n'
    '{plan}{light}{state}<span class="tag">{period}</span>'
    '<span class="end">完成时限 {due}（{source}）{original}</span>\n</header>'
)
PLAN = '<span class="meta">{plan}</span>'
WAS = "（原{due}{source}）"
HANDED_IN, DRAFTED = SafeString('<span class="tag">待审签</span>'), SafeString('<span class="tag">草稿</span>')
FOREVER = "持续推进"

LAST = (
    '<div class="last">\n<p><b>上次通过</b>{filed}</p>\n{said}'
    '<p class="mini">{bar}<span class="meta">{percent}{expected}</span></p>\n</div>'
)
NOT_YET = SafeString("<span>还没有</span>")
FILED = "<span>{period} · {day}{agency}报送</span>"
SAID = "<p>{text}</p>\n"

PERCENT = '% <span class="hint">{before}{line}</span>'
READING = '{unit} <span class="hint nw">{before}目标{target}</span>'

FILES = (
    '<label for="{id}">{label}{optional}</label>{refused}\n<span class="msg unsent" role="alert"></span>\n'
    '<input type="file" id="{id}" name="evidence" multiple data-file-limit="{file_limit}" '
    'data-request-limit="{request_limit}" accept="{accept}"{invalid}{stored} aria-describedby="{described}{id}-h">\n'
    '{sending}<span class="hint" id="{id}-h">{hint}{then}</span>'
)
NEEDED, OPTIONAL = SafeString("（必填）"), SafeString('<span class="meta">（选填）</span>')
REFUSED = '<span class="msg" id="{id}-e{number}">{why}</span>'
INVALID = SafeString(' aria-invalid="true"')
STORED = (
    ' hx-post="{address}" hx-trigger="change" hx-target="closest .evidence" hx-swap="outerHTML"'
    ' hx-encoding="multipart/form-data" hx-vals=\'{{"action":"attach"}}\' hx-indicator="next .uploading"'
)
SENDING = SafeString(
    '<span class="uploading" role="status"><progress max="1" aria-label="上传进度"></progress> '
    "<span>正在上传，请稍候</span></span>\n"
)


@register.simple_tag
def card_head(owed: OwedReport, names_plan: bool | str) -> SafeString:
    """The task with its light, where the report stands, and until when the task is to be done."""
    assignment, due_on = owed.assignment, owed.standing.due_on
    item = assignment.item
    original = ""
    if assignment.first_due_on != due_on:
        source = source_words(assignment.first_due_source, "")
        original = fill(WAS, due=_day(assignment.first_due_on), source=source)
    return fill(
        HEAD,
        slot=owed.slot,
        label=item.label,
        item=item.get_absolute_url(),
        title=item.title,
        plan=fill(PLAN, plan=item.plan) if names_plan else "",
        light=light(owed.standing.light),
        state=_state(owed),
        period=owed.period,
        due=_day(due_on),
        source=source_words(assignment.due_source, assignment.due_words),
        original=original,
    )


def _state(owed: OwedReport) -> SafeString:
    if owed.is_returned:
        return filing_tag(Filing.SENT_BACK)
    if owed.is_handed_in:
        return HANDED_IN
    return DRAFTED if owed.draft else filing_tag(owed.filing)


def _day(day: date | None) -> str:
    return str(day) if day else FOREVER


@register.simple_tag
def card_last(card: Card) -> SafeString:
    """What was accepted last, as it was filed, and where the task stands by it."""
    agency, standing = card.owed.assignment.agency_id, card.owed.standing
    filed = [
        fill(
            FILED,
            period=report.period,
            day=f"{timezone.localdate(report.recorded_at):%m-%d}",
            agency=report.assignment.agency if report.assignment.agency_id != agency else "",
        )
        for report in card.last_as_filed
    ]
    return fill(
        LAST,
        filed=SafeString("".join(filed)) if card.last else NOT_YET,
        said=fill(SAID, text=card.last.progress) if card.last else "",
        bar=bar(standing.percent, standing.expected, standing.light),
        percent=progress(standing),
        expected="" if standing.expected is None else f"，序时{pct(standing.expected)}",
    )


@register.simple_tag
def percent_aside(card: Card) -> SafeString:
    """What stands behind the percentage: the last accepted one, and below which a reason is asked for."""
    standing = card.owed.standing
    before = f"上次{standing.percent}%" if standing.has_accepted else NOTHING_ACCEPTED
    line = "" if standing.expected is None else f"，序时{pct1(standing.expected)}，黄灯线{pct1(card.owed.behind_line)}"
    return fill(PERCENT, before=before, line=line)


@register.simple_tag
def reading_aside(indicator: Indicator, before: Decimal | None) -> SafeString:
    """What stands behind a reading: its unit, the last accepted one, and the target."""
    last = "" if before is None else f"上次{number(before)}，"
    return fill(READING, unit=indicator.unit, before=last, target=number(indicator.target))


@register.simple_tag
def evidence_input(form: EvidenceForm, stored_when_chosen: str = "", into_draft: bool | str = False) -> SafeString:
    """The control that takes files, with what was refused of them; with an address they are stored when chosen."""
    bound = form["evidence"]
    field, key = bound.field, bound.id_for_label
    refused = [fill(REFUSED, id=key, number=number, why=why) for number, why in enumerate(bound.errors, 1)]
    return fill(
        FILES,
        id=key,
        label=bound.label,
        optional=NEEDED if form.needs_evidence else OPTIONAL,
        refused=SafeString("".join(refused)),
        file_limit=field.file_limit,  # type: ignore[attr-defined]
        request_limit=field.request_limit,  # type: ignore[attr-defined]
        accept=field.widget.attrs["accept"],
        invalid=INVALID if refused else "",
        stored=fill(STORED, address=stored_when_chosen) if stored_when_chosen else "",
        described=SafeString("".join([f"{key}-e{number} " for number in range(1, len(refused) + 1)])),
        sending=SENDING if stored_when_chosen else "",
        hint=bound.help_text,
        then=("；选定后即" + ("保存在草稿中" if into_draft else "上传")) if stored_when_chosen else "",
    )
