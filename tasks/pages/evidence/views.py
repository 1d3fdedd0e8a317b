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
    """The file, to those who may read what it was filed with."""
    upload = get_evidence(request.user, pk, clock.end_of(clock.today()))
    try:
        file = upload.blob.file.open("rb")
    except (FileNotFoundError, ValueError) as error:
        logger.exception("Evidence %s has lost its file %s.", pk, upload.blob)
        raise Http404 from error
    return FileResponse(
        file, as_attachment=True, filename=upload.name, content_type=upload.blob.media_type, headers=HEADERS
    )
