"""Plans, and the notice itself."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_plan, get_plan_to_steer, how_it_lies, visible_plans
from tasks.http.dating import dated
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.plans.forms import SettingsForm
from tasks.pages.plans.page import grouped, settings_changes
from tasks.standing.quotation import notice_pieces
from tasks.workflow import change_settings


@require_safe
@dated
def plan_list(request: Request) -> HttpResponse:
    """Every plan that the person sees: the own office's, then those above and below it, each the newest first."""
    plans = visible_plans(request.user).listed()
    found = plans.with_counts().annotate(lies=how_it_lies(request.user)).order_by("lies", "-issued_on", "-pk")
    paginator = Paginator(found, 20)
    paginator.count = plans.count()  # of the bare rows, which costs less
    page = paginator.get_page(request.GET.get("page"))
    return render(request, "tasks/plan_list.html", {"page": page, "groups": grouped(page)})


@require_safe
@dated
def notice(request: Request, slug: str) -> HttpResponse:
    """The notice as published, each item where it stands."""
    plan = get_plan(request.user, slug)
    return render(request, "tasks/notice.html", {"plan": plan, "pieces": notice_pieces(plan, clock.now())})


@takes_forms
def plan_settings(request: Request, slug: str) -> HttpResponse:
    """Thresholds and deadlines; they hold from now on."""
    plan = get_plan_to_steer(request.user, slug)
    form = SettingsForm(posted(request), plan=plan)
    if form.is_valid():
        what = {"plan": plan, "by": request.user, "at": clock.now(), **form.content}
        if attempt(form, change_settings, **what):
            messages.success(request, "已调整计划设置，自即日起执行；此前各日的亮灯和应报不变。")
            return redirect("tasks:plan-settings", plan.slug)
    context = {"plan": plan, "form": form, "changes": settings_changes(plan)}
    return form_page(request, "tasks/plan_settings.html", context)
