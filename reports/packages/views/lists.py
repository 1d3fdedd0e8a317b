"""季度汇总: packages are listed and asked for here, and each is shown with its progress, files and issue."""

from collections.abc import Callable, Sequence
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from agencies.confirming import asks_again
from qa_plan import celery, clock
from qa_plan.methods import takes_forms
from reports.jobs import build_package
from reports.models import Build, Package
from reports.packages.asking import build_again, cancel_build, request_package
from reports.packages.forms import IssueForm, PackageForm, WithdrawalForm
from reports.packages.issuing import issue_package, withdraw_issue
from reports.packages.page import PackagePage
from reports.packages.polling import LOOKS, retry_after
from reports.packages.seeing import get_build, get_file, get_package, visible_packages
from tasks.access import can_instruct, can_steer, get_plan, home_plans, oversees, require
from tasks.http.forms import attempt, refuse
from tasks.http.request import Request, posted
from tasks.models import Plan
from tasks.pages.evidence.views import HEADERS
from tasks.workflow.current import WorkflowError

PER_PAGE = 20


@takes_forms
def package_list(request: Request, slug: str) -> HttpResponse:
    """Lists one plan's packages, newest first, beside the form that asks for one."""
    plan = get_plan(request.user, slug)
    form = None
    if oversees(request.user, plan.home):
        form = PackageForm(posted(request), plans=[plan], today=clock.today())
    if request.method == "POST":
        require(form is not None)
        package = _requested(request, form, [plan])
        if package:
            return _accepted(request, package)
    packages = visible_packages(request.user).of(plan)
    may_compare = oversees(request.user, plan.home)
    return _list(request, packages, form, {"plan": plan, "may_compare": may_compare})


@takes_forms
def desk(request: Request) -> HttpResponse:
    """Lists packages over several plans: the coordinators' whole desk."""
    require(can_instruct(request.user))
    plans = list(home_plans(request.user).listed())
    form = None
    if can_steer(request.user):
        form = PackageForm(posted(request), plans=plans, today=clock.today(), chooses=True)
    if request.method == "POST":
        require(form is not None)
        package = _requested(request, form, None)
        if package:
            return _accepted(request, package)
    packages = visible_packages(request.user).of_several()
    return _list(request, packages, form, {"is_desk": True, "may_compare": True})


def _list(request: Request, packages: Any, form: PackageForm | None, context: dict[str, Any]) -> HttpResponse:
    page = Paginator(packages.with_all(), PER_PAGE).get_page(request.GET.get("page"))
    rows = [PackagePage(package, request.user) for package in page]
    issued = [row for row in rows if row.issue]
    comparable = sorted((row for row in rows if row.edition), key=_newest, reverse=True)
    context |= {
        "page": page,
        "rows": rows,
        "form": form,
        "newest": max(issued, key=_newest, default=None),
        "comparable": comparable if context["may_compare"] else [],
        "earlier": _earlier(comparable),
        "today": clock.today(),
    }
    status = 422 if form is not None and form.errors else 200
    return render(request, "reports/package_list.html", context, status=status)


def _earlier(rows: Sequence[PackagePage]) -> int | None:
    """What the newest is compared with unless another is chosen: the last period's, else the next one of its own."""
    others = [row for row in rows if row.package.period != rows[0].package.period] or rows[1:]
    return others[0].package.pk if others else None


def _newest(row: PackagePage) -> tuple[str, datetime]:
    return row.package.period, row.package.as_of


def _requested(request: Request, form: PackageForm | None, plans: list[Plan] | None) -> Package | None:
    """Gives the package that the valid form asks for, its building sent off; None, with the cause at the field."""
    if form is None or not form.is_valid():
        return None
    asked = form.cleaned_data
    package = attempt(
        form,
        request_package,
        plans=plans or asked["plans"],
        period=asked["period"],
        day=asked["as_of"],
        by=request.user,
        at=clock.now(),
    )
    if package:
        send_off(package)
    return package


def _accepted(request: Request, package: Package) -> HttpResponse:
    """Leads to the package; where htmx asked, its progress takes the form's place until it may be opened.

    Of a crowd that asks for the same one, each is told when to come: the pages of everybody else stay fast.
    """
    if not request.htmx:
        return redirect(package)
    pause = retry_after(package.build, monotonic())
    return _progress(request, package, pause) if pause else HttpResponseClientRedirect(package.get_absolute_url())


def send_off(package: Package) -> None:
    """Sends the package to the worker once the transaction holds, unless it is built or done already.

    Where the queue is down, the next round finds it.
    """
    if package.build.state == Build.State.QUEUED:
        celery.send_off(build_package.apply_async, package.pk)


