"""佐证材料, always as a file to be saved and never as a page of this site."""

import logging

from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from qa_plan import clock
from tasks.access import get_evidence
from tasks.http.request import Request

logger = logging.getLogger(__name__)
HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


@require_safe
def evidence(request: Request, pk: int) -> FileResponse:
    found = get_evidence(request.user, pk, clock.end_of(clock.today()))
    try:
        file = found.blob.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        logger.exception("Evidence %s has lost its file %s.", pk, found.blob)
        raise Http404 from error
    return FileResponse(
        file, as_attachment=True, filename=found.name, content_type=found.blob.media_type, headers=HEADERS
    )
