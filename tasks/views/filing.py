"""我的填报: an agency's own tasks, and its reports, as draft or filed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from qa_plan import clock
from tasks.access import can_file_reports, get_assignment_to_file, require, visible_plans
from tasks.forms import ReportForm
from tasks.models import Indicator
from tasks.mypage import Duty, MyPage, forms_for
from tasks.workflow import WorkflowError, save_draft, submit_report


@require_safe
def my(request: HttpRequest) -> HttpResponse:
    require(can_file_reports(request.user))
    mine = MyPage(request.user.agency, clock.today(), visible_plans(request.user))
    page = Paginator(mine.to_do, 20).get_page(request.GET.get("page"))
    return render(request, "tasks/my.html", {"mine": mine, "page": page, "cards": forms_for(page.object_list)})


@require_http_methods(["GET", "POST"])
def report_edit(request: HttpRequest, pk: int) -> HttpResponse:
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
    response = redirect(f"{reverse('tasks:my')}#r{pk}" if is_draft else reverse("tasks:my"))
    if request.htmx:
        response = HttpResponse(status=204, headers={"HX-Redirect": response.url})
    return response


def _duty(request: HttpRequest, pk: int) -> Duty:
    today = clock.today()
    assignment = get_assignment_to_file(request.user, pk, clock.end_of(today))
    mine = MyPage(request.user.agency, today, visible_plans(request.user))
    return mine.duties_of([assignment])[0]


def _done(request: HttpRequest, duty: Duty, form: ReportForm, *, is_draft: bool) -> bool:
    """Does what was asked; False, with the error at its field, when it can't be done."""
    valid = form.is_valid()
    assert duty.period is not None
    deed = {"assignment": duty.assignment, "period": duty.period, "by": request.user, "at": clock.now()}
    if is_draft:
        save_draft(**deed, fields=form.draft_fields)
        return valid
    if not valid:
        return False
    try:
        submit_report(**deed, content=form.content_after(duty.last))
    except WorkflowError as error:
        form.add_error(error.field, error.message)
        return False
    return True
