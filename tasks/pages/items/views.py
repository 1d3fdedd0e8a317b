"""One item: the notice's words, who answers for it, how it stands, why, and what happened; and new dates for many."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from agencies.confirming import asks_again
from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import get_assignment_to_steer, get_item, get_plan_to_steer, instructs, require, steers
from tasks.access.offers import closings, offers
from tasks.http.dating import dated, require_assigned
from tasks.http.fields import Form
from tasks.http.forms import attempt, form_page, refuse
from tasks.http.request import Request, posted
from tasks.http.selection import named
from tasks.models import ActionItem, Plan
from tasks.models.existence import exists
from tasks.pages.items.closing import ClosingPreview, close_as_shown
from tasks.pages.items.dates import DatePreview, redate_item, redate_items
from tasks.pages.items.forms import AmendForm, ClosureForm, ItemClosureForm, RedateForm, WeightsForm
from tasks.pages.items.page import ItemPage
from tasks.pages.items.questions import (
    closure_count,
    duty_of,
    leads_to_weigh,
    numbers_of_items,
    plans_made,
    revisions_of,
    weight_revision_count,
)
from tasks.pages.items.suspending import ItemClosing
from tasks.pages.items.timeline import entries, events, planned_in
from tasks.rules.asof import AsOf
from tasks.standing.redating import items_to_redate
from tasks.standing.reshaping import became, came_from, is_untouched_since
from tasks.workflow import WorkflowError, check_closing, close_item, weigh
from tasks.workflow.course import evidence_on_record
from tasks.workflow.item_course import KINDS
from tasks.workflow.responsibility import TOO_EARLY

TIMELINE_LENGTH = 300  # several years of an item; the page says so where it leaves something out


@require_safe
@dated
def item_detail(request: Request, slug: str, number: int) -> HttpResponse:
    """The item as it stood on that day."""
    as_of = request.as_of
    item = get_item(request.user, slug, number, as_of.moment)
    require_assigned(item.plan, as_of)
    if not exists(item, as_of.moment):
        return _item_elsewhere(request, item)
    page = ItemPage(item, as_of)
    facts = events(item, as_of.moment, TIMELINE_LENGTH)
    duty = None if item.is_listed else duty_of(item)
    made = plans_made(request.user, duty, as_of.moment) if duty else {}
    told: dict[str, Any] = {"plan": item.plan, "viewer": request.user, "periods": page.periods, "made": made}
    context = {
        "plan": item.plan,
        "item": item,
        "page": page,
        "duty": duty,
        "has_to_cover": list(duty.items.order_by("place").defer("text")) if duty else [],
        "indicators": page.indicators,
        "margin": page.plan.behind_margin,
        "timeline": entries(facts, page.light_changes, **told),
        "is_cut": len(facts) == TIMELINE_LENGTH,
        "planned": planned_in(facts),
        "can_amend": steers(request.user, item.plan) and as_of.is_today,
        "may_instruct": instructs(request.user, item.plan) and as_of.is_today,
        "milestone_moves": page.moves(request.user),
        "offers": offers(page.assignments, request.user, as_of),
        "origins": came_from(item) if item.began_at else [],
    }
    return render(request, "tasks/item_detail.html", context)


def _item_elsewhere(request: Request, item: ActionItem) -> HttpResponse:
    """On a day before it was made, or after it was split or merged: where it is to be found, and its words."""
    as_of = request.as_of
    is_past = item.ended_at is not None and item.ended_at <= as_of.moment
    lines = became(item) if is_past else came_from(item)
    page = ItemPage(item, as_of)
    facts = events(item, as_of.moment, TIMELINE_LENGTH) if is_past else []
    context = {
        "plan": item.plan,
        "item": item,
        "page": page,
        "lines": lines,
        "is_past": is_past,
        "may_go_back": is_past
        and as_of.is_today
        and steers(request.user, item.plan)
        and is_untouched_since(lines, as_of.moment),
        "change": lines[0].reshaping,
        "last_day": timezone.localdate(lines[0].reshaping.recorded_at) - timedelta(days=1),
        "timeline": entries(
            facts, page.light_changes if is_past else [], plan=item.plan, viewer=request.user, periods=page.periods
        ),
    }
    return render(request, "tasks/item_elsewhere.html", context)


@takes_forms
def item_amend(request: Request, slug: str, number: int) -> HttpResponse:
    """A new due date, with its reason: first what it turns, then the deed. The original stays visible."""
    today, sent = clock.today(), posted(request)
    item = get_item(request.user, slug, number, clock.end_of(today))
    require(steers(request.user, item.plan))
    revisions, preview = list(revisions_of(item)), None
    form = AmendForm(sent, initial={"due_on": item.due_on, "basis": len(revisions)})
    if sent is not None and form.is_valid():
        typed = form.cleaned_data
        preview = _preview(item.plan, [number], typed["due_on"], today)
        what: dict[str, Any] = {name: typed[name] for name in ("reason", "wording", "basis")}
        what |= {"preview": preview, "token": sent.get("token", ""), "by": request.user, "at": clock.now()}
        if not preview.items:
            form.add_error(None, f"{item.label}已拆分或合并，请在其后的任务中调整。")
            preview = None
        made = attempt(form, redate_item, **what) if preview and sent.get("action") == "confirm" else None
        if made:
            messages.success(request, f"已调整{item.label}的完成时限，原时限和原因留存。")
            return redirect(item)
        _refuse_before(form, item.plan)
    context = {"plan": item.plan, "item": item, "form": form, "revisions": revisions, "preview": preview}
    return form_page(request, "tasks/item_amend.html", context)


def _refuse_before(form: Form, plan: Plan) -> None:
    """Says what the deed would say of a date before the notice, before there is anything to confirm."""
    day = form.cleaned_data.get("due_on")
    if day is not None and day < plan.issued_on and not form.has_error("due_on"):
        form.add_error("due_on", TOO_EARLY)


def _preview(plan: Plan, numbers: Collection[int], due_on: date | None, today: date) -> DatePreview:
    as_of = AsOf(today, today)
    return DatePreview(plan, list(items_to_redate(plan, numbers, as_of)), due_on, as_of)


@takes_forms
def item_dates(request: Request, slug: str) -> HttpResponse:
    """One due date for the items that were ticked in the ledger: first what it turns, then one deed for all."""
    plan, sent, today = get_plan_to_steer(request.user, slug), posted(request), clock.today()
    asked = request.GET if sent is None else sent
    numbers = [*named(asked, "item"), *numbers_of_items(plan, named(asked, "assignment"))]
    preview = _preview(plan, numbers, None, today)
    form = RedateForm(sent)
    shown = False
    if sent is not None and form.is_valid():
        typed = form.cleaned_data
        preview.due_on, shown = typed["due_on"], bool(preview.items)
        what = {"preview": preview, "token": sent.get("token", ""), "by": request.user, "at": clock.now()}
        what |= {name: typed[name] for name in ("reason", "basis")}
        if not preview.items:
            form.add_error(None, "请选择要调整的任务。")
        elif sent.get("action") == "confirm" and (made := attempt(form, redate_items, **what)):
            messages.success(request, f"已调整{len(made)}项任务的完成时限，原时限和原因留存。")
            return redirect("tasks:item-list", slug)
        _refuse_before(form, plan)
    context = {"plan": plan, "form": form, "items": preview.items, "basis": preview.basis}
    context |= {"preview": preview if shown else None}
    return form_page(request, "tasks/item_dates.html", context)


@takes_forms
def item_weights(request: Request, slug: str, number: int) -> HttpResponse:
    """How much each lead counts in the item's mean, from now on."""
    moment = clock.end_of(clock.today())
    item = get_item(request.user, slug, number, moment)
    require(steers(request.user, item.plan))
    form = WeightsForm(posted(request), leads=leads_to_weigh(item, moment), basis=weight_revision_count(item))
    if form.is_valid():
        attempt(form, weigh, item=item, by=request.user, at=clock.now(), **form.content)
    if form.is_valid():
        messages.success(request, f"已调整{item.label}各负责单位的权重，自即日起计算；此前各日的进度不变。")
        return redirect(item)
    return form_page(request, "tasks/item_weights.html", {"plan": item.plan, "item": item, "form": form})


