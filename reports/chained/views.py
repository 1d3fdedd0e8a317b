"""Gives away a record as the page shows it."""

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from qa_plan import clock
from reports.background.asking import AT_ONCE, ask
from reports.chained.page import RecordPage
from reports.exports.csvlines import csv_lines, newest_first
from tasks.http.request import Request


def export(request: Request, record: RecordPage, *, name: str, kind: str, page: str) -> HttpResponseBase:
    """Gives exactly what the filter shows; many rows are the worker's, once somebody says so by a press.

    A filter that makes no sense leads back to the page, where that is said.
    """
    query = request.GET.urlencode()
    if not record.is_valid:
        return redirect(f"{page}?{query}")
    rows = record.found.count()
    if rows > AT_ONCE and request.method == "POST":
        asked = {"query": query}
        return redirect(ask(kind=kind, name=name, asked=asked, total=rows, by=request.user, at=clock.now()))
    if rows > AT_ONCE:
        return render(request, "reports/large_file_ask.html", {"name": name, "rows": rows, "at_once": AT_ONCE})
    lines = csv_lines(list(record.exported), newest_first(record.found, record.exported.values()))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    return response
