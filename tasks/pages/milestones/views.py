"""节点: one of them with all that happened, and what coordinators and the agency that answers do with it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import (
    get_item,
    get_milestone,
    get_milestone_to_report,
    get_milestone_to_steer,
    get_own_agency,
    require,
    steers,
)
from tasks.http.dating import dated, require_assigned
from tasks.http.evidence_form import attached, is_attaching
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.models import Milestone
from tasks.pages.milestones.forms import MoveForm, NewMilestoneForm, ReportForm, ReviewForm, WithdrawalForm
from tasks.pages.milestones.page import MilestonePage, own_milestones
from tasks.pages.milestones.questions import measures_of_item, parts_of_item
from tasks.rules.asof import AsOf
from tasks.rules.milestones import MilestoneMove, refusal
from tasks.workflow import (
    add_milestone,
    move_milestone,
    report_milestone,
    review_milestone,
    withdraw_milestone,
)

FORM = "tasks/milestone_form.html"
PER_PAGE = 50


@require_safe
@dated
def milestone_detail(request: Request, pk: int) -> HttpResponse:
    """The milestone as it stood on that day."""
    milestone = get_milestone(request.user, pk, request.as_of.moment)
    require_assigned(milestone.item.plan, request.as_of)
    page = MilestonePage(milestone, request.as_of, request.user)
    context = {"plan": milestone.item.plan, "item": milestone.item, "milestone": milestone, "page": page}
    return render(request, "tasks/milestone_detail.html", context)


@require_safe
@dated
def my_milestones(request: Request) -> HttpResponse:
    """What the agency has yet to report done; as a part of 我的填报 where that page asks for it."""
    get_own_agency(request.user)
    page = Paginator(own_milestones(request.user, request.as_of), PER_PAGE).get_page(request.GET.get("page"))
    template = "tasks/_my_milestones.html" if request.htmx else "tasks/my_milestones.html"
    return render(request, template, {"page": page, "can_report": request.as_of.is_today})


@takes_forms
def milestone_new(request: Request, slug: str, number: int) -> HttpResponse:
    """One more milestone of the item, by a coordinator."""
    moment = clock.end_of(clock.today())
    item = get_item(request.user, slug, number, moment)
    require(steers(request.user, item.plan))
    form = NewMilestoneForm(posted(request), assignments=parts_of_item(item, moment), measures=measures_of_item(item))
    if form.is_valid():
        made = attempt(form, add_milestone, item=item, by=request.user, at=clock.now(), **form.content)
        if made:
            messages.success(request, f"已为{item.label}新增节点“{made.name}”，责任单位已收到通知。")
            return redirect(f"{item.get_absolute_url()}#milestones")
    return form_page(request, "tasks/milestone_new.html", {"plan": item.plan, "item": item, "form": form})


@takes_forms
def milestone_move(request: Request, pk: int) -> HttpResponse:
    """改期, with its reason; the old place stays visible."""
    return _steered(request, pk, MoveForm, move_milestone, MilestoneMove.MOVE, "改期", "已改期，原日期和原因留存。")


@takes_forms
def milestone_withdraw(request: Request, pk: int) -> HttpResponse:
    """撤销, with its reason."""
    done = "已撤销，原计划和原因留存。"
    return _steered(request, pk, WithdrawalForm, withdraw_milestone, MilestoneMove.WITHDRAW, "撤销节点", done)


@takes_forms
def milestone_review(request: Request, pk: int) -> HttpResponse:
    """确认 what was reported done, or 退回."""
    return _steered(
        request,
        pk,
        ReviewForm,
        review_milestone,
        MilestoneMove.SEND_BACK,
        "确认节点完成",
        "已答复，责任单位已收到通知。",
    )


def _steered(
    request: Request,
    pk: int,
    form_class: type[Any],
    deed: Callable[..., Any],
    move: MilestoneMove,
    title: str,
    done: str,
) -> HttpResponse:
    milestone = get_milestone_to_steer(request.user, pk, clock.end_of(clock.today()))
    page = _page_of(request, milestone)
    form: forms.Form = form_class(posted(request), initial={"basis": page.basis})
    if form.is_valid():
        what = {"milestone": milestone, "by": request.user, "at": clock.now(), **form.content}  # type: ignore[attr-defined]
        if attempt(form, deed, **what):
            messages.success(request, f"{milestone.item.label}节点“{milestone.name}”{done}")
            return redirect(milestone)
    return _form(request, milestone, page, form, move, title)


@takes_forms
def milestone_report(request: Request, pk: int) -> HttpResponse:
    """报完成, with proof, by the agency that answers."""
    now = clock.now()
    milestone, assignment = get_milestone_to_report(request.user, pk, clock.end_of(clock.today()))
    page = _page_of(request, milestone)
    form = ReportForm(posted(request), request.FILES or None, initial={"basis": page.basis, "done_on": clock.today()})
    form.hold(assignment)
    if is_attaching(request):
        return attached(request, form, by=request.user, at=now)
    if request.method == "POST":
        form.is_valid()
        evidence = attempt(form, form.stored_evidence, by=request.user, at=now)
        if form.is_valid():
            what = {"milestone": milestone, "assignment": assignment, "by": request.user, "at": now}
            if attempt(form, report_milestone, evidence=evidence, **what, **form.content):
                messages.success(request, f"已报“{milestone.name}”完成，等待统筹人员确认。")
                return redirect(milestone)
    return _form(request, milestone, page, form, MilestoneMove.REPORT, "报节点完成")


def _page_of(request: Request, milestone: Milestone) -> MilestonePage:
    today = clock.today()
    return MilestonePage(milestone, AsOf(today, today), request.user)


def _form(
    request: Request, milestone: Milestone, page: MilestonePage, form: forms.Form, move: MilestoneMove, title: str
) -> HttpResponse:
    """The form beside the milestone as it stands; what can't be done with it now is said in its place."""
    hindrance = "" if form.errors else refusal(page.standing.state, move)
    context = {"plan": milestone.item.plan, "item": milestone.item, "milestone": milestone, "page": page}
    context |= {"form": form, "title": title, "hindrance": hindrance, "move": move}
    return form_page(request, FORM, context)
