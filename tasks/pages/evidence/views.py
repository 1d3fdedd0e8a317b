"""佐证材料: a file to be saved, never a page of this site; pictures and PDF are shown within one, shut off from it."""

import logging

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from qa_plan import clock
from tasks.access import get_evidence
from tasks.http.request import Request
from tasks.models import Evidence

logger = logging.getLogger(__name__)
HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}
# Within this site's own page alone. A picture runs nothing; a browser's PDF viewer refuses to work in a sandbox, and
# has none of this site's rights.
SHOWN = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
    "X-Frame-Options": "SAMEORIGIN",
}


@require_safe
def evidence(request: Request, pk: int) -> FileResponse:
    """The file, to those who may read what it was filed with."""
    return _file(_upload(request, pk), HEADERS, is_saved=True)


@require_safe
def evidence_view(request: Request, pk: int) -> HttpResponse:
    """The page that shows it."""
    upload = _upload(request, pk)
    if not upload.can_be_shown:
        raise Http404
    return render(request, "tasks/evidence_view.html", {"upload": upload, "plan": upload.assignment.item.plan})


@require_safe
def evidence_shown(request: Request, pk: int) -> FileResponse:
    """What the page shows."""
    upload = _upload(request, pk)
    if not upload.can_be_shown:
        raise Http404
    return _file(upload, SHOWN, is_saved=False)


def _upload(request: Request, pk: int) -> Evidence:
    return get_evidence(request.user, pk, clock.end_of(clock.today()))


def _file(upload: Evidence, headers: dict[str, str], *, is_saved: bool) -> FileResponse:
    try:
        file = upload.blob.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        logger.exception("Evidence %s has lost its file %s.", upload.pk, upload.blob)
        raise Http404 from error
    return FileResponse(
        file, as_attachment=is_saved, filename=upload.name, content_type=upload.blob.media_type, headers=headers
    )
