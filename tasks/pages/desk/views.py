"""待办: the first page of the office. What can be done in one step is done here; the rest has its own page."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from qa_plan import clock
from qa_plan.addresses import key_in
from qa_plan.methods import takes_forms
from tasks.access import can_steer, get_report_to_review, get_urge, home_plans, plans_to_make, require
from tasks.http.forms import attempt, form_page
from tasks.http.frame import badges_for
from tasks.http.request import Request, posted
from tasks.http.taken_back import unless_taken_back
from tasks.http.verdict_form import phrases_of
from tasks.models import ProgressReport
from tasks.pages.desk.beside import FallingDue, Lights
from tasks.pages.desk.forms import InlineVerdictForm
from tasks.pages.desk.notices import RECEIPT_TEXT, again_text, answer_day, filing_now, uncovered
from tasks.pages.desk.opened import OpenedReport
from tasks.pages.desk.page import DeskPage
from tasks.pages.desk.questions import late_receipts_of, urged_again
from tasks.rules.asof import AsOf
from tasks.standing.pending import Wait
from tasks.workflow import WorkflowError, review_report, urge


@takes_forms
def desk(request: Request) -> HttpResponse:
    """Everything that waits for the office, the worst first."""
    require(can_steer(request.user))
    kind = request.GET.get("kind", "")
    if kind not in ("", *Wait.values):
        raise Http404
    sent = posted(request)
    if sent is not None and "again" in sent:
        return _urge_again(request, sent["again"])
    if sent is not None and "receipts" in sent:
        return _urge_receipts(request, sent["receipts"])
    key = key_in(request.POST.get("report") or request.GET.get("open") or "")
    form = InlineVerdictForm(sent, phrases=phrases_of(request.user) if key else ())
    today = clock.today()
    if form.is_valid():
        pk, moment = form.cleaned_data["report"], clock.end_of(today)
        if answer := unless_taken_back(request, pk, moment, lambda: _reviewed(request, form)):
            return answer
    as_of = AsOf(today, today)
    page = DeskPage(badges_for(request), as_of, kind=kind, number=request.GET.get("page"), opened=key)
    plans = list(home_plans(request.user).listed().with_version())
    opened = _opened(request, page, key) if key else None
    if opened is None:  # decided or replaced meanwhile: its form isn't there to say so
        for error in form.non_field_errors():
            messages.warning(request, str(error))
    context = {
        "desk": page,
        "page": page.page,
        "kind": kind,
        "form": form,
        "lights": Lights(plans[0]) if plans else None,
        "filing": filing_now(plans, as_of) if plans else None,
        "soon": None if opened else FallingDue(request.user, today, as_of.moment),  # whoever reviews looks at no dates
        "opened": opened,
        "to_make": list(plans_to_make(request.user)),
        "to_complete": uncovered(request.user, as_of.moment),
    }
    if plans:
        context["newest_plan"] = plans[0]  # as the frame would ask for it
    return form_page(request, "tasks/desk.html", context)


def _opened(request: Request, page: DeskPage, key: int) -> OpenedReport | None:
    """The report that is open in the list, if it still waits."""
    row = page.row_of(key)
    if row is None:
        return None
    return OpenedReport(get_report_to_review(request.user, key, page.as_of.moment), row.told.other_day, page.as_of)


def _reviewed(request: Request, form: InlineVerdictForm) -> HttpResponse | None:
    """Decides on the report, and opens the next of the list."""
    today = clock.today()
    report: ProgressReport = get_report_to_review(request.user, form.cleaned_data["report"], clock.end_of(today))
    onward = _next_after(request, report.pk)
    review = attempt(form, review_report, report=report, by=request.user, at=clock.now(), **form.content)
    if review is None:
        get_report_to_review(request.user, report.pk, clock.end_of(today))  # unless it was taken back meanwhile
        return None
    done = f"已{review.get_verdict_display()}{report.assignment.agency}{report.assignment.item.label}的报告。"
    messages.success(request, done)
    return _back(request, onward)


def _next_after(request: Request, key: int) -> int | None:
    badges = badges_for(request)
    del request.badges  # type: ignore[attr-defined]  # what waits is another after the deed
    waiting = list(badges.pending.of(Wait.REVIEW).keys) if badges.pending else []
    at = waiting.index(key) + 1 if key in waiting else 0
    return next(iter([*waiting[at:], *[other for other in waiting[:at] if other != key]]), None)


def _back(request: Request, opened: int | None = None) -> HttpResponse:
    """The list as it was asked for."""
    names = ("kind",) if opened else ("kind", "page")
    kept = {name: value for name in names if (value := request.GET.get(name))}
    if opened:
        kept["open"] = str(opened)
    query = f"?{urlencode(kept)}" if kept else ""
    return redirect(f"{reverse('tasks:desk')}{query}{f'#review-{opened}' if opened else ''}")


def _urge_again(request: Request, text: str) -> HttpResponse:
    """Another notice about the same tasks, where the first was not answered in time."""
    key, today = key_in(text), clock.today()
    if key is None:
        raise Http404
    former = get_urge(request.user, key, clock.end_of(today))
    return _sent(request, urged_again(former, clock.end_of(today)), again_text(former))


def _urge_receipts(request: Request, text: str) -> HttpResponse:
    """One notice to the agency of the assignment, about all that it has not received in time."""
    key = key_in(text)
    badges = badges_for(request)
    waiting = list(badges.pending.of(Wait.RECEIPT).keys) if badges.pending else []
    if key is None or key not in waiting:
        messages.info(request, "该任务已签收或已催办。")
        return _back(request)
    return _sent(request, late_receipts_of(key, waiting, clock.end_of(clock.today())), RECEIPT_TEXT)


def _sent(request: Request, assignments: list, text: str) -> HttpResponse:
    try:
        sent = urge(
            assignments=assignments, text=text, reply_by=answer_day(clock.today()), by=request.user, at=clock.now()
        )
    except WorkflowError as error:
        messages.error(request, f"未发出：{error.message}")
    else:
        for one in sent:
            messages.success(request, f"已向{one.agency}发出{one}，{one.reply_by:%m-%d}前答复。")
    return _back(request)
