"""What a press of a button on a report's form is answered: the card anew, the next one, or both versions."""

from urllib.parse import urlsplit

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tasks.access import awaits_consent, consents
from tasks.http.request import Request
from tasks.models import Assignment, ReportDraft
from tasks.pages.filing.buttons import DRAFT, TAKE_BACK, Button, Sheet
from tasks.pages.filing.cards import Card, cards_of
from tasks.pages.filing.forms import ReportForm
from tasks.pages.filing.page import MyPage, OwedReport
from tasks.pages.filing.questions import accepted_before, filed_report
from tasks.rules.hints import hints
from tasks.rules.unchanged import split_reason
from tasks.workflow.versions import StaleError, basis_of, newest_report


def parties(request: Request, mine: MyPage) -> dict[str, bool]:
    """审签: whether this person's reports go to the head first, and whether this person is the head."""
    agency = mine.agency
    return {"awaits_consent": awaits_consent(request.user, agency), "consents": consents(request.user, agency)}


def closed(request: Request) -> HttpResponse:
    messages.info(request, "该任务当前没有开放的报告期，或已办结。")
    return redirect("tasks:my")


def card_for(mine: MyPage, assignment: Assignment, code: str) -> Card | None:
    """The card of that period, of the one opened last without a code; None where the period is not open for it."""
    owed_reports = mine.reports_of(assignment)
    chosen = [owed for owed in owed_reports if not code or (owed.period and owed.period.code == code)]
    return cards_of(chosen[:1], mine.moment)[0] if chosen else None


def shown(request: Request, mine: MyPage, card: Card, status: int = 200) -> HttpResponse:
    """The card by itself; where htmx asked, in the place of the one that was sent."""
    template = "tasks/_report_card.html" if request.htmx else "tasks/report_edit.html"
    plan = card.owed.assignment.item.plan
    context = {"plan": plan, "card": card, "shown": request.POST.get("shown", ""), **parties(request, mine)}
    context["names_plan"] = "names_plan" in request.POST  # as the card that was sent did
    return render(request, template, context, status=status)


# ── saved while typing: one line ─────────────────────────────────────────────────────────────────────────────────


def kept(request: Request, sheet: Sheet, form: ReportForm, draft: ReportDraft) -> HttpResponse:
    """What was left out as it makes no sense, and the version from which the form now goes on."""
    last = sheet.last_accepted
    advice = hints(draft.progress, split_reason(last.progress)[1] if last else "") if not draft.is_unchanged else []
    wrong = [form.fields[name].label for name in form.errors]
    basis = basis_of(draft, newest_report(sheet.assignment, sheet.period))
    context = {"draft": draft, "slot": sheet.slot, "hints": advice, "wrong": wrong, "basis": basis}
    return render(request, "tasks/_draft_saved.html", context)


def not_kept(request: Request, sheet: Sheet, why: str, status: int) -> HttpResponse:
    return render(request, "tasks/_draft_saved.html", {"refused": why, "slot": sheet.slot}, status=status)


def attached(
    request: Request, sheet: Sheet, form: ReportForm, *, draft: ReportDraft | None = None, refused: str = ""
) -> HttpResponse:
    """The evidence part with what is stored now, and the version from which the form goes on."""
    basis = basis_of(draft, newest_report(sheet.assignment, sheet.period)) if draft else None
    wrong = [form.fields[name].label for name in form.errors if name != "evidence"]
    context = {"form": form, "draft": draft, "refused": refused, "wrong": wrong, "slot": sheet.slot, "basis": basis}
    status = 409 if refused else 422 if "evidence" in form.errors else 200
    return render(request, "tasks/_attached.html", {**context, "stored_when_chosen": request.path}, status=status)


# ── done ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def done(request: Request, mine: MyPage, sheet: Sheet, form: ReportForm, button: Button) -> HttpResponse:
    """The card where it stays open on the page; what was filed leaves it, with hints on what it says."""
    if request.htmx and not button.is_whole and (card := card_for(mine, sheet.assignment, sheet.period.code)):
        card.is_saved = button == DRAFT
        return shown(request, mine, card)
    news = f"{sheet.assignment.item.label}{button.done}"
    advice = _hints(sheet, form) if button.is_whole else []
    if _is_on_the_page_of_all(request):
        return _next(request, mine, sheet, news, advice)
    messages.success(request, news)
    for hint in advice:
        messages.info(request, f"提示：{hint}")
    if request.htmx:
        return HttpResponse(status=204, headers={"HX-Redirect": reverse("tasks:my")})
    return redirect("tasks:my" if button.leaves else f"{reverse('tasks:my')}#r{sheet.slot}")


def _hints(sheet: Sheet, form: ReportForm) -> list[str]:
    """On what was filed; a report without change may repeat itself."""
    if form.is_unchanged:
        return []
    last = sheet.last_accepted
    before = last.progress if last else ""
    if last and last.period_id == sheet.period.pk:
        of_others = accepted_before(assignment=sheet.assignment.pk, period=sheet.period.pk, moment=sheet.at)
        before = next(iter(of_others), "")
    return hints(form.cleaned_data["progress"], split_reason(before)[1] if before else "")


def _is_on_the_page_of_all(request: Request) -> bool:
    current = request.htmx.current_url
    return bool(request.htmx and current and urlsplit(current).path == reverse("tasks:my"))


def _next(request: Request, mine: MyPage, sheet: Sheet, news: str, advice: list[str]) -> HttpResponse:
    """In place of the card what was done with it; the next card on the page that is still to do gets the focus."""
    following = _following(mine, sheet, request.POST.get("shown", "").split())
    context = {"mine": mine, "slot": sheet.slot, "said": news, "hints": advice, "next": following}
    return render(request, "tasks/_filed.html", context)


def _following(mine: MyPage, sheet: Sheet, slots: list[str]) -> OwedReport | None:
    """The first below the card that is still to do, else the first above it; what lies with the head can wait."""
    awaits = awaits_consent(sheet.by, sheet.assignment.agency)
    here = slots.index(sheet.slot) if sheet.slot in slots else len(slots)
    open_ones = {owed.slot: owed for owed in mine.to_do if not (awaits and owed.is_handed_in)}
    return next((open_ones[slot] for slot in [*slots[here + 1 :], *slots[:here]] if slot in open_ones), None)


# ── refused ──────────────────────────────────────────────────────────────────────────────────────────────────────


def stale(
    request: Request, mine: MyPage, sheet: Sheet, form: ReportForm, button: Button, error: StaleError
) -> HttpResponse:
    """409. Nothing is saved, both versions are shown, and the next press knows of both."""
    card = card_for(mine, sheet.assignment, sheet.period.code)
    if card is None:
        return not_kept(request, sheet, error.message, 409)
    if button == TAKE_BACK:
        card.refusal = error.message
    else:
        filed = filed_report(card.owed.newest.pk) if card.owed.newest else None
        card.refuse(form, "submit" if button.is_whole else "draft", filed)
    return shown(request, mine, card, status=409)


def refused(request: Request, mine: MyPage, sheet: Sheet, form: ReportForm) -> HttpResponse:
    """422. The form as it was typed, with what is wrong at its fields."""
    card = card_for(mine, sheet.assignment, sheet.period.code)
    if card is None:
        return closed(request)
    card.form, card.basis = form, form.basis or card.basis
    return shown(request, mine, card, status=422)
