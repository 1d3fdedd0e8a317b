"""One number for everything that a request does: in the records, in the response's head, and in the log."""

from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from agencies.circumstances import address, client_address, request_id


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        number = uuid4()
        tokens = request_id.set(number), address.set(client_address(request))
        try:
            response = get_response(request)
        finally:
            request_id.reset(tokens[0])
            address.reset(tokens[1])
        response["X-Request-ID"] = str(number)
        return response

    return respond
