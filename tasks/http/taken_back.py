"""A report that was taken back while a coordinator had it open: said in words, with the comment that was typed."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.http import Http404, HttpResponse
from django.shortcuts import render

from tasks.access import get_report_taken_back
from tasks.http.request import Request

Answer = TypeVar("Answer")


def unless_taken_back(
    request: Request, pk: int, moment: datetime, answer: Callable[[], Answer]
) -> Answer | HttpResponse:
    """The answer; where the report isn't there because its agency had taken it back by then, a page that says so."""
    try:
        return answer()
    except Http404:
        report = get_report_taken_back(request.user, pk, moment)
        typed = request.POST.get("comment") or request.POST.get("text") or ""
        context = {"report": report, "plan": report.assignment.item.plan, "typed": typed.strip()}
        return render(request, "tasks/review_taken_back.html", context, status=409 if request.POST else 200)
