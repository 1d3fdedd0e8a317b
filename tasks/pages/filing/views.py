"""我的填报: an agency's own tasks, and its reports, as draft, in its head's hands or filed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import DateTimeField, IntegerField, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from agencies.expiry import forget_typed, keeps_typed, typed_before
from qa_plan import clock
from qa_plan.compile_once import Param, compile_once
from tasks.access import awaits_consent, consents, get_assignment_to_file, get_own_agency, require, visible_plans
from tasks.http.dating import dated
from tasks.http.request import Request
from tasks.models import Assignment, Evidence, ProgressReport, ReportDraft, ReportingPeriod
from tasks.pages.filing.cards import Card, cards_of
from tasks.pages.filing.forms import ReportForm
from tasks.pages.filing.page import MyPage, OwedReport
from tasks.rules.hints import hints
from tasks.rules.unchanged import split_reason
from tasks.standing.filing import period_to_file
from tasks.standing.indicators import indicators_of
from tasks.standing.receipts import Receipts
from tasks.workflow import ReportContent, WorkflowError, save_draft, submit_report
from tasks.workflow.consent import hand_in, return_draft, take_back
from tasks.workflow.versions import StaleError, basis_of, newest_report

SAID = {
    "draft": "草稿已保存。",
    "submit": "已报送，等待审核。",
    "hand_in": "已送单位负责人审签。",
    "take_back": "已取回，可继续修改。",
    "return": "已退回联络员修改。",
}
WHOLE = ("submit", "hand_in")  # ask for a whole report
WRITING = ("draft", *WHOLE)  # may bring evidence


@require_safe
@dated
def my(request: Request) -> HttpResponse:
    """What the agency has to do on that day; it is filed today only."""
    as_of = request.as_of
    agency, plans = get_own_agency(request.user), visible_plans(request.user)
    mine = MyPage(agency, as_of.day, plans)
    receipts = Receipts([duty.assignment for duty in mine.duties], as_of.day, mine.overrides)
    page = Paginator(mine.to_do, 20).get_page(request.GET.get("page"))
    cards = cards_of(list(page), mine.moment) if as_of.is_today else []
    shown = " ".join(card.duty.slot for card in cards)
    context = {"mine": mine, "receipts": receipts, "page": page, "cards": cards, "shown": shown}
    context |= {"newest_plan": next(iter(plans), None), **_parties(request, mine)}
    return render(request, "tasks/my.html", context)


def _parties(request: Request, mine: MyPage) -> dict[str, bool]:
    """审签: whether this person's reports go to the head first, and whether this person is the head."""
    agency = mine.agency
    return {"awaits_consent": awaits_consent(request.user, agency), "consents": consents(request.user, agency)}


@require_http_methods(["GET", "POST"])
@keeps_typed
def report_edit(request: Request, pk: int) -> HttpResponse:
    """One report's form by itself; POST keeps a draft, hands it in or files it, for the period that it was made for."""
    today = clock.today()
    assignment = get_assignment_to_file(request.user, pk, clock.end_of(today))
    if request.method == "GET":
        return _form(request, assignment)
    period = period_to_file(assignment.item.plan, request.POST.get("period", ""), today)
    if period is None:
        return _closed(request)
    return Attempt(request, assignment, period).answer()


def _form(request: Request, assignment: Assignment) -> HttpResponse:
    """What was typed before the session ended is there again, until it is saved."""
    typed = typed_before(request)
    card = _card(request, assignment, (typed or request.GET).get("period", ""))
    if card is None or not card.duty.can_file:
        return _closed(request)
    if typed is not None:
        card.form = _typed_form(typed, assignment, card.duty.period, is_draft=True)
        card.basis, card.is_restored = card.form.basis or card.basis, True
    return _page(request, card)


def _page(request: Request, card: Card, status: int = 200) -> HttpResponse:
    mine = MyPage(get_own_agency(request.user), clock.today(), visible_plans(request.user))
    template = "tasks/_report_card.html" if request.htmx else "tasks/report_edit.html"
    plan = card.duty.assignment.item.plan
    context = {"plan": plan, "card": card, "shown": request.POST.get("shown", ""), **_parties(request, mine)}
    return render(request, template, context, status=status)


def _closed(request: Request) -> HttpResponse:
    messages.info(request, "该任务当前没有开放的报告期，或已办结。")
    return redirect("tasks:my")


