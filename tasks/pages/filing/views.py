"""我的填报: an agency's own tasks, and its reports, as draft, in its head's hands or filed."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agencies.expiry import forget_typed, keeps_typed, typed_before
from qa_plan import clock
from qa_plan.methods import takes_forms
from tasks.access import (
    awaits_consent,
    consents,
    get_assignment_to_file,
    get_own_agency,
    part_that_goes_on,
    plans_with_parts,
)
from tasks.http.dating import dated
from tasks.http.forms import attempt, refuse
from tasks.http.request import Request
from tasks.models import Assignment, ReportingPeriod
from tasks.pages.filing import answers
from tasks.pages.filing.batch import Batch
from tasks.pages.filing.buttons import Sheet, button_of, keep
from tasks.pages.filing.cards import cards_of, typed_form
from tasks.pages.filing.page import MyPage
from tasks.pages.filing.questions import beside_the_reports
from tasks.pages.filing.queue import waiting
from tasks.standing.filing import period_to_file
from tasks.standing.receipts import Receipts
from tasks.workflow import WorkflowError
from tasks.workflow.versions import Basis, StaleError


@require_safe
@dated
def my(request: Request) -> HttpResponse:
    """What the agency has to do on that day; it is filed today only."""
    as_of = request.as_of
    agency, plans = get_own_agency(request.user), plans_with_parts(request.user)
    mine = MyPage(agency, as_of.day, plans)
    beside = beside_the_reports(request.user, as_of.moment)
    mine.overrides = {row.day: bool(row.is_workday) for row in beside if row.what == "day" and row.day}
    receipts = Receipts([owed.assignment for owed in mine.reports], as_of.day, mine.overrides)
    page = Paginator(mine.to_do, 20).get_page(request.GET.get("page"))
    cards = cards_of(list(page), mine.moment) if as_of.is_today else []
    shown = " ".join(card.owed.slot for card in cards)
    context = {"mine": mine, "receipts": receipts, "page": page, "cards": cards, "shown": shown}
    context["waiting"] = waiting(request.user, mine, receipts, beside, as_of)
    context |= {"newest_plan": next((plan for plan in plans if plan.is_listed), None), **answers.parties(request, mine)}
    return render(request, "tasks/my.html", context)


@takes_forms
def file_all(request: Request) -> HttpResponse:
    """提交全部: the drafts that are whole, read once more and filed together; for the agency's head, 审签."""
    mine = MyPage(get_own_agency(request.user), clock.today(), plans_with_parts(request.user))
    consenting = consents(request.user, mine.agency)
    batch = Batch(mine, request.user)
    if request.method == "GET":
        return render(request, "tasks/file_all.html", {"batch": batch, **answers.parties(request, mine)})
    pressed = batch.press(request.POST.getlist("row"), at=clock.now())
    done = "已同意报送" if consenting else "已送审签" if awaits_consent(request.user, mine.agency) else "已报送"
    if pressed.done:
        messages.success(request, f"{done}{len(pressed.done)}份报告：{'、'.join(pressed.done)}。")
    for label, why in pressed.refused:
        messages.error(request, f"{label}未报送：{why}")
    if not pressed.done and not pressed.refused:
        messages.info(request, "没有选中报告。")
    return redirect("tasks:file-all" if pressed.refused or not pressed.done else "tasks:my")


@takes_forms
@keeps_typed
def report_edit(request: Request, pk: int) -> HttpResponse:
    """One report's form by itself; POST keeps a draft, hands it in or files it, for the period that it was made for."""
    today = clock.today()
    try:
        assignment = get_assignment_to_file(request.user, pk, clock.end_of(today))
    except Http404:
        going_on = part_that_goes_on(request.user, pk, clock.end_of(today))
        if going_on is None or request.method != "GET":
            raise
        return redirect("tasks:report-edit", going_on.pk)
    mine = MyPage(get_own_agency(request.user), today, plans_with_parts(request.user))
    if request.method == "GET":
        return _form(request, mine, assignment)
    period = period_to_file(assignment.item.plan, request.POST.get("period", ""), today)
    if period is None:
        return answers.closed(request)
    if request.POST.get("action") == "look":
        return _reasons(request, mine, assignment, period)
    sheet = Sheet(assignment, period, request.user, clock.now(), Basis.read(request.POST.get("basis", "")))
    quietly = {"autosave": _autosaved, "attach": _attached}.get(request.POST.get("action", ""))
    return quietly(request, sheet) if quietly else _pressed(request, mine, sheet)


def _form(request: Request, mine: MyPage, assignment: Assignment) -> HttpResponse:
    """What was typed before the session ended is there again, until it is saved."""
    typed = typed_before(request)
    card = answers.card_for(mine, assignment, (typed or request.GET).get("period", ""))
    if card is None or card.owed.period is None or not card.owed.can_file:
        return answers.closed(request)
    if typed is not None:
        card.form = typed_form(typed, assignment, card.owed.period, is_draft=True)
        card.basis, card.is_restored = card.form.basis or card.basis, True
    return answers.shown(request, mine, card)


def _reasons(request: Request, mine: MyPage, assignment: Assignment, period: ReportingPeriod) -> HttpResponse:
    """Which reasons the percentage that was typed calls for. Nothing is kept."""
    card = answers.card_for(mine, assignment, period.code)
    if card is None:
        return answers.closed(request)
    card.form = typed_form(request.POST, assignment, period, is_draft=True)
    card.form.is_valid()
    return render(request, "tasks/_reasons.html", {"card": card})


def _autosaved(request: Request, sheet: Sheet) -> HttpResponse:
    """A pause in typing: what makes no sense is not kept, the rest is."""
    form = typed_form(request.POST, sheet.assignment, sheet.period, is_draft=True, files=request.FILES)
    form.is_valid()
    try:
        draft = keep(sheet, form)
    except StaleError as error:
        return answers.not_kept(request, sheet, error.message, 409)
    except WorkflowError as error:
        refuse(form, error)
        return answers.not_kept(request, sheet, " ".join(map(str, form.non_field_errors())) or "草稿未能保存。", 422)
    return answers.kept(request, sheet, form, draft)


def _attached(request: Request, sheet: Sheet) -> HttpResponse:
    """Files were chosen: they are stored at once and go into the draft, with what was typed so far.

    The answer is the evidence part alone: whoever goes on typing meanwhile loses nothing.
    """
    form = typed_form(request.POST, sheet.assignment, sheet.period, is_draft=True, files=request.FILES)
    form.is_valid()
    attempt(form, form.stored_evidence, by=sheet.by, at=sheet.at)
    try:
        draft = keep(sheet, form)
    except WorkflowError as error:
        return answers.attached(request, sheet, form, refused=error.message)
    return answers.attached(request, sheet, form, draft=draft)


def _pressed(request: Request, mine: MyPage, sheet: Sheet) -> HttpResponse:
    button = button_of(request.POST.get("action", ""), sheet)
    is_draft = not button.is_whole
    form = typed_form(request.POST, sheet.assignment, sheet.period, is_draft=is_draft, files=request.FILES)
    try:
        is_done = button.press(sheet, form)
    except StaleError as error:
        return answers.stale(request, mine, sheet, form, button, error)
    if not is_done:
        return answers.refused(request, mine, sheet, form)
    forget_typed(request)
    return answers.done(request, mine, sheet, form, button)
