"""One number for everything that a request does: in the record of changes, in the response's head, and in the log."""

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from agencies.changes import request_id


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        number = uuid4()
        token = request_id.set(number)
        try:
            response = get_response(request)
        finally:
            request_id.reset(token)
        response["X-Request-ID"] = str(number)
        return response

    return respond
