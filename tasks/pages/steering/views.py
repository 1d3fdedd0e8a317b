"""调整责任单位: what is chosen, then what would come of it, then the deed; of one item or of many at once."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from agencies.confirming import asks_again
from qa_plan import clock
from qa_plan.addresses import key_in
from qa_plan.methods import takes_forms
from tasks.access import get_item, get_plan_to_steer, get_planned_steering, require, steers
from tasks.http.dating import dated
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.http.selection import named
from tasks.models import ActionItem, Plan
from tasks.pages.steering.forms import DO, ItemSteeringForm, ManySteeringForm, SteeringForm, TakingBackForm
from tasks.pages.steering.questions import agency_choices, items_with_due_dates, items_without_lead, parts_named
from tasks.standing.planned_steering import end_by, lines_of, steps_of, waiting_notes
from tasks.standing.reshaping import became
from tasks.standing.steering import Step
from tasks.standing.steering_outcome import Outcome
from tasks.workflow import plan_steering, steer, take_back_steering
from tasks.workflow.planned_steering import check_planned
from tasks.workflow.steering import check

OTHERWISE = "选择或生效日与核对时不同，请重新核对后再确认。"
PER_PAGE = 200  # assignments on one form


@takes_forms
@asks_again()
def item_steer(request: Request, slug: str, number: int) -> HttpResponse:
    """Who answers for one item: what there is and what becomes of it."""
    item = get_item(request.user, slug, number, clock.end_of(clock.today()))
    require(steers(request.user, item.plan))
    if item.ended_at is not None:
        context = {"plan": item.plan, "item": item, "what": "调整责任单位", "lines": became(item)}
        return render(request, "tasks/item_ended.html", context, status=409)
    sent = posted(request)
    mentioned = [key for name in sent or () if name.startswith(DO) and (key := key_in(name.removeprefix(DO)))]
    present = item.assignments.filter(ended_at__isnull=True).values_list("pk", flat=True)
    parts = sorted(parts_named(item.plan, [*mentioned, *present]), key=lambda part: part.role != "lead")
    form = ItemSteeringForm(sent, item=item, parts=parts, agencies=agency_choices(item.plan), today=clock.today())
    preview = None
    if form.is_valid():
        preview, is_done = _preview_or_deed(request, form, form.steps, item.plan, [item])
        if is_done:
            messages.success(request, _told(form, item.label))
            return redirect(item)
    waiting = waiting_notes(item, clock.end_of(clock.today()))
    context = {"plan": item.plan, "item": item, "form": form, "preview": preview, "waiting": waiting}
    return form_page(request, "tasks/item_steer.html", context)


@takes_forms
@asks_again()
def plan_steer(request: Request, slug: str) -> HttpResponse:
    """The same for many, as the ledgers name them: `?assignment=3&assignment=4`, `?item=3`; or all of an `agency`."""
    plan = get_plan_to_steer(request.user, slug)
    keys, numbers = _named(request, "assignment"), _named(request, "item")
    agency = key_in(request.GET.get("agency", ""))
    page = Paginator(parts_named(plan, keys, agency, numbers), PER_PAGE).get_page(request.GET.get("page"))
    parts = list(page)
    if page.has_other_pages() and request.method == "POST":  # what was ticked stays, though others moved its page
        shown = {part.pk for part in parts}
        parts += [part for part in parts_named(plan, keys) if part.pk not in shown]
    bare = list(items_without_lead(plan, numbers))
    ticked = [part.pk for part in parts if part.pk in keys or part.item.number in numbers]
    initial = {"assignment": ticked, "item": numbers}
    form = ManySteeringForm(
        posted(request), parts=parts, bare=bare, agencies=agency_choices(plan), initial=initial, today=clock.today()
    )
    preview = None
    if form.is_valid():
        items = items_with_due_dates(plan, form.items, clock.end_of(clock.today()))
        preview, is_done = _preview_or_deed(request, form, form.steps, plan, items)
        if is_done:
            messages.success(request, _told(form, f"{len(items)}项任务"))
            return redirect(reverse("tasks:assignment-list", args=[plan.slug]))
    pages = page.paginator.get_elided_page_range(page.number)
    context = {
        "plan": plan,
        "parts": parts,
        "bare": bare,
        "form": form,
        "preview": preview,
        "page": page,
        "pages": pages,
    }
    return form_page(request, "tasks/plan_steer.html", context)


def _told(form: SteeringForm, what: str) -> str:
    if day := form.later_day:
        return f"已登记{what}的责任调整，{day:%Y-%m-%d}生效，此前照旧；有关单位已收到消息。"
    return f"已调整{what}的责任单位，有关单位已收到消息。"


@takes_forms
@dated
def planned_steering(request: Request, pk: int) -> HttpResponse:
    """What was decided for a later day, and what became of it; coordinators take back what still waits."""
    moment = request.as_of.moment
    planned = get_planned_steering(request.user, pk, moment)
    require(request.method != "POST" or steers(request.user, planned.plan))
    form = TakingBackForm(posted(request))
    if form.is_valid():
        what = {"planned": planned, "reason": form.cleaned_data["reason"], "by": request.user, "at": clock.now()}
        attempt(form, take_back_steering, **what)
    if form.is_valid():
        messages.success(request, "已撤回，责任单位维持现状；有关单位已收到消息。")
        return redirect("tasks:planned-steering", pk=planned.pk)
    lines, end = lines_of(steps_of(planned)), end_by(planned, moment)
    can_take_back = steers(request.user, planned.plan) and request.as_of.is_today and end is None
    context = {"plan": planned.plan, "planned": planned, "lines": lines, "end": end, "form": form}
    return form_page(request, "tasks/planned_steering.html", context | {"can_take_back": can_take_back})


def _named(request: Request, what: str) -> list[int]:
    """The keys in the address and in what was sent: what was unticked stays on the page."""
    return [*named(request.GET, what), *named(request.POST, what)]


def _preview_or_deed(
    request: Request, form: SteeringForm, steps: Sequence[Step], plan: Plan, items: Sequence[ActionItem]
) -> tuple[Outcome | None, bool]:
    """What would come of it, and whether it was confirmed and is done. Refused, the page shows what there is now."""
    today, later = clock.today(), form.later_day
    chosen = _chosen(steps, later)
    if request.POST.get("action") == "confirm":
        typed = form.cleaned_data
        basis, _, seen = typed["basis"].partition("-")
        what = {"steps": steps, "reason": typed["reason"], "basis": basis}
        what |= {"by": request.user, "at": clock.now()}
        if seen != chosen:
            form.add_error(None, OTHERWISE)
        elif later:
            attempt(form, plan_steering, effective_on=later, **what)
        else:
            attempt(form, steer, **what)
        if form.is_valid():
            return None, True
    outcome = Outcome(plan, items, steps, later or today, clock.end_of(today))
    outcome.token = f"{outcome.basis}-{chosen}"
    if form.is_valid():
        attempt(form, check, steps=outcome.steps, by_key=outcome.by_key)
    if form.is_valid() and later:
        attempt(form, check_planned, steps=outcome.steps, parts=outcome.by_key, at=clock.now())
    return (outcome if outcome.steps and _is_possible(outcome) else None), False


def _chosen(steps: Sequence[Step], later: date | None) -> str:
    """Stands for what was chosen and the day: what is confirmed is what was shown."""
    return sha256(repr((steps, later)).encode()).hexdigest()[:16]


def _is_possible(outcome: Outcome) -> bool:
    return all(step.part is None or step.part in outcome.by_key for step in outcome.steps)
