"""报告期: 锁定 and 解锁 of the whole, 免报 and 恢复应报 of one assignment; by coordinators, with a reason."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from qa_plan import clock
from tasks.access import get_assignment_to_steer, get_period_to_steer
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.periods.forms import SwitchForm
from tasks.pages.periods.questions import is_waived
from tasks.standing.filing import newest_lock
from tasks.workflow import lock_period, restore_report, unlock_period, waive_report

LOCKING = {"锁定": lock_period, "解锁": unlock_period}
WAIVING = {"免报": waive_report, "恢复应报": restore_report}


@require_http_methods(["GET", "POST"])
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


@require_http_methods(["GET", "POST"])
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
