"""签收 and 申请: what agencies confirm and ask for, and what coordinators decide on it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from agencies.models import User
from qa_plan import clock
from qa_plan.addresses import key_in
from qa_plan.methods import takes_forms
from tasks.access import (
    can_file_reports,
    can_steer,
    get_assignment_to_file,
    get_own_agency,
    get_request,
    home_plans,
    plans_with_parts,
    require,
    steers,
    visible_requests,
)
from tasks.access.offers import askable
from tasks.http.dating import dated
from tasks.http.evidence_form import attached, is_attaching
from tasks.http.forms import attempt, form_page
from tasks.http.request import Request, posted
from tasks.models import AgencyRequest, Assignment
from tasks.pages.requests.filters import TURNS
from tasks.pages.requests.forms import DecisionForm, RequestForm
from tasks.pages.requests.page import RequestList, RequestPage, hindrance_of, own_request, own_requests
from tasks.pages.requests.questions import agencies_instead_of, assignment_to_ask_for, measures_of
from tasks.rules.contradictions import of_completion
from tasks.standing.course import Move, state_of_read
from tasks.standing.receipts import Receipts
from tasks.workflow import WorkflowError, acknowledge_all, decide_request, make_request, withdraw_request


@require_POST
def acknowledge(request: Request) -> HttpResponse:
    """Signs for what was chosen, or for everything that waits; another agency's is refused."""
    agency, today = get_own_agency(request.user), clock.today()
    if "all" in request.POST:
        chosen = [row.assignment for row in Receipts.of(agency, today, plans_with_parts(request.user)).to_sign]
    else:
        keys = [key for text in request.POST.getlist("assignment") if (key := key_in(text)) is not None]
        chosen = [get_assignment_to_file(request.user, key, clock.end_of(today)) for key in keys]
    try:
        count = acknowledge_all(assignments=chosen, by=request.user, at=clock.now())
    except WorkflowError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, f"已签收{count}项任务。" if count else "没有选中待签收的任务。")
    return redirect("tasks:my")


@takes_forms
def request_new(request: Request, pk: int) -> HttpResponse:
    """The form for one kind of request; without a kind, for the first that can be made now."""
    today, now = clock.today(), clock.now()
    get_assignment_to_file(request.user, pk, clock.end_of(today))
    assignment = assignment_to_ask_for(pk, clock.end_of(today))
    kinds = askable(assignment, request.user)
    kind = _kind(request.POST.get("kind") or request.GET.get("kind"), kinds)
    measures = measures_of(assignment) if kind == Move.MILESTONE else ()
    form = RequestForm(posted(request), request.FILES or None, kind=kind, agency=assignment.agency, measures=measures)
    form.hold(assignment)
    if is_attaching(request):
        return attached(request, form, by=request.user, at=now)
    if request.method == "POST" and (made := _made(form, assignment, request.user, now)):
        messages.success(request, f"已提交{assignment.item.label}的{kind.label}，等待统筹人员答复。")
        return redirect("tasks:request-detail", pk=made.pk)
    item, state, hindrance = assignment.item, state_of_read(assignment), hindrance_of(assignment, kind, today)
    context = {"plan": item.plan, "item": item, "assignment": assignment, "state": state, "hindrance": hindrance}
    context |= {"form": form, "kind": kind, "kinds": kinds, "pointed_out": _pointed_out(assignment, kind)}
    return form_page(request, "tasks/request_new.html", context)


def _pointed_out(assignment: Assignment, kind: Move) -> str:
    """What speaks against the request as things stand; made all the same by pressing again."""
    is_completion = kind == Move.COMPLETION
    return of_completion(getattr(assignment, "accepted_percent", None)) if is_completion else ""


def _kind(asked: str | None, kinds: Sequence[Move]) -> Move:
    """404 for an address that nothing on the site leads to."""
    kind = asked or (kinds[0] if kinds else Move.COMPLETION)
    if kind not in AgencyRequest.Kind.values:
        raise Http404
    return Move(kind)


