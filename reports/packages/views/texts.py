"""A package is read here: its briefing as a text that coordinators word, and the quarter on one page."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from agencies.models import Office
from qa_plan import clock
from qa_plan.addresses import key_in
from qa_plan.methods import takes_forms
from reports.packages.kept_facts import FactsUnreadable, kept_facts
from reports.packages.onepage import OnePage
from reports.packages.page import PackagePage
from reports.packages.seeing import get_package
from reports.packages.textpage import TextPage
from reports.packages.views.lists import send_off
from reports.packages.wording import reword
from tasks.access import require
from tasks.http.request import Request, posted
from tasks.workflow.current import WorkflowError


def with_facts(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Leads back to the package, which says why, where its facts can't be read."""

    @wraps(view)
    def wrapper(request: Request, pk: int) -> HttpResponse:
        try:
            return view(request, pk)
        except FactsUnreadable as error:
            messages.error(request, str(error))
            return redirect("reports:package-detail", pk)

    return wrapper


@takes_forms
@with_facts
def briefing_text(request: Request, pk: int) -> HttpResponse:
    """Shows the briefing to those who oversee; coordinators word it, the figures stay what the facts say."""
    p = PackagePage(get_package(request.user, pk), request.user)
    require(p.oversees)
    if p.edition is None:
        raise Http404
    sent = posted(request)
    require(sent is None or p.can_reword)
    page = TextPage(p.package, p.edition, sent)
    error = ""
    if sent is not None and not page.has_errors:
        error = _worded(request, page, sent.get("version", ""))
        if not error:
            return redirect("reports:briefing-text", pk)
    context = {"p": p, "page": page, "error": error, "plan": p.package.plans.all()[0] if p.is_single else None}
    return render(request, "reports/briefing_text.html", context, status=422 if sent is not None else 200)


def _worded(request: Request, page: TextPage, version: str) -> str:
    """Words the briefing as was sent and returns ""; where it is refused, says why."""
    key = key_in(version)
    newest = -1 if key is None else key
    try:
        changed = reword(
            package=page.package,
            texts=page.texts,
            version=newest,
            by=request.user,
            at=clock.now(),
        )
    except WorkflowError as refused:
        return refused.message
    if changed:
        send_off(page.package)
    messages.success(request, f"已调整{changed}段，正在重新生成文件。" if changed else "措辞没有变化。")
    return ""


@require_safe
@with_facts
def one_page(request: Request, pk: int) -> HttpResponse:
    """Shows the quarter on one sheet of A4, from the facts that the package keeps, to everybody who may see it."""
    p = PackagePage(get_package(request.user, pk), request.user)
    if p.edition is None:
        raise Http404
    pages = [OnePage(plan, p.package) for plan in kept_facts(p.edition).plans]
    office = Office.at(p.package.home).name
    return render(request, "reports/one_page.html", {"p": p, "pages": pages, "office": office})
