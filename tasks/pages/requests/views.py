"""签收 and 申请: what agencies confirm and ask for, and what coordinators decide on it."""

from datetime import datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from agencies.models import User
from qa_plan import clock
from tasks.access import (
    can_steer,
    get_assignment_to_file,
    get_own_agency,
    get_request,
    require,
    visible_plans,
    visible_requests,
)
from tasks.access.offers import askable
from tasks.http.dating import dated
from tasks.http.request import Request, posted
from tasks.models import AgencyRequest, Assignment
from tasks.pages.requests.forms import DecisionForm, RequestForm
from tasks.pages.requests.page import RequestPage, queue, waiting_by_kind
from tasks.rules.asof import AsOf
from tasks.standing.course import Move, open_requests, refusal, state_of_read
from tasks.standing.receipts import Receipts
from tasks.workflow import WorkflowError, acknowledge_all, decide_request, make_request
from tasks.workflow.requests import EXTENSION_RULE


@require_POST
def acknowledge(request: Request) -> HttpResponse:
    """Signs for what was chosen, or for everything that waits; another agency's is refused."""
    agency, today = get_own_agency(request.user), clock.today()
    if "all" in request.POST:
        chosen = [row.assignment for row in Receipts.of(agency, today, visible_plans(request.user)).to_sign]
    else:
        keys = [int(key) for key in request.POST.getlist("assignment") if key.isdecimal()]
        chosen = [get_assignment_to_file(request.user, key, clock.end_of(today)) for key in keys]
    try:
        count = acknowledge_all(assignments=chosen, by=request.user, at=clock.now())
    except WorkflowError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"已签收{count}项任务。" if count else "没有选中待签收的任务。")
    return redirect("tasks:my")


@require_http_methods(["GET", "POST"])
def request_new(request: Request, pk: int) -> HttpResponse:
    """The form for one kind of request; without a kind, for the first that can be made now."""
    today, now = clock.today(), clock.now()
    moment = clock.end_of(today)
    get_assignment_to_file(request.user, pk, moment)
    assignment = (
        Assignment.objects.as_of(moment)
        .with_course(moment)
        .with_due_history(moment)
        .select_related("item__plan", "agency")
        .get(pk=pk)
    )
    kinds = askable(assignment, request.user)
    given = request.POST.get("kind") or request.GET.get("kind") or (kinds[0] if kinds else Move.COMPLETION)
    if given not in AgencyRequest.Kind.values:
        raise Http404
    kind = Move(given)
    form = RequestForm(posted(request), request.FILES or None, kind=kind)
    form.hold(assignment)
    if request.method == "POST":
        made = _asked(form, assignment, request.user, now)
        if made:
            messages.success(request, f"已提交{assignment.item.label}的申请（{kind.label}），等待统筹人员答复。")
            return redirect("tasks:request-detail", pk=made.pk)
    context = {
        "plan": assignment.item.plan,
        "item": assignment.item,
        "assignment": assignment,
        "form": form,
        "kind": kind,
        "kinds": kinds,
        "state": state_of_read(assignment),
        "hindrance": _hindrance(assignment, kind, AsOf(today, today)),
    }
    return render(request, "tasks/request_new.html", context, status=422 if form.errors else 200)


def _asked(form: RequestForm, assignment: Assignment, by: User, at: datetime) -> AgencyRequest | None:
    """The request; None, with the error at its field, when it can't be made. Files are kept in either case."""
    valid = form.is_valid()
    try:
        evidence = form.stored_evidence(by=by, at=at)
        if valid:
            return make_request(assignment=assignment, by=by, at=at, evidence=evidence, **form.content)
    except WorkflowError as error:
        form.add_error(error.field if error.field in form.fields else None, error.message)
    return None


def _hindrance(assignment: Assignment, kind: Move, as_of: AsOf) -> str:
    """Why the request can't be made now, said before anybody types; "" where it can."""
    if kind in open_requests(assignment):
        return "该申请已经提交，正在等待答复。"
    is_lead = assignment.role == Assignment.Role.LEAD
    refused = refusal(state_of_read(assignment), kind, is_lead=is_lead)
    if refused or kind != Move.EXTENSION:
        return refused
    if assignment.due_on is None:
        return "该任务持续推进，没有完成时限，无须延期。"
    if as_of.day > assignment.due_on:
        return f"{EXTENSION_RULE}：该任务时限为{assignment.due_on:%Y-%m-%d}，已经届满，不再受理。"
    return ""


@require_safe
@dated
def request_list(request: Request) -> HttpResponse:
    """Those that wait, the oldest first."""
    require(can_steer(request.user))
    as_of, plans = request.as_of, visible_plans(request.user)
    kind = request.GET.get("kind", "")
    if kind not in ("", *AgencyRequest.Kind.values):
        raise Http404
    page = Paginator(queue(plans, as_of, kind), 20).get_page(request.GET.get("page"))
    context = {"page": page, "kind": kind, "kinds": waiting_by_kind(plans, as_of)}
    return render(request, "tasks/request_list.html", context)


@require_http_methods(["GET", "POST"])
@dated
def request_detail(request: Request, pk: int) -> HttpResponse:
    """What is asked for, to its agency and those who oversee it; coordinators decide."""
    found = get_request(request.user, pk, request.as_of.moment)
    require(request.method != "POST" or can_steer(request.user))
    form = DecisionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            decide_request(request=found, by=request.user, at=clock.now(), **form.content)
        except WorkflowError as error:
            form.add_error(error.field, error.message)
            found = get_request(request.user, pk, request.as_of.moment)
        else:
            answer = "已同意" if form.content["is_granted"] else "已答复不同意"
            assignment = found.assignment
            messages.success(request, f"{answer}{assignment.agency}{assignment.item.label}的申请。")
            return redirect("tasks:request-list")
    page = RequestPage(found, request.as_of)
    context = {
        "plan": found.assignment.item.plan,
        "page": page,
        "form": form,
        "can_decide": page.can_decide(request.user),
        "continuation": page.continuation(visible_requests(request.user)) if page.state is None else None,
    }
    return render(request, "tasks/request_detail.html", context, status=422 if form.errors else 200)
