"""/search/, from every page's header."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from qa_plan import clock
from tasks.http.request import Request
from tasks.pages.search.page import SearchPage

LONGEST = 100  # of what is typed
LAST_PAGE = 500


@require_safe
def search(request: Request) -> HttpResponse:
    """Finds words in everything that the person may see, as it stands today."""
    typed, page = request.GET.get("q", "")[:LONGEST], request.GET.get("page", "")
    number = min(max(int(page), 1), LAST_PAGE) if page.isdecimal() and len(page) < 5 else 1
    found = SearchPage(request.user, typed, request.GET.get("kind", ""), number, clock.now())
    return render(request, "tasks/search.html", {"found": found, "searched": typed.strip()})
