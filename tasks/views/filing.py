"""我的填报: an agency's own tasks, and its reports, as draft or filed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from qa_plan import clock
from tasks.access import get_assignment_to_file, get_own_agency, visible_plans
from tasks.forms import ReportForm
from tasks.http import Request
from tasks.models import Indicator
from tasks.mypage import Duty, MyPage, forms_for
from tasks.workflow import WorkflowError, save_draft, submit_report


@require_safe
def my(request: Request) -> HttpResponse:
    mine = MyPage(get_own_agency(request.user), clock.today(), visible_plans(request.user))
    page = Paginator(mine.to_do, 20).get_page(request.GET.get("page"))
    return render(request, "tasks/my.html", {"mine": mine, "page": page, "cards": forms_for(page)})


@require_http_methods(["GET", "POST"])
def report_edit(request: Request, pk: int) -> HttpResponse:
    """One report's form by itself; POST keeps a draft or files it."""
    duty = _duty(request, pk)
    if not duty.can_file:
        messages.info(request, "该任务当前没有开放的报告期，或已办结。")
        return redirect("tasks:my")
    if request.method == "GET":
        [(duty, form)] = forms_for([duty])
        return render(request, "tasks/report_edit.html", {"duty": duty, "form": form})
    is_draft = request.POST.get("action") != "submit"
    indicators = list(Indicator.objects.filter(item=duty.assignment.item_id))
    form = ReportForm(request.POST, indicators=indicators, is_draft=is_draft, auto_id=f"id_{pk}_%s")
    if not _done(request, duty, form, is_draft=is_draft):
        template = "tasks/_report_card.html" if request.htmx else "tasks/report_edit.html"
        return render(request, template, {"duty": duty, "form": form}, status=422)
    if request.htmx and is_draft:
        return render(request, "tasks/_report_card.html", {"duty": _duty(request, pk), "form": form, "saved": True})
    messages.success(request, f"{duty.assignment.item.label}{'草稿已保存。' if is_draft else '已报送，等待审核。'}")
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("tasks:my")})
    return redirect(f"{reverse('tasks:my')}#r{pk}" if is_draft else "tasks:my")


def _duty(request: Request, pk: int) -> Duty:
    today = clock.today()
    assignment = get_assignment_to_file(request.user, pk, clock.end_of(today))
    mine = MyPage(assignment.agency, today, visible_plans(request.user))
    return mine.duties_of([assignment])[0]


def _done(request: Request, duty: Duty, form: ReportForm, *, is_draft: bool) -> bool:
    """Does what was asked; False, with the error at its field, when it can't be done."""
    valid = form.is_valid()
    by, at = request.user, clock.now()
    assert duty.period is not None
    if is_draft:
        save_draft(assignment=duty.assignment, period=duty.period, by=by, at=at, fields=form.draft_fields)
        return valid
    if not valid:
        return False
    content = form.content_after(duty.last)
    try:
        submit_report(assignment=duty.assignment, period=duty.period, content=content, by=by, at=at)
    except WorkflowError as error:
        form.add_error(error.field, error.message)
        return False
    return True
