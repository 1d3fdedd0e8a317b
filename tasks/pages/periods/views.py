"""报告期: the calendar of those to come; 锁定 and 解锁 of one, 免报 and 恢复应报 of one assignment; with a reason."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import (
    get_assignment_to_steer,
    get_period_to_steer,
    get_plan,
    get_plan_to_steer,
    require,
    steers,
)
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.models import Plan
from tasks.pages.periods.forms import PeriodForm, SwitchForm
from tasks.pages.periods.page import CalendarPage, Opening, shown_days
from tasks.pages.periods.questions import is_waived
from tasks.rules.periods import is_code, period_name
from tasks.standing.filing import newest_lock
from tasks.workflow import lock_period, restore_report, unlock_period, waive_report
from tasks.workflow.calendar import check_period, revise_period

LOCKING = {"锁定": lock_period, "解锁": unlock_period}
WAIVING = {"免报": waive_report, "恢复应报": restore_report}


@takes_forms
def period_list(request: Request, slug: str) -> HttpResponse:
    """The plan's periods, opened and to come, for everybody; coordinators add one by hand."""
    plan, now = get_plan(request.user, slug), clock.now()
    require(request.method != "POST" or steers(request.user, plan))
    page = CalendarPage(plan, now)
    form = PeriodForm(posted(request), initial={"basis": page.basis}, is_known=False)
    opening = _opening(request, form, plan, form.cleaned_data["code"]) if form.is_valid() else None
    if form.is_valid() and opening is None:
        attempt(form, revise_period, plan=plan, by=request.user, at=now, **form.cleaned_data)
        if form.is_valid():
            messages.success(request, f"已增设{period_name(form.cleaned_data['code'])}报告期。")
            return redirect("tasks:period-list", slug)
    context = {"plan": plan, "page": page, "form": form, "opening": opening, "may_change": steers(request.user, plan)}
    return form_page(request, "tasks/period_list.html", context)


@takes_forms
def period_revise(request: Request, slug: str, code: str) -> HttpResponse:
    """Other days for a period that has not opened; or none (不设此期), or again after all."""
    plan, now, sent = get_plan_to_steer(request.user, slug), clock.now(), posted(request)
    page = CalendarPage(plan, now)
    row = page.row_of(code) if is_code(code) else None
    if row is None:
        raise Http404
    form = PeriodForm(sent, initial={"basis": page.basis, **shown_days(row)}, is_known=True)
    is_held = sent is None or sent.get("action") != "drop"
    opening = _opening(request, form, plan, code) if form.is_valid() and is_held else None
    if form.is_valid() and opening is None:
        what = {"plan": plan, "code": code, "is_held": is_held, "by": request.user, "at": now, **form.cleaned_data}
        if attempt(form, revise_period, **what):
            messages.success(request, f"{row.name}：{'已调整' if is_held else '不设此期'}，原因留存。")
            return redirect("tasks:period-list", slug)
    context = {"plan": plan, "row": row, "form": form, "opening": opening}
    return form_page(request, "tasks/period_revise.html", context)


def _opening(request: Request, form: PeriodForm, plan: Plan, code: str) -> Opening | None:
    """What opening it today would come to, until just that was seen; None for another day, and where it was seen."""
    typed, now = form.cleaned_data, clock.now()
    if typed["opens_on"] != clock.today():
        return None
    opening = Opening(plan, code, typed["due_on"], now)
    if request.POST.get("seen") == opening.token:
        return None
    days = {"opens_on": typed["opens_on"], "due_on": typed["due_on"]}
    attempt(form, check_period, plan=plan, code=code, at=now, **days)
    return opening if form.is_valid() else None


@takes_forms
def period_lock(request: Request, slug: str, code: str) -> HttpResponse:
    """Locks the period after the briefing, or opens it to reports again."""
    period = get_period_to_steer(request.user, slug, code)
    form = SwitchForm(posted(request), switches=LOCKING)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, LOCKING[form.switch], period=period, reason=reason, by=request.user, at=clock.now()):
            messages.success(request, f"已{form.switch}{period}报告期，原因留存。")
            return redirect(period)
    lock = newest_lock(period)
    context = {
        "plan": period.plan,
        "period": period,
        "form": form,
        "lock": lock,
        "turn": "解锁" if lock and lock.is_locked else "锁定",
        "is_due": period.due_on < clock.today(),
    }
    return form_page(request, "tasks/period_lock.html", context)


@takes_forms
def report_waive(request: Request, pk: int, code: str) -> HttpResponse:
    """Excuses one assignment from the period's report, or takes that back."""
    today_ends = clock.end_of(clock.today())
    assignment = get_assignment_to_steer(request.user, pk, today_ends)
    period = get_period_to_steer(request.user, assignment.item.plan.slug, code)
    form = SwitchForm(posted(request), switches=WAIVING)
    rows_url = f"{reverse('reports:period-reports', args=[period.plan.slug, code])}?agency={assignment.agency_id}"
    where = {"assignment": assignment, "period": period}
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, WAIVING[form.switch], reason=reason, by=request.user, at=clock.now(), **where):
            messages.success(request, f"{assignment.agency}{assignment.item.label}{period}报告：{form.switch}。")
            return redirect(rows_url)
    turn = "恢复应报" if is_waived(assignment, period, today_ends) else "免报"
    context = {"plan": period.plan, "form": form, "rows_url": rows_url, "turn": turn, **where}
    return form_page(request, "tasks/report_waive.html", context)
