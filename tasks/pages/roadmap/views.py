"""路线图 of a plan; and the milestones that its notice's deadlines name, for coordinators to take over."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_plan, get_plan_to_steer, steers
from tasks.http.dating import dated, require_assigned
from tasks.http.request import Request
from tasks.pages.roadmap.filters import RoadmapFilter
from tasks.pages.roadmap.page import LISTED, Roadmap
from tasks.pages.roadmap.questions import (
    agencies_concerned,
    sections_of,
)
from tasks.standing.proposals import proposals_of_plan
from tasks.workflow import WorkflowError, plan_proposed


@require_safe
@dated
def roadmap(request: Request, slug: str) -> HttpResponse:
    """The plan's milestones and due dates over its months, as they stood on that day."""
    as_of = request.as_of
    plan = get_plan(request.user, slug)
    require_assigned(plan, as_of)
    chosen = RoadmapFilter(
        request.GET,
        sections=[(number, title) for number, title in sections_of(plan=plan.pk)],
        agencies=list(agencies_concerned(plan=plan.pk)),
    )
    road = Roadmap(plan, as_of, chosen, request.GET.get("page"))
    context = {"plan": plan, "road": road, "form": chosen, "limit": f":{LISTED}"}
    context |= {"can_propose": steers(request.user, plan) and as_of.is_today}
    return render(request, "tasks/roadmap.html", context)


@takes_forms
def roadmap_propose(request: Request, slug: str) -> HttpResponse:
    """按公文时限生成节点: what is ticked is planned in one deed, and once, however often the form is sent."""
    plan = get_plan_to_steer(request.user, slug)
    error, status, ticked = "", 200, set(request.POST.getlist("proposal"))
    if request.method == "POST":
        try:
            made = plan_proposed(plan=plan, keys=ticked, by=request.user, at=clock.now())
        except WorkflowError as refused:
            error, status = refused.message, 422
        else:
            messages.success(request, f"已按公文时限新增{len(made)}个节点，责任单位已收到通知。")
            return redirect("tasks:roadmap", slug=plan.slug)
    rows = [(each, request.method == "GET" or each.key in ticked) for each in proposals_of_plan(plan)]
    context = {"plan": plan, "rows": rows, "error": error}
    return render(request, "tasks/roadmap_propose.html", context, status=status)
