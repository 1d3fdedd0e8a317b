"""催办单 are given as a Word file here; `tasks.pages.urges` shows and prints them."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from reports.briefing.document import DOCX_TYPE
from reports.slips.document import to_docx
from tasks.http.dating import dated
from tasks.http.request import Request
from tasks.pages.evidence.views import HEADERS
from tasks.pages.urges.slips import get_slips


@require_safe
@dated
def slips_docx(request: Request) -> HttpResponse:
    """Several urges' slips in one file: `?id=3&id=4`; the list of urges where none is chosen."""
    keys = request.GET.getlist("id")
    if not keys:
        return redirect("tasks:urge-list")
    slips = get_slips(request.user, keys, request.as_of)
    name = f"催办单 {slips[0].urge.label}{f'等{len(slips)}份' if len(slips) > 1 else ''}.docx"
    content = to_docx(slips, is_demo=settings.QA_PLAN_DEMO)
    disposition = content_disposition_header(True, name) or "attachment"
    return HttpResponse(content, content_type=DOCX_TYPE, headers={**HEADERS, "Content-Disposition": disposition})
