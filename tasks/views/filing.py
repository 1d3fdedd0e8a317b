"""我的填报: an agency's own tasks, and its reports, as draft or filed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from qa_plan import clock
from tasks.access import get_assignment_to_file, get_own_agency, visible_plans
from tasks.filing import period_to_file
from tasks.forms import ReportForm
from tasks.http import Request
from tasks.models import Assignment, Indicator, ProgressReport, ReportingPeriod
from tasks.mypage import Card, MyPage
from tasks.views.dating import dated
from tasks.workflow import WorkflowError, save_draft, submit_report


@require_safe
@dated
def my(request: Request) -> HttpResponse:
    """What the agency has to do on that day; it is filed today only."""
    as_of = request.as_of
    mine = MyPage(get_own_agency(request.user), as_of.day, visible_plans(request.user))
    page = Paginator(mine.to_do, 20).get_page(request.GET.get("page"))
    cards = mine.cards(list(page)) if as_of.is_today else []
    return render(request, "tasks/my.html", {"mine": mine, "page": page, "cards": cards})


@require_http_methods(["GET", "POST"])
def report_edit(request: Request, pk: int) -> HttpResponse:
    """One report's form by itself; POST keeps a draft or files it, for the period that the form was made for."""
    today = clock.today()
    assignment = get_assignment_to_file(request.user, pk, clock.end_of(today))
    if request.method == "GET":
        card = _card(request, assignment, request.GET.get("period", ""))
        is_open = card is not None and card.duty.can_file
        return render(request, "tasks/report_edit.html", {"card": card}) if is_open else _closed(request)
    period = period_to_file(assignment.item.plan, request.POST.get("period", ""), today)
    if period is None:
        return _closed(request)
    is_draft = request.POST.get("action") != "submit"
    indicators = list(Indicator.objects.filter(item=assignment.item_id))
    form = ReportForm(request.POST, indicators=indicators, is_draft=is_draft, auto_id=f"id_{pk}-{period.code}_%s")
    if not _done(request, assignment, period, form, is_draft=is_draft):
        card = _card(request, assignment, period.code)
        if card is None:
            return _closed(request)
        card.form = form
        template = "tasks/_report_card.html" if request.htmx else "tasks/report_edit.html"
        return render(request, template, {"card": card}, status=422)
    if request.htmx and is_draft:
        card = _card(request, assignment, period.code)
        return render(request, "tasks/_report_card.html", {"card": card, "saved": True})
    messages.success(request, f"{assignment.item.label}{'草稿已保存。' if is_draft else '已报送，等待审核。'}")
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("tasks:my")})
    return redirect(f"{reverse('tasks:my')}#r{pk}-{period.code}" if is_draft else "tasks:my")


def _closed(request: Request) -> HttpResponse:
    messages.info(request, "该任务当前没有开放的报告期，或已办结。")
    return redirect("tasks:my")


def _card(request: Request, assignment: Assignment, code: str) -> Card | None:
    """The card of that period, of the one opened last without a code; None where the period is not open for it."""
    mine = MyPage(get_own_agency(request.user), clock.today(), visible_plans(request.user))
    duties = mine.duties_of(Q(pk=assignment.pk))
    chosen = [duty for duty in duties if not code or (duty.period and duty.period.code == code)]
    return mine.cards(chosen[:1])[0] if chosen else None


def _done(
    request: Request, assignment: Assignment, period: ReportingPeriod, form: ReportForm, *, is_draft: bool
) -> bool:
    """Does what was asked; False, with the error at its field, when it can't be done."""
    valid = form.is_valid()
    by, at = request.user, clock.now()
    if not valid:
        return False
    last = None
    if form.cleaned_data["is_unchanged"]:
        last = ProgressReport.objects.accepted(at).filter(assignment=assignment).first()
    content = form.content_after(last)
    try:
        if is_draft:
            save_draft(assignment=assignment, period=period, by=by, at=at, fields=form.draft_fields)
        else:
            submit_report(assignment=assignment, period=period, content=content, by=by, at=at)
    except WorkflowError as error:
        form.add_error(error.field, error.message)
        return False
    return True
