"""/help/: the manual of the reader's own work, and 口径说明: how every figure is reckoned."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.http.request import Request
from tasks.pages.help.page import manual_for


@require_safe
def help_page(request: Request) -> HttpResponse:
    """The same definitions for everybody; the manual is that of the reader's role."""
    return render(request, "tasks/help.html", {"manual": manual_for(request.user)})
