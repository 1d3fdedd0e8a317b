"""A form of many rows may send more fields than others: as many as its view says, from people who have signed in.

Django has one limit for all addresses, and reads a form before any view could tell it another one.
"""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import parse_qsl

from django.contrib.auth import SESSION_KEY
from django.core.exceptions import TooManyFieldsSent
from django.http import HttpRequest, HttpResponse, QueryDict

FORM = "application/x-www-form-urlencoded"
View = TypeVar("View", bound=Callable[..., Any])


def most_fields(count: int) -> Callable[[View], View]:
    """Lets the view take a form of so many fields; how much text these may be stays as it is."""

    def marked(view: View) -> View:
        view.most_fields = count  # type: ignore[attr-defined]
        return view

    return marked


class ManyFields:
    """Reads the forms of such views, before whoever else would."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], *_: Any) -> None:
        most = getattr(view, "most_fields", 0)
        if most and request.method == "POST" and request.content_type == FORM and SESSION_KEY in request.session:
            request.POST = _read(request.body, most)  # type: ignore[assignment]


def _read(body: bytes, most: int) -> QueryDict:
    fields = QueryDict(mutable=True)
    try:
        for name, value in parse_qsl(body.decode("ascii", "replace"), keep_blank_values=True, max_num_fields=most):
            fields.appendlist(name, value)
    except ValueError as error:
        raise TooManyFieldsSent(str(error)) from error
    fields._mutable = False
    return fields
