"""The rows of 我的填报 beside its cards, drawn as those of the ledgers are (`tasks.templatetags.rows`)."""

from collections.abc import Iterable
from functools import lru_cache

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from qa_plan.addresses import address_of
from qa_plan.markup import fill
from tasks.pages.filing.page import OwedReport
from tasks.rules.asof import AsOf
from tasks.standing.course import SETTLING
from tasks.standing.filing import Filing
from tasks.standing.receipts import PendingReceipt
from tasks.templatetags.figures import bar, filing_tag, light, progress

register = template.Library()

ROW = (
    '<tr role="row" id="r{slot}"><td role="cell" class="no">{label}</td>'
    '<td role="cell" class="title"><a href="{item}">{title}</a>{plan}</td>'
    '<td role="cell" class="lightcell">{light}</td><td role="cell" class="barcell">{bar}</td>'
    '<td role="cell" class="num pctcell">{percent}</td><td role="cell" class="ag">{state}</td>'
    '<td role="cell" class="nw duecell">{day}</td></tr>'
)
PLAN = " <small>{plan}</small>"
ENDED = '<span class="tag">{word}</span>'
SETTLES = SafeString(f'<span class="tag strong">{SETTLING}</span>')
NOT_ASKED = SafeString(" <small>本期无须报送</small>")
FILED = (
    '{tag}{said} <a href="{filed}" aria-label="查看{label}所报内容">查看</a> '
    '<a href="{address}?period={period}">重新报送</a>'
)
SAID = " <small>报{percent}%</small>"
MAY_FILE = '<small>本期不应报，可自愿报送</small> <a href="{address}">填报</a>'

ASSISTED = '<li{anchor}><span>{label}<a href="{item}">{title}</a>{plan}</span> <span class="end">{form}</span></li>'
ANCHOR = ' id="r{slot}"'
FORM = '<a href="{address}">填报</a>'

RECEIPT = (
    '<tr role="row"><td role="cell" class="no">{label}</td>'
    '<td role="cell" class="title"><a href="{item}{query}">{title}</a>{plan}</td>'
    '<td role="cell" class="no-phone nw">{role}</td><td role="cell" class="nw no-phone">{given}</td>'
    '<td role="cell" class="nw ag"><span class="only-phone-inline">签收期限</span>{due}</td>'
    '<td role="cell" class="nw duecell">{deed}</td></tr>'
)
LATE = '<span class="late">{due} 已过期限</span>'
DECLINING = '<span class="tag">{state}，待答复</span>'
SIGN = (
    '<button type="submit" class="btn small no-print" name="assignment" value="{key}" aria-label="签收{label}{title}">'
    '签收</button>　<a class="no-print" href="{decline}?kind=decline" aria-label="{label}申请退回（非本单位职责）">'
    "申请退回（非本单位职责）…</a>"
)


@lru_cache(8192)
def filed_address(report: int) -> str:
    return address_of("tasks:report-filed", report)


@register.simple_tag
def filed_rows(owed_reports: Iterable[OwedReport], names_plans: bool) -> SafeString:
    """Each leads to its item, to what was filed, and to its form where one may still file."""
    return SafeString("\n".join([_row(owed, names_plans) for owed in owed_reports]))


@register.simple_tag
def assisted_rows(owed_reports: Iterable[OwedReport], names_plans: bool) -> SafeString:
    """The tasks in which the agency assists, each leading to its item, and to its form where it may file."""
    return SafeString("\n".join([_assisted(owed, names_plans) for owed in owed_reports]))


@register.simple_tag
def receipt_rows(receipts: Iterable[PendingReceipt], names_plans: bool, as_of: AsOf) -> SafeString:
    """What waits for 签收, each to be received or declined; on a past day only shown."""
    return SafeString("\n".join([_receipt(row, names_plans, as_of) for row in receipts]))


def _receipt(row: PendingReceipt, names_plans: bool, as_of: AsOf) -> SafeString:
    assignment = row.assignment
    item = assignment.item
    return fill(
        RECEIPT,
        label=item.label,
        item=item.get_absolute_url(),
        query=as_of.query,
        title=item.title,
        plan=fill(PLAN, plan=item.plan) if names_plans else "",
        role=assignment.get_role_display(),
        given=timezone.localdate(assignment.recorded_at),
        due=fill(LATE, due=row.due_on) if row.is_late and row.can_sign else row.due_on,
        deed=_receiving(row) if as_of.is_today or not row.can_sign else "",
    )


def _receiving(row: PendingReceipt) -> SafeString:
    if not row.can_sign:
        return fill(DECLINING, state=row.state.label)
    item, key = row.assignment.item, row.assignment.pk
    decline = address_of("tasks:request-new", key)
    return fill(SIGN, key=key, label=item.label, title=item.title, decline=decline)


def _assisted(owed: OwedReport, names_plans: bool) -> SafeString:
    item = owed.assignment.item
    return fill(
        ASSISTED,
        anchor="" if owed.is_to_do else fill(ANCHOR, slot=owed.slot),
        label=item.label,
        item=item.get_absolute_url(),
        title=item.title,
        plan=fill(PLAN, plan=item.plan) if names_plans else "",
        form=fill(FORM, address=owed.address) if owed.can_file else "",
    )


def _row(owed: OwedReport, names_plans: bool) -> SafeString:
    item, standing = owed.assignment.item, owed.standing
    return fill(
        ROW,
        slot=owed.slot,
        label=item.label,
        item=item.get_absolute_url(),
        title=item.title,
        plan=fill(PLAN, plan=item.plan) if names_plans else "",
        light=light(standing.light),
        bar=bar(standing.percent, standing.expected, standing.light),
        percent=progress(standing, brief=True),
        state=_state(owed),
        day=f"{timezone.localdate(owed.newest.recorded_at):%m-%d}" if owed.newest else "",
    )


def _state(owed: OwedReport) -> SafeString:
    if owed.standing.has_ended:
        return fill(ENDED, word=owed.standing.light_word)
    if owed.is_settling:
        return SETTLES
    if owed.is_waived:
        return filing_tag(owed.filing) + NOT_ASKED
    if owed.newest and owed.period:
        return fill(
            FILED,
            tag=filing_tag(owed.filing),
            said=fill(SAID, percent=owed.newest.percent) if owed.filing == Filing.WAITING else "",
            filed=filed_address(owed.newest.pk),
            label=owed.assignment.item.label,
            address=owed.address,
            period=owed.period.code,
        )
    return fill(MAY_FILE, address=owed.address) if owed.can_file else SafeString()
