"""A form has as many fields as what it is about has rows: people who have signed in may send them all at once.

Django has one limit for everybody, a thousand fields and some megabytes of text, and reads a form before a view could
tell it another one. A plan of two thousand tasks is drawn from in one form, and confirmed with all of its milestones;
strangers send nothing like it, and stay under that limit.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict, UnreadablePostError
from django.utils.datastructures import MultiValueDict

FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 20_000
MOST_TEXT = 16 * 1024 * 1024  # bytes; a Chinese character takes nine of a form


class ManyFields:
    """Reads the forms of those people, before whoever else would."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> None:
        if _is_theirs(request):
            request.POST = _read(_body(request))  # type: ignore[assignment]
            request._files = MultiValueDict()  # type: ignore[attr-defined]  # else Django would read it once more


def most_fields(request: HttpRequest) -> int:
    """How many fields that request may have."""
    return MOST_FIELDS if _is_theirs(request) else settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or 0


def _is_theirs(request: HttpRequest) -> bool:
    """Whether it is a form, without files, of somebody who has signed in."""
    return request.method == "POST" and request.content_type == FORM and SESSION_KEY in getattr(request, "session", ())


def _body(request: HttpRequest) -> bytes:
    length = request.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) > MOST_TEXT:
        raise RequestDataTooBig(length)
    if not hasattr(request, "_body"):
        try:
            request._body = request.read()
        except OSError as error:
            raise UnreadablePostError(*error.args) from error
    return request.body


def _read(body: bytes) -> QueryDict:
    fields = QueryDict(mutable=True)
    try:
        sent = parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise TooManyFieldsSent(str(error)) from error
    for name, value in sent:
        fields.appendlist(name, value)
    fields._mutable = False
    return fields
