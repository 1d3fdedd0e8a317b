"""变更记录: these pages show the record of changes and give it away."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from agencies.changes import verify
from qa_plan.methods import takes_forms
from reports.chained.views import export
from reports.changes.page import ChangesPage
from reports.models import LargeFile
from tasks.access import can_read_changes, require
from tasks.http.request import Request

NAME = "变更记录.csv"


@require_safe
def change_list(request: Request) -> HttpResponse:
    """Shows the record; `?check=chain` reckons the whole chain anew, which no other look at the page does."""
    require(can_read_changes(request.user))
    record = ChangesPage(request.GET, request.user)
    page = record.page(request.GET.get("page"))
    context = {
        "record": record,
        "page": page,
        "rows": record.rows(page),
        "people": record.people(),
        "agencies": record.agencies(),
        "actions": record.actions(),
        "verdict": verify() if request.GET.get("check") == "chain" else None,
    }
    return render(request, "reports/change_list.html", context, status=200 if record.is_valid else 422)


@takes_forms
def change_export(request: Request) -> HttpResponseBase:
    require(can_read_changes(request.user))
    record = ChangesPage(request.GET, request.user)
    return export(request, record, name=NAME, kind=LargeFile.Kind.CHANGES, page=reverse("reports:change-list"))
