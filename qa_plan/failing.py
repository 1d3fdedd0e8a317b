"""The page of a fault: it asks nothing of anybody, and names the number under which the log tells of it."""

from django.http import HttpRequest, HttpResponseServerError
from django.template.loader import render_to_string

from qa_plan.logs import request_id


def server_error(request: HttpRequest) -> HttpResponseServerError:
    return HttpResponseServerError(render_to_string("500.html", {"number": str(request_id.get() or "")[:8]}))