def _card(request: Request, assignment: Assignment, code: str) -> Card | None:
    """The card of that period, of the one opened last without a code; None where the period is not open for it."""
    mine = MyPage(get_own_agency(request.user), clock.today(), visible_plans(request.user))
    duties = mine.duties_of(Q(pk=assignment.pk))
    chosen = [duty for duty in duties if not code or (duty.period and duty.period.code == code)]
    return cards_of(chosen[:1], mine.moment)[0] if chosen else None


def _typed_form(
    typed: QueryDict, assignment: Assignment, period: ReportingPeriod | None, *, is_draft: bool, files: Any = None
) -> ReportForm:
    indicators = indicators_of(item=assignment.item_id)
    auto_id = f"id_{assignment.pk}-{period.code if period else ''}_%s"
    form = ReportForm(typed, files, indicators=indicators, period=period, is_draft=is_draft, auto_id=auto_id)
    form.hold(assignment, _drafted(assignment=assignment.pk, period=period.pk) if period else ())
    return form


@compile_once(assignment=IntegerField(), period=IntegerField())
def _drafted(assignment: Param, period: Param) -> QuerySet[Evidence]:
    """The evidence of the draft."""
    return Evidence.objects.filter(drafts__assignment=assignment, drafts__period=period).select_related("blob")


