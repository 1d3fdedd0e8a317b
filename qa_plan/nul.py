"""A NUL in an address is nobody's question: no text holds one, and PostgreSQL refuses it as a fault of ours."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answers 400 to an address or query with a NUL in it; forms that are posted say it at their field."""

    def respond(request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or any("\0" in text for name, texts in request.GET.lists() for text in (name, *texts)):
            raise BadRequest("NUL")
        return get_response(request)

    return respond
