"""调整责任单位: what is chosen, then what would come of it, then the deed; of one item or of many at once."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from qa_plan import clock
from qa_plan.addresses import key_in
from tasks.access import can_steer, get_item, get_plan_to_steer, require
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.models import ActionItem, Plan
from tasks.pages.steering.forms import DO, ItemSteeringForm, ManySteeringForm, SteeringForm
from tasks.pages.steering.questions import agency_choices, items_with_due_dates, items_without_lead, parts_named
from tasks.standing.steering import Step
from tasks.standing.steering_outcome import Outcome
from tasks.workflow import steer
from tasks.workflow.steering import check

MOST = 200  # assignments on one form


@require_http_methods(["GET", "POST"])
def item_steer(request: Request, slug: str, number: int) -> HttpResponse:
    """Who answers for one item: what there is and what becomes of it."""
    item = get_item(request.user, slug, number, clock.end_of(clock.today()))
    require(can_steer(request.user))
    sent = posted(request)
    named = [key for name in sent or () if name.startswith(DO) and (key := key_in(name.removeprefix(DO)))]
    present = item.assignments.filter(ended_at__isnull=True).values_list("pk", flat=True)
    parts = sorted(parts_named(item.plan, [*named, *present]), key=lambda part: part.role != "lead")
    form = ItemSteeringForm(sent, item=item, parts=parts, agencies=agency_choices())
    preview = None
    if form.is_valid():
        preview, is_done = _preview_or_deed(request, form, form.steps, item.plan, [item])
        if is_done:
            messages.success(request, f"已调整{item.label}的责任单位，有关单位已收到消息。")
            return redirect(item)
    context = {"plan": item.plan, "item": item, "form": form, "preview": preview}
    return form_page(request, "tasks/item_steer.html", context)


@require_http_methods(["GET", "POST"])
def plan_steer(request: Request, slug: str) -> HttpResponse:
    """The same for many, as the ledgers name them: `?assignment=3&assignment=4`, `?item=3`; or all of an `agency`."""
    plan = get_plan_to_steer(request.user, slug)
    keys, numbers = _named(request, "assignment"), _named(request, "item")
    agency = key_in(request.GET.get("agency", ""))
    parts = list(parts_named(plan, keys, agency, numbers)[:MOST])
    bare = list(items_without_lead(plan, numbers)[:MOST])
    ticked = [part.pk for part in parts if part.pk in keys or part.item.number in numbers]
    initial = {"assignment": ticked, "item": numbers}
    form = ManySteeringForm(posted(request), parts=parts, bare=bare, agencies=agency_choices(), initial=initial)
    preview = None
    if form.is_valid():
        items = items_with_due_dates(plan, form.items, clock.end_of(clock.today()))
        preview, is_done = _preview_or_deed(request, form, form.steps, plan, items)
        if is_done:
            messages.success(request, f"已调整{len(items)}项任务的责任单位，有关单位已收到消息。")
            return redirect(reverse("tasks:assignment-list", args=[plan.slug]))
    context = {"plan": plan, "parts": parts, "bare": bare, "form": form, "preview": preview}
    return form_page(request, "tasks/plan_steer.html", context)


def _named(request: Request, what: str) -> list[int]:
    """The keys in the address and in what was sent: what was unticked stays on the page."""
    named = [*request.GET.getlist(what), *request.POST.getlist(what)]
    return [key for text in named if (key := key_in(text)) is not None]


def _preview_or_deed(
    request: Request, form: SteeringForm, steps: Sequence[Step], plan: Plan, items: Sequence[ActionItem]
) -> tuple[Outcome | None, bool]:
    """What would come of it, and whether it was confirmed and is done. Refused, the page shows what there is now."""
    today = clock.today()
    if request.POST.get("action") == "confirm":
        typed = form.cleaned_data
        what = {"steps": steps, "reason": typed["reason"], "basis": typed["basis"]}
        attempt(form, steer, **what, by=request.user, at=clock.now())
        if form.is_valid():
            return None, True
    outcome = Outcome(plan, items, steps, today, clock.end_of(today))
    if form.is_valid():
        attempt(form, check, steps=outcome.steps, by_key=outcome.by_key)
    return (outcome if outcome.steps and _is_possible(outcome) else None), False


def _is_possible(outcome: Outcome) -> bool:
    return all(step.part is None or step.part in outcome.by_key for step in outcome.steps)
