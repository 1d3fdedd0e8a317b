"""How far a large file is, and the file."""

from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from reports.background.keeping import large_files_of
from tasks.http.request import Request

PER_PAGE = 20


@require_safe
def large_file_list(request: Request) -> HttpResponse:
    """What the person has asked for in the last week, the newest first."""
    page = Paginator(large_files_of(request.user).defer("result"), PER_PAGE)
    return render(request, "reports/large_file_list.html", {"page": page.get_page(request.GET.get("page"))})


@require_safe
def large_file(request: Request, pk: int) -> HttpResponse:
    """Shows it; while it is made the page asks again and again for the progress alone, then loads itself anew."""
    large = get_object_or_404(large_files_of(request.user), pk=pk)
    if request.htmx and not large.is_under_way:
        return HttpResponseClientRefresh()
    template = "reports/_large_file_progress.html" if request.htmx else "reports/large_file.html"
    # What is kept as the result was drawn by a template of ours, which escaped what it was given.
    response = render(request, template, {"large": large, "result": SafeString(large.result)})
    response["Cache-Control"] = "no-store"  # the progress and the whole page have the same address
    return response


@require_safe
def large_file_download(request: Request, pk: int) -> FileResponse:
    large = get_object_or_404(large_files_of(request.user), pk=pk)
    if not large.content:
        raise Http404
    try:
        file = default_storage.open(large.content)
    except OSError:
        raise Http404 from None
    headers = {"Cache-Control": "private, no-store"}
    return FileResponse(file, as_attachment=True, filename=large.name, headers=headers)
