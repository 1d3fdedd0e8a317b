"""Ledgers are downloaded here. The address carries the same filters, order and day as the page that leads here."""

import tempfile
from collections.abc import Iterable, Sequence
from itertools import chain

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from reports.exports.columns import ASSIGNMENT_COLUMNS, AnyLine, LedgerColumn, item_columns
from reports.exports.csvlines import csv_lines
from reports.xlsx import MEDIA_TYPE, write_rows
from tasks.access import get_versioned_plan
from tasks.http.dating import dated, require_assigned
from tasks.http.request import Request
from tasks.models import Plan
from tasks.pages.ledger.filters import AssignmentFilter, ItemFilter
from tasks.pages.ledger.page import assignment_lines, batches, item_lines
from tasks.pages.ledger.questions import agencies_concerned, assignments_in_force
from tasks.standing.filing import current_period

IN_MEMORY = 5_000_000  # bytes; a longer workbook is written to the disk
FORMS = ("xlsx", "csv")


@require_safe
@dated
def item_export(request: Request, slug: str, form: str) -> HttpResponseBase:
    """Gives the ledger of items: exactly what the filter shows, in its order, all pages."""
    plan, as_of = get_versioned_plan(request.user, slug), request.as_of
    require_assigned(plan, as_of)
    filtered = ItemFilter(request.GET, plan.items.existing(as_of.moment), plan=plan, as_of=as_of)
    keys = batches(filtered, sort=request.GET.get("sort", ""))
    lines = chain.from_iterable(item_lines(batch, plan, as_of) for batch in keys)
    columns = item_columns(plan, dict(agencies_concerned(plan=plan.pk)))
    return _download(request, plan, form, columns, lines, ledger="任务台账")


@require_safe
@dated
def assignment_export(request: Request, slug: str, form: str) -> HttpResponseBase:
    """Gives the ledger of assignments: exactly what the filter shows, in its order, all pages."""
    plan, as_of = get_versioned_plan(request.user, slug), request.as_of
    require_assigned(plan, as_of)
    period = current_period(plan, as_of.day)
    assignments = assignments_in_force(plan, as_of)
    filtered = AssignmentFilter(request.GET, assignments, plan=plan, as_of=as_of, period=period)
    keys = batches(filtered, sort=request.GET.get("sort", ""))
    lines = chain.from_iterable(assignment_lines(batch, plan, as_of, period) for batch in keys)
    return _download(request, plan, form, ASSIGNMENT_COLUMNS, lines, ledger="责任分工台账")


def _download(
    request: Request,
    plan: Plan,
    form: str,
    columns: Sequence[LedgerColumn[AnyLine]],
    lines: Iterable[AnyLine],
    *,
    ledger: str,
) -> HttpResponseBase:
    """Sends the lines as a file of that form, read and written as they go."""
    if form not in FORMS:
        raise Http404
    day = request.as_of.day
    file_name = f"{plan.name}{ledger}_截至{day:%Y%m%d}.{form}"
    if form == "csv":
        texts = csv_lines(
            [column.title for column in columns], ([column.text(line) for column in columns] for line in lines)
        )
        response = StreamingHttpResponse(texts, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=file_name)
        return response
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    rows = ([column.value(line) for column in columns] for line in lines)
    title = f"{plan.name} {ledger}　截至{day:%Y-%m-%d}"
    write_rows(file, columns, rows, name=ledger, title=title, written_at=request.as_of.moment)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name, content_type=MEDIA_TYPE)