class Attempt:
    """One press of a button, or one pause in typing, and what it is answered."""

    def __init__(self, request: Request, assignment: Assignment, period: ReportingPeriod) -> None:
        self.request, self.assignment, self.period = request, assignment, period
        asked = request.POST.get("action", "draft")
        if asked == "submit" and awaits_consent(request.user, assignment.agency):
            asked = "hand_in"
        self.action = asked if asked in SAID or asked == "autosave" else "draft"
        is_draft = self.action not in WHOLE
        self.form = _typed_form(request.POST, assignment, period, is_draft=is_draft, files=request.FILES)
        self.where: dict[str, Any] = {
            "assignment": assignment,
            "period": period,
            "by": request.user,
            "at": clock.now(),
            "basis": self.form.basis,
        }

    def answer(self) -> HttpResponse:
        try:
            if self.action == "autosave":
                return self._kept(self._save())
            is_valid = self.form.is_valid()
            if self.action in WRITING:
                self.form.stored_evidence(by=self.request.user, at=self.where["at"])
            if is_valid:
                self._do()
                return self._done()
        except StaleError as error:
            return self._stale(error)
        except WorkflowError as error:
            self.form.add_error(error.field if error.field in self.form.fields else None, error.message)
        return self._refused()

    # ── what is asked for ──

    def _do(self) -> None:
        deeds: dict[str, Callable[[], object]] = {
            "draft": self._save,
            "submit": lambda: submit_report(content=self._content(), **self.where),
            "hand_in": lambda: hand_in(content=self._content(), fields=self.form.draft_fields, **self.where),
            "take_back": lambda: take_back(**self.where),
            "return": lambda: self._return(self.form.cleaned_data["returned_comment"]),
        }
        deeds[self.action]()
        forget_typed(self.request)

    def _save(self) -> ReportDraft:
        self.form.is_valid()  # what makes no sense is not kept, the rest is
        return save_draft(fields=self.form.draft_fields, **self.where)

    def _return(self, comment: str) -> ReportDraft:
        require(consents(self.request.user, self.assignment.agency))
        return return_draft(comment=comment, **self.where)

    def _content(self) -> ReportContent:
        return self.form.content_after(self._last() if self.form.is_unchanged else None)

    def _last(self) -> ProgressReport | None:
        return ProgressReport.objects.accepted(self.where["at"]).filter(assignment=self.assignment).first()

    # ── what it is answered ──

    def _kept(self, draft: ReportDraft) -> HttpResponse:
        """One line for a draft saved while typing, and the version from which the form now goes on."""
        last = self._last()
        said = hints(draft.progress, split_reason(last.progress)[1] if last else "") if not draft.is_unchanged else []
        wrong = [self.form.fields[name].label for name in self.form.errors]
        basis = basis_of(draft, newest_report(self.assignment, self.period))
        context = {"draft": draft, "slot": self._slot, "hints": said, "wrong": wrong, "basis": basis}
        return render(self.request, "tasks/_draft_saved.html", context)

    @property
    def _slot(self) -> str:
        return f"{self.assignment.pk}-{self.period.code}"

    def _done(self) -> HttpResponse:
        stays_open = self.request.htmx and self.action not in WHOLE
        if stays_open and (card := _card(self.request, self.assignment, self.period.code)):
            card.is_saved = self.action == "draft"
            return _page(self.request, card)
        said = f"{self.assignment.item.label}{SAID[self.action]}"
        found = self._hints() if self.action in WHOLE else []
        if self._is_on_the_page_of_all:
            return self._next(said, found)
        messages.success(self.request, said)
        for hint in found:
            messages.info(self.request, f"提示：{hint}")
        if self.request.htmx:
            return HttpResponse(status=204, headers={"HX-Redirect": reverse("tasks:my")})
        stays = self.action != "submit"
        return redirect(f"{reverse('tasks:my')}#r{self._slot}" if stays else "tasks:my")

    def _hints(self) -> list[str]:
        """On what was filed; a report without change may repeat itself."""
        if self.form.is_unchanged:
            return []
        of = {"assignment": self.assignment.pk, "period": self.period.pk, "moment": self.where["at"]}
        last = next(iter(_accepted_before(**of)), "")
        return hints(self.form.cleaned_data["progress"], split_reason(last)[1] if last else "")

    @property
    def _is_on_the_page_of_all(self) -> bool:
        current = self.request.htmx.current_url
        return bool(self.request.htmx and current and urlsplit(current).path == reverse("tasks:my"))

    def _next(self, said: str, found: list[str]) -> HttpResponse:
        """In place of the card what was done with it; the next card on the page that is still to do gets the focus."""
        mine = MyPage(get_own_agency(self.request.user), clock.today(), visible_plans(self.request.user))
        awaits = awaits_consent(self.request.user, self.assignment.agency)
        following = self._following(mine, awaits)
        context = {"mine": mine, "slot": self._slot, "said": said, "hints": found, "next": following}
        return render(self.request, "tasks/_filed.html", context)

    def _following(self, mine: MyPage, awaits: bool) -> OwedReport | None:
        """The first below the card that is still to do, else the first above it; what lies with the head can wait."""
        shown = self.request.POST.get("shown", "").split()
        here = shown.index(self._slot) if self._slot in shown else len(shown)
        open_ones = {duty.slot: duty for duty in mine.to_do if not (awaits and duty.is_handed_in)}
        return next((open_ones[slot] for slot in [*shown[here + 1 :], *shown[:here]] if slot in open_ones), None)

    def _stale(self, error: StaleError) -> HttpResponse:
        """409. Nothing is saved, both versions are shown, and the next press knows of both."""
        card = _card(self.request, self.assignment, self.period.code)
        if self.action == "autosave" or card is None:
            context = {"refused": error.message, "slot": self._slot}
            return render(self.request, "tasks/_draft_saved.html", context, status=409)
        filed = None
        if card.duty.newest:
            reports = ProgressReport.objects.select_related("recorded_by").prefetch_related("readings")
            filed = reports.get(pk=card.duty.newest.pk)
        if self.action == "take_back":
            card.refusal = error.message
            return _page(self.request, card, status=409)
        self.form.is_valid()
        card.refuse(self.form, "submit" if self.action in WHOLE else "draft", filed)
        return _page(self.request, card, status=409)

    def _refused(self) -> HttpResponse:
        if self.action == "autosave":
            context = {
                "refused": " ".join(map(str, self.form.non_field_errors())) or "草稿未能保存。",
                "slot": self._slot,
            }
            return render(self.request, "tasks/_draft_saved.html", context, status=422)
        card = _card(self.request, self.assignment, self.period.code)
        if card is None:
            return _closed(self.request)
        card.form, card.basis = self.form, self.form.basis or card.basis
        return _page(self.request, card, status=422)


@compile_once(assignment=IntegerField(), period=IntegerField(), moment=DateTimeField())
def _accepted_before(assignment: Param, period: Param, moment: Param) -> QuerySet[ProgressReport, str]:
    """What was said in the latest accepted report of another period."""
    accepted = ProgressReport.objects.accepted(moment).filter(assignment=assignment)
    return accepted.exclude(period=period).values_list("progress", flat=True)[:1]