def _may_be_closed(form: ClosureForm, preview: ClosingPreview, now: datetime) -> bool:
    """Says what the deed would say, before there is anything to confirm."""
    said = {name: form.content.get(name, "") for name in ("reason", "unproven")}
    try:
        check_closing(assignment=preview.assignment, kind=preview.kind, at=now, **said)
    except WorkflowError as error:
        if not form.errors:
            refuse(form, error)
        return False
    return True


@takes_forms
@asks_again()
def assignment_close(request: Request, pk: int) -> HttpResponse:
    """办结销号、中止、撤销 or 恢复办理 of one assignment, with its reason: first what comes of it, then the deed."""
    assignment = get_assignment_to_steer(request.user, pk, clock.end_of(clock.today()))
    now, sent = clock.now(), posted(request)
    evidence = evidence_on_record(assignment, now)
    initial = {"kind": request.GET.get("kind", ""), "basis": closure_count(assignment)}
    form = ClosureForm(sent, initial=initial, is_proven=bool(evidence))
    preview = None
    if sent is not None and form.is_valid():
        typed = form.content
        preview = ClosingPreview(assignment, typed.pop("kind"), clock.end_of(clock.today()), clock.today())
        what = {"preview": preview, "token": sent.get("token", ""), "by": request.user, "at": now, **typed}
        closure = attempt(form, close_as_shown, **what) if sent.get("action") == "confirm" else None
        if closure:
            messages.success(request, f"{assignment.agency}{assignment.item.label}：{closure.get_kind_display()}。")
            return redirect(assignment.item)
        preview = preview if _may_be_closed(form, preview, now) else None
    context = {
        "plan": assignment.item.plan,
        "item": assignment.item,
        "assignment": assignment,
        "form": form,
        "kinds": closings(assignment, request.user),
        "evidence": evidence,
        "preview": preview,
    }
    return form_page(request, "tasks/assignment_close.html", context)


@takes_forms
@asks_again()
def item_suspend(request: Request, slug: str, number: int) -> HttpResponse:
    """中止 of everything that runs of an item, or 恢复办理: first what comes of it, then one deed."""
    today, sent = clock.today(), posted(request)
    item = get_item(request.user, slug, number, clock.end_of(today))
    require(steers(request.user, item.plan))
    form = ItemClosureForm(sent)
    kind = form.cleaned_data["kind"] if form.is_valid() else KINDS[0]
    preview = ItemClosing(item, kind, clock.end_of(today), today)
    if form.is_valid() and sent is not None and sent.get("action") == "confirm":
        what = {name: form.cleaned_data[name] for name in ("kind", "reason", "basis")}
        if done := attempt(form, close_item, item=item, by=request.user, at=clock.now(), **what):
            messages.success(request, f"{item.label}{preview.word}：{len(done)}家单位，已逐家记录并通知。")
            return redirect(item)
    elif form.is_valid() and not preview.chosen:
        form.add_error("kind", f"没有可以{preview.word}的责任分工。")
    shown = preview if sent is not None and preview.chosen and not form.errors.keys() - {"__all__"} else None
    context = {"plan": item.plan, "item": item, "form": form, "kinds": preview.kinds, "preview": shown}
    return form_page(request, "tasks/item_suspend.html", context)
