"""One item: the notice's words, who answers for it, how it stands, why, and what happened."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from qa_plan import clock
from tasks.access import can_steer, get_assignment_to_steer, get_item, require
from tasks.access.offers import closings, offers
from tasks.http.dating import dated, require_assigned
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.pages.items.forms import AmendForm, ClosureForm, WeightsForm
from tasks.pages.items.page import ItemPage
from tasks.pages.items.questions import leads_to_weigh, revisions_of, weight_revision_count
from tasks.pages.items.timeline import entries, events
from tasks.workflow import amend_item, close_assignment, weigh

TIMELINE_LENGTH = 300  # several years of an item; the page says so where it leaves something out


@require_safe
@dated
def item_detail(request: Request, slug: str, number: int) -> HttpResponse:
    """The item as it stood on that day."""
    as_of = request.as_of
    item = get_item(request.user, slug, number, as_of.moment)
    require_assigned(item.plan, as_of)
    page = ItemPage(item, as_of)
    facts = events(item, as_of.moment, TIMELINE_LENGTH)
    context = {
        "plan": item.plan,
        "item": item,
        "page": page,
        "indicators": page.indicators,
        "margin": page.plan.behind_margin,
        "timeline": entries(facts, page.light_changes, viewer=request.user, periods=page.periods),
        "is_cut": len(facts) == TIMELINE_LENGTH,
        "can_amend": can_steer(request.user) and as_of.is_today,
        "milestone_moves": page.moves(request.user),
        "offers": offers(page.assignments, request.user, as_of),
    }
    return render(request, "tasks/item_detail.html", context)


@require_http_methods(["GET", "POST"])
def item_amend(request: Request, slug: str, number: int) -> HttpResponse:
    """A new due date, with its reason; the original stays visible."""
    item = get_item(request.user, slug, number, clock.end_of(clock.today()))
    require(can_steer(request.user))
    revisions = list(revisions_of(item))
    form = AmendForm(posted(request), initial={"due_on": item.due_on, "basis": len(revisions)})
    if form.is_valid():
        what = {"item": item, "by": request.user, "at": clock.now(), **form.cleaned_data}
        if attempt(form, amend_item, **what):
            messages.success(request, f"已调整{item.label}的完成时限，原时限和原因留存。")
            return redirect(item)
    context = {"plan": item.plan, "item": item, "form": form, "revisions": revisions}
    return form_page(request, "tasks/item_amend.html", context)


@require_http_methods(["GET", "POST"])
def item_weights(request: Request, slug: str, number: int) -> HttpResponse:
    """How much each lead counts in the item's mean, from now on."""
    moment = clock.end_of(clock.today())
    item = get_item(request.user, slug, number, moment)
    require(can_steer(request.user))
    form = WeightsForm(posted(request), leads=leads_to_weigh(item, moment), basis=weight_revision_count(item))
    if form.is_valid():
        attempt(form, weigh, item=item, by=request.user, at=clock.now(), **form.content)
    if form.is_valid():
        messages.success(request, f"已调整{item.label}各负责单位的权重，自即日起计算；此前各日的进度不变。")
        return redirect(item)
    return form_page(request, "tasks/item_weights.html", {"plan": item.plan, "item": item, "form": form})


@require_http_methods(["GET", "POST"])
def assignment_close(request: Request, pk: int) -> HttpResponse:
    """办结销号、中止、撤销 or 恢复办理 of one assignment, by a coordinator, with its reason."""
    assignment = get_assignment_to_steer(request.user, pk, clock.end_of(clock.today()))
    form = ClosureForm(posted(request), initial={"kind": request.GET.get("kind", "")})
    if form.is_valid():
        what = {"assignment": assignment, "by": request.user, "at": clock.now(), **form.cleaned_data}
        if closure := attempt(form, close_assignment, **what):
            messages.success(request, f"{assignment.agency}{assignment.item.label}：{closure.get_kind_display()}。")
            return redirect(assignment.item)
    context = {
        "plan": assignment.item.plan,
        "item": assignment.item,
        "assignment": assignment,
        "form": form,
        "kinds": closings(assignment, request.user),
    }
    return form_page(request, "tasks/assignment_close.html", context)
