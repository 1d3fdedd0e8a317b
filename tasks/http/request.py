"""The request as views get it."""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from agencies.models import User
from tasks.rules.asof import AsOf

if TYPE_CHECKING:
    from django.http.request import _ImmutableQueryDict


class Request(HttpRequest):
    """For types only: what the middleware adds, which lets nobody in who isn't signed in, and what `dated` does."""

    user: User
    htmx: HtmxDetails
    as_of: AsOf


def posted(request: HttpRequest) -> "_ImmutableQueryDict | None":
    """What a form was sent with, also where that is nothing at all; None on a page that is only read."""
    return request.POST if request.method == "POST" else None