@takes_forms
@asks_again(when=lambda request: request.POST.get("action") == "issue")
def package_detail(request: Request, pk: int) -> HttpResponse:
    """Shows one package; POST does what its buttons say: cancel, again, issue, withdraw.

    While it is built the page asks again and again for its progress alone, and loads itself anew when that has ended.
    """
    if request.htmx and request.method != "POST":
        return _looked_again(request, get_build(request.user, pk))
    page = PackagePage(get_package(request.user, pk), request.user)
    forms: dict[str, Any] = {}
    if request.method == "POST":
        require(page.oversees)
        if _pressed(request, page, forms):
            return redirect(page.package)
    plans = list(page.package.plans.all())
    context = {
        "p": page,
        "pause": round(LOOKS.pause * 1000) if page.build.is_under_way else 0,
        "plan": plans[0] if page.is_single else None,
        **_issuing(page, forms),
    }
    is_refused = request.method == "POST" and "consequences" not in forms
    status = 422 if is_refused or any(form.errors for form in forms.values() if hasattr(form, "errors")) else 200
    return render(request, "reports/package_detail.html", context, status=status)


def _looked_again(request: Request, package: Package) -> HttpResponse:
    if not package.build.is_under_way:
        return HttpResponseClientRedirect(request.path)
    return _progress(request, package, retry_after(package.build, monotonic()))


def _pressed(request: Request, page: PackagePage, forms: dict[str, Any]) -> bool:
    """Does what the button says; False, with the cause at the field, where its form is to be shown again."""
    try:
        return DEEDS.get(request.POST.get("action", ""), _unknown)(request, page, forms)
    except WorkflowError as error:
        form = next(iter(forms.values()), None)
        if form is None or not error.field:  # the page may not show the form any more
            messages.error(request, error.message)
            return True
        refuse(form, error)
        return False


def _progress(request: Request, package: Package, pause: float) -> HttpResponse:
    """Shows the progress alone: however many people wait for a package, their asking costs next to nothing."""
    shown_at = urlsplit(request.htmx.current_url or "").path
    context = {
        "package": package,
        "build": package.build,
        "pause": round(pause * 1000),
        "in_place": shown_at != package.get_absolute_url(),
        "is_new": request.method == "POST",
    }
    response = render(request, "reports/_package_progress.html", context)
    response["Cache-Control"] = "no-store"  # the whole page has the same address
    return response


def _issuing(page: PackagePage, forms: dict[str, Any]) -> dict[str, Any]:
    """What the forms of 印发 and 撤回 show: what was typed there, or what is offered."""
    return {
        "consequences": forms.get("consequences"),
        "issue_form": forms.get("issue") or _issue_form(page),
        "withdrawal_form": forms.get("withdraw") or WithdrawalForm(),
        "cut_short": page.cut_short(clock.today()) if page.can_issue else [],
    }


def _issue_form(page: PackagePage) -> IssueForm | None:
    return IssueForm(initial={"number": page.next_number(clock.today().year)}) if page.can_issue else None


def _cancel(request: Request, page: PackagePage, forms: dict[str, Any]) -> bool:
    cancel_build(package=page.package, by=request.user, at=clock.now())
    messages.success(request, "已取消生成。")
    return True


def _again(request: Request, page: PackagePage, forms: dict[str, Any]) -> bool:
    build_again(package=page.package, by=request.user, at=clock.now())
    page.build.refresh_from_db()
    send_off(page.package)
    return True


def _issue(request: Request, page: PackagePage, forms: dict[str, Any]) -> bool:
    """First what it would shut, then the deed."""
    require(page.can_steer)
    form = forms["issue"] = IssueForm(request.POST)
    if not form.is_valid():
        return False
    now, token = clock.now(), request.POST.get("token", "")
    if page.can_issue:
        forms["consequences"] = page.consequences(now)
        if not token:
            return False
    number = form.cleaned_data["number"]
    issue = issue_package(package=page.package, number=number, by=request.user, at=now, basis=token)
    messages.success(request, f"已印发（{issue}），报告期已锁定。")
    return True


def _withdraw(request: Request, page: PackagePage, forms: dict[str, Any]) -> bool:
    require(page.can_steer)
    form = forms["withdraw"] = WithdrawalForm(request.POST)
    issue = page.issue or next(iter(page.issues), None)
    if issue is None:
        raise WorkflowError("该汇总没有印发，无须撤回。")
    if not form.is_valid():
        return False
    reason = form.cleaned_data["reason"]
    withdraw_issue(issue=issue, reason=reason, by=request.user, at=clock.now())
    messages.success(request, f"{issue}已撤回。报告期仍然锁定，需要补报的请在报告期页解锁。")
    return True


def _unknown(request: Request, page: PackagePage, forms: dict[str, Any]) -> bool:
    return False


DEEDS: dict[str, Callable[[Request, PackagePage, dict[str, Any]], bool]] = {
    "cancel": _cancel,
    "again": _again,
    "issue": _issue,
    "withdraw": _withdraw,
}


@require_safe
def package_file(request: Request, pk: int, file: int) -> FileResponse:
    """Gives a file as it was built, to be saved; its Chinese name in the header as RFC 5987 has it."""
    download = get_file(request.user, pk, file)
    try:
        content = download.blob.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        raise Http404 from error
    return FileResponse(
        content,
        as_attachment=True,
        filename=download.name,
        content_type=download.blob.media_type,
        headers=HEADERS,
    )
