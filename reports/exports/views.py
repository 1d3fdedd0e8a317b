"""Downloads of the ledgers. The address carries the same filters, order and day as the page that leads here."""

import tempfile
from collections.abc import Iterable, Sequence

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from agencies.models import Agency
from reports.exports.columns import ASSIGNMENT_COLUMNS, ITEM_COLUMNS, Row, assignment_rows, item_rows
from reports.exports.csvlines import csv_lines
from reports.xlsx import MEDIA_TYPE, write_rows
from reports.xlsx.sheets import Column
from tasks.access import get_plan
from tasks.http.dating import dated, require_assigned
from tasks.http.request import Request
from tasks.models import Assignment, Plan
from tasks.pages.ledger.filters import AssignmentFilter, ItemFilter
from tasks.pages.ledger.page import batches
from tasks.pages.ledger.views import ASSIGNMENT_SORTS, ITEM_SORTS
from tasks.standing.filing import current_period

IN_MEMORY = 5_000_000  # bytes; a longer workbook is written to the disk
FORMS = ("xlsx", "csv")


@require_safe
@dated
def item_export(request: Request, slug: str, form: str) -> HttpResponseBase:
    plan, as_of = get_plan(request.user, slug), request.as_of
    require_assigned(plan, as_of)
    found = ItemFilter(request.GET, plan.items.all(), plan=plan, as_of=as_of)
    names = dict(Agency.objects.values_list("pk", "name"))
    some = batches(found, sort=request.GET.get("sort", ""), sorts=ITEM_SORTS)
    return _download(request, plan, "任务台账", form, ITEM_COLUMNS, item_rows(some, plan, as_of, names))


@require_safe
@dated
def assignment_export(request: Request, slug: str, form: str) -> HttpResponseBase:
    plan, as_of = get_plan(request.user, slug), request.as_of
    require_assigned(plan, as_of)
    period = current_period(plan, as_of.day)
    assignments = Assignment.objects.in_force(as_of.moment).filter(item__plan=plan)
    found = AssignmentFilter(request.GET, assignments, plan=plan, as_of=as_of, period=period)
    some = batches(found, sort=request.GET.get("sort", ""), sorts=ASSIGNMENT_SORTS)
    rows = assignment_rows(some, plan, as_of, period)
    return _download(request, plan, "责任分工台账", form, ASSIGNMENT_COLUMNS, rows)


def _download(
    request: Request, plan: Plan, what: str, form: str, columns: Sequence[Column], rows: Iterable[Row]
) -> HttpResponseBase:
    if form not in FORMS:
        raise Http404
    day = request.as_of.day
    name = f"{plan.name}{what}_截至{day:%Y%m%d}.{form}"
    if form == "csv":
        lines = csv_lines([column.title for column in columns], rows)
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
        return response
    file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    title = f"{plan.name} {what}　截至{day:%Y-%m-%d}"
    write_rows(file, columns, rows, name=what, title=title, written_at=request.as_of.moment)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=MEDIA_TYPE)
