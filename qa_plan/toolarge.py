"""Requests that send too much get a page that says so, before anything of them is kept."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import bad_request as default_bad_request

from qa_plan.manyfields import most_fields

FILES = "multipart/form-data"
CHUNK = 1024 * 1024
PATIENCE = 4  # a request up to so many times the limit is read to its end, else the browser would miss the answer


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answers by the length that the request announces; servers read no further than that."""

    def respond(request: HttpRequest) -> HttpResponse:
        length = request.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) > settings.REQUEST_LIMIT:
            if int(length) <= PATIENCE * settings.REQUEST_LIMIT:
                while request.read(CHUNK):
                    pass
            return too_large(request)
        return get_response(request)

    return respond


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The handler of 400: Django refuses forms of too many fields or files, or too much text, on its own."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_large(request, is_form=request.content_type != FILES)
    return default_bad_request(request, exception)


def too_large(request: HttpRequest, *, is_form: bool = False) -> HttpResponse:
    """The answer: a page, or one line at the top of a page that htmx keeps alive, where what was typed stays.

    `is_form` says that it is a form without files, of which there is too much.
    """
    is_htmx = request.headers.get("HX-Request") == "true"
    context = {"limit": settings.REQUEST_LIMIT // 1024**2, "fields": most_fields(request) if is_form else 0}
    response = render(request, "_too_large.html" if is_htmx else "413.html", context, status=413)
    if is_htmx:
        response["HX-Retarget"], response["HX-Reswap"] = "#session", "innerHTML"
    return response
