"""/help/: what each role does here and where, and 口径说明: how every figure is reckoned."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.http.request import Request


@require_safe
def help_page(request: Request) -> HttpResponse:
    """The same definitions for everybody; the steps are those of the reader's own role."""
    return render(request, "tasks/help.html")
