"""审核: the queue, and one report beside the last accepted one."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from qa_plan import clock
from tasks.access import can_steer, get_report_to_review, require, visible_plans
from tasks.forms import ReviewForm
from tasks.http import Request
from tasks.reviewpage import ReviewPage, queue
from tasks.views.dating import dated
from tasks.workflow import WorkflowError, review_report


@require_safe
@dated
def review_list(request: Request) -> HttpResponse:
    """The queue; the report that waits longest is the first to be shown."""
    require(can_steer(request.user))
    as_of = request.as_of
    first = queue(visible_plans(request.user), as_of.day).first()
    if first is None:
        return render(request, "tasks/review_empty.html")
    return redirect(f"{reverse('tasks:review-detail', args=[first.pk])}{as_of.query}")


@require_http_methods(["GET", "POST"])
@dated
def review_detail(request: Request, pk: int) -> HttpResponse:
    as_of = request.as_of
    report = get_report_to_review(request.user, pk, as_of.moment)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review_report(report=report, by=request.user, at=clock.now(), **form.cleaned_data)
        except WorkflowError as error:
            form.add_error(error.field, error.message)
        else:
            done = "已通过" if form.cleaned_data["verdict"] == "accepted" else "已退回"
            messages.success(request, f"{done}{report.assignment.agency}{report.assignment.item.label}的报告。")
            return redirect("tasks:review-list")
    page = ReviewPage(report, as_of.day)
    if page.is_withdrawn:
        messages.info(request, f"{report.assignment.agency}{report.assignment.item.label}的责任分工已撤回，无须审核。")
        return redirect("tasks:review-list")
    waiting = Paginator(queue(visible_plans(request.user), as_of.day), 20).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "report": report,
        "queue": waiting,
        "form": form,
        "can_review": as_of.is_today and not page.is_replaced,
    }
    return render(request, "tasks/review_detail.html", context, status=422 if form.errors else 200)
