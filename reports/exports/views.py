"""Ledgers are downloaded here. The address carries the same filters, order and day as the page that leads here."""

import tempfile

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from qa_plan import clock
from qa_plan.methods import takes_forms
from reports.background.asking import AT_ONCE, ask
from reports.exports.columns import DIRECTORY_COLUMNS, directory_lines
from reports.exports.ledgers import Kind, Ledger, ledger_of
from reports.xlsx import MEDIA_TYPE, write_rows
from tasks.http.dating import dated
from tasks.http.request import Request

IN_MEMORY = 5_000_000  # bytes; a longer workbook is written to the disk
FORMS = ("xlsx", "csv")


@takes_forms
@dated
def item_export(request: Request, slug: str, form: str) -> HttpResponseBase:
    """Gives the ledger of items: exactly what the filter shows, in its order, all pages."""
    return _export(request, Kind.ITEMS, slug, form)


@takes_forms
@dated
def assignment_export(request: Request, slug: str, form: str) -> HttpResponseBase:
    """Gives the ledger of assignments: exactly what the filter shows, in its order, all pages."""
    return _export(request, Kind.ASSIGNMENTS, slug, form)


@require_safe
def directory_file(request: Request) -> HttpResponseBase:
    """Gives the directory of all agencies: whom to call."""
    written_at = clock.now()
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    rows = ([column.value(line) for column in DIRECTORY_COLUMNS] for line in directory_lines(request.user.scope))
    title = f"通讯录　{written_at:%Y-%m-%d}"
    write_rows(file, DIRECTORY_COLUMNS, rows, name="通讯录", title=title, written_at=written_at)
    file.seek(0)
    name = f"通讯录_{written_at:%Y%m%d}.xlsx"
    return FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPE)


def _export(request: Request, kind: Kind, slug: str, form: str) -> HttpResponseBase:
    """At once where it is short; a long one is the worker's, once somebody says so by a press."""
    if form not in FORMS:
        raise Http404
    ledger = ledger_of(request.user, kind, slug, request.GET, request.as_of)
    if len(ledger.keys) <= AT_ONCE:
        return _download(ledger, form)
    name = ledger.file_name(form)
    if request.method == "POST":
        asked = {"slug": slug, "form": form, "query": request.GET.urlencode(), "day": f"{ledger.as_of.day}"}
        total = len(ledger.keys)
        return redirect(ask(kind=kind, name=name, asked=asked, total=total, by=request.user, at=clock.now()))
    context = {"plan": ledger.plan, "name": name, "rows": len(ledger.keys), "at_once": AT_ONCE}
    return render(request, "reports/large_file_ask.html", context)


def _download(ledger: Ledger, form: str) -> HttpResponseBase:
    """Sends the lines as a file of that form, read and written as they go."""
    file_name = ledger.file_name(form)
    if form == "csv":
        texts = ledger.texts(_untold)
        response = StreamingHttpResponse(texts, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file_name)
        return response
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    ledger.write(file, _untold)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name, content_type=MEDIA_TYPE)


def _untold(done: int) -> None:
    """Nobody waits for the progress of what is sent at once."""
