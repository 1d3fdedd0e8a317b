"""Plans, and the notice itself."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.access import get_plan, visible_plans
from tasks.http import Request
from tasks.quotation import notice_pieces
from tasks.views.dating import dated


@require_safe
@dated
def plan_list(request: Request) -> HttpResponse:
    plans = Paginator(visible_plans(request.user).with_counts(), 20).get_page(request.GET.get("page"))
    return render(request, "tasks/plan_list.html", {"page": plans})


@require_safe
@dated
def notice(request: Request, slug: str) -> HttpResponse:
    """The notice as published, each item where it stands."""
    plan = get_plan(request.user, slug)
    return render(request, "tasks/notice.html", {"plan": plan, "pieces": notice_pieces(plan)})
