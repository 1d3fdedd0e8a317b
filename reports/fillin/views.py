"""离线填报: an agency takes its own workbook out, and back in by way of a preview of what it would change."""

import hashlib
from datetime import datetime

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from agencies.models import Agency
from qa_plan import clock
from qa_plan.methods import takes_forms
from reports.fillin.checking import CheckedFile, RowState, check, require_agency
from reports.fillin.known import collect, open_periods
from reports.fillin.opening import open_fill_in, present
from reports.fillin.parking import drop, park, parked
from reports.fillin.taking import RowRefused, take_rows, tokens
from reports.fillin.workbook import describe_fill_in
from reports.xlsx import FILL_IN, MEDIA_TYPE, WorkbookRefused, to_bytes
from tasks.access import awaits_consent, get_own_agency, get_plan, plans_with_parts
from tasks.http.fields import Form
from tasks.http.request import Request, posted
from tasks.models import ReportingPeriod
from tasks.standing.filing import period_to_file

ROWS_PER_PAGE = 50


class UploadForm(Form):
    """The form by which a workbook comes back."""

    workbook = forms.FileField(
        label="填好的填报表（.xlsx）",
        error_messages={"required": "请选择填好的填报表。", "empty": "文件是空的，请重新选择。"},
    )


@takes_forms
def fill_in(request: Request) -> HttpResponse:
    """Workbooks are fetched and brought back here, one for each period that takes reports."""
    agency = get_own_agency(request.user)
    periods = open_periods(agency, plans_with_parts(request.user), clock.now())
    form = UploadForm(posted(request), request.FILES or None)
    sent = f"{request.POST.get('plan', '')}/{request.POST.get('period', '')}"
    chosen = next((period for period in periods if f"{period.plan.slug}/{period.code}" == sent), None)
    if request.method == "POST" and form.is_valid() and _accept(request, form, agency, chosen):
        return redirect("reports:fill-in-check")
    context = {"periods": periods, "form": form, "chosen": chosen, "waits": parked(request.session) is not None}
    return render(request, "reports/fill_in.html", context, status=422 if request.method == "POST" else 200)


def _accept(request: Request, form: UploadForm, agency: Agency, period: ReportingPeriod | None) -> bool:
    """Reads the file and puts it where the preview finds it; False, with the cause at the field, for one that can't."""
    upload = form.cleaned_data["workbook"]
    try:
        if upload.size > FILL_IN.file:
            raise WorkbookRefused(f"文件超过{FILL_IN.file // 1024**2} MB，请用系统下载的填报表填写。")
        if period is None:
            raise WorkbookRefused("该报告期没有开放或已经锁定，请刷新页面后再上传。")
        filled, _ = open_fill_in(upload.read(), clock.now(), agency=agency, period=period)
        park(request.session, filled)
    except WorkbookRefused as error:
        form.add_error("workbook", str(error))
        return False
    return True


@require_safe
def fill_in_file(request: Request, slug: str, code: str) -> HttpResponse:
    """Gives the agency's own workbook, with what is known today."""
    agency = get_own_agency(request.user)
    period = period_to_file(get_plan(request.user, slug), code, clock.today())
    if period is None:
        raise Http404
    known = collect(agency, period, clock.now())
    if not known.rows:
        raise Http404
    return _file(known.file_name, to_bytes(describe_fill_in(known)))


@takes_forms
def fill_in_check(request: Request) -> HttpResponse:
    """Shows what the upload would change; POST takes the chosen rows, or throws the upload away."""
    checked = _waiting(request, clock.now())
    if checked is None:
        return redirect("reports:fill-in")
    if request.POST.get("action") == "drop":
        return _dropped(request)
    error = _take(request, checked) if request.method == "POST" else ""
    if request.method == "POST" and not error:
        return _next(request)
    ready = tokens(checked, RowState.READY)
    page = Paginator(checked.shown, ROWS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"check": checked, "page": page, "error": error, "ready": ready, "seen": _digest(ready)}
    context |= {"chosen": set(request.POST.getlist("row")), "is_first": request.method == "GET"}
    context |= {"consents": awaits_consent(request.user, checked.fill_in.agency)}
    return render(request, "reports/fill_in_check.html", context, status=422 if error else 200)


@require_safe
def fill_in_result(request: Request) -> HttpResponse:
    """Gives the upload back as the same workbook, with 校验结果 and marked cells, to mend and upload again."""
    checked = _waiting(request, clock.now())
    if checked is None:
        return redirect("reports:fill-in")
    identity = checked.filled.identity
    book = describe_fill_in(checked.fill_in, identity=identity, texts=checked.texts, marks=checked.marks)
    return _file(checked.fill_in.file_name.replace(".xlsx", "_校验结果.xlsx"), to_bytes(book))


def _waiting(request: Request, at: datetime) -> CheckedFile | None:
    """Compares the upload that waits with the present; None where none does, or where its period takes no more."""
    agency = get_own_agency(request.user)
    filled = parked(request.session)
    if filled is None:
        messages.info(request, "没有等待核对的填报表，请先上传。")
        return None
    try:
        require_agency(filled, agency)
        return check(filled, present(filled, at))
    except WorkbookRefused as error:
        drop(request.session)
        messages.error(request, str(error))
        return None


def _dropped(request: Request) -> HttpResponse:
    drop(request.session)
    messages.info(request, "上传的填报表已放弃，没有写入任何内容。")
    return redirect("reports:fill-in")


def _take(request: Request, checked: CheckedFile) -> str:
    """Takes the chosen rows and returns ""; where nothing was taken, says why."""
    files = request.POST.get("action") in ("submit", "submit_all")
    chosen = request.POST.getlist("row")
    if request.POST.get("action") in ("submit_all", "draft_all"):
        chosen = tokens(checked, RowState.READY)
        if request.POST.get("seen") != _digest(chosen):
            return "核对之后网上又有改动，已按最新情况重新列出，请看过后再确认。"
    if not chosen:
        return "请先勾选要导入的行。"
    try:
        taken = take_rows(checked, chosen, files=files, by=request.user, at=clock.now())
    except RowRefused as refused:
        return f"{refused}本次没有写入任何内容。"
    word = "存为草稿" if not files else "送审签" if awaits_consent(request.user, checked.fill_in.agency) else "报送"
    messages.success(request, f"{len(taken)}项任务已由填报表{word}。")
    return ""


def _next(request: Request) -> HttpResponse:
    """Leads back to the preview while rows wait to be mended or chosen; to 我的填报 when all is done."""
    checked = _waiting(request, clock.now())
    if checked and any(checked.of(state) for state in (RowState.WRONG, RowState.CONFLICT, RowState.READY)):
        return redirect("reports:fill-in-check")
    drop(request.session)
    return redirect("tasks:my")


def _digest(ready: list[str]) -> str:
    """Stands for all rows that may be taken and their versions, so that what the person saw is what is taken."""
    return hashlib.sha256(" ".join(ready).encode()).hexdigest()


def _file(name: str, content: bytes) -> HttpResponse:
    headers = {"Content-Disposition": content_disposition_header(True, name), "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=MEDIA_TYPE, headers=headers)