def _made(form: RequestForm, assignment: Assignment, by: User, at: datetime) -> AgencyRequest | None:
    """The request; None, with the error at its field, when it can't be made. Files are kept in either case."""
    form.is_valid()
    said = _pointed_out(assignment, Move(form.asked_kind))
    if said and form.is_valid() and form.data.get("meant") != said:
        form.add_error(None, f"{said}确需现在办结的，请在理由中说明，再按一次提交。")
    evidence = attempt(form, form.stored_evidence, by=by, at=at)
    if not form.is_valid():
        return None
    return attempt(form, make_request, assignment=assignment, by=by, at=at, evidence=evidence, **form.content)


@require_safe
@dated
def request_list(request: Request) -> HttpResponse:
    """Those that wait, the oldest first; those that were decided or taken back behind their tabs."""
    require(can_steer(request.user))
    asked = RequestList(home_plans(request.user), request.as_of, request.GET)
    if asked.turn not in TURNS or asked.kind not in ("", *AgencyRequest.Kind.values):
        raise Http404
    page = Paginator(asked.rows, 20).get_page(request.GET.get("page"))
    return render(request, "tasks/request_list.html", {"page": page, "asked": asked})


@require_safe
@dated
def my_requests(request: Request) -> HttpResponse:
    """What the person's agency has asked for, and the answers."""
    as_of = request.as_of
    page = Paginator(own_requests(request.user, as_of), 20).get_page(request.GET.get("page"))
    rows = [own_request(asked, as_of) for asked in page]
    return render(request, "tasks/my_requests.html", {"page": page, "rows": rows})


@require_POST
def request_withdraw(request: Request, pk: int) -> HttpResponse:
    """Takes back a request of the person's own agency."""
    asked = get_request(request.user, pk, clock.end_of(clock.today()))
    require(can_file_reports(request.user) and asked.assignment.agency_id == request.user.agency_id)
    try:
        withdraw_request(request=asked, by=request.user, at=clock.now())
    except WorkflowError as error:
        messages.error(request, error.message)
        return redirect("tasks:request-detail", pk)
    messages.success(request, f"已撤回{asked.assignment.item.label}的申请（{asked.get_kind_display()}）。")
    return redirect("tasks:my-requests")


@takes_forms
@dated
def request_detail(request: Request, pk: int) -> HttpResponse:
    """What is asked for, to its agency and those who oversee it; coordinators decide."""
    as_of = request.as_of
    asked = get_request(request.user, pk, as_of.moment)
    require(request.method != "POST" or steers(request.user, asked.assignment.item.plan))
    form = DecisionForm(posted(request), asked=asked, agencies=agencies_instead_of(asked))
    looked = False
    if form.is_valid():
        looked = form.only_looks or _is_unseen_past(request, form, as_of.day)
    if form.is_valid() and not looked:
        decision = attempt(form, decide_request, request=asked, by=request.user, at=clock.now(), **form.content)
        if decision:
            answer = "已同意" if decision.is_granted else "已答复不同意"
            messages.success(request, f"{answer}{asked.assignment.agency}{asked.assignment.item.label}的申请。")
            return redirect("tasks:request-list")
        asked = get_request(request.user, pk, as_of.moment)  # as it is now, which was the reason
    page = RequestPage(asked, as_of)
    continuation = page.continuation(visible_requests(request.user)) if page.state is None else None
    context = {"plan": asked.assignment.item.plan, "page": page, "form": form, "continuation": continuation}
    context |= {"can_decide": page.can_decide(request.user), "can_withdraw": page.can_withdraw(request.user)}
    if context["can_decide"]:
        chosen = form.cleaned_data.get("due_on") if form.is_bound else None
        context |= {"turns": page.granted_turns(chosen), "seen": chosen if looked else None}
    return form_page(request, "tasks/request_detail.html", context)


def _is_unseen_past(request: Request, form: DecisionForm, today: date) -> bool:
    """Whether it would be granted until a past day whose lights were not looked at yet."""
    day = form.content["due_on"] if form.content["is_granted"] else None
    return day is not None and day < today and request.POST.get("seen") != f"{day:%Y-%m-%d}"
