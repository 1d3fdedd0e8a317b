"""By which methods a page with forms is asked for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

View = Callable[..., HttpResponseBase]


def takes_forms(view: View) -> View:
    """A view that shows its page and takes its forms. HEAD is answered as GET is, without the body.

    The view itself is told GET: one that takes whatever isn't GET for a form would do what it says, and HEAD carries
    no token that shows who sent it.
    """

    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method != "HEAD":
            return view(request, *args, **kwargs)
        request.method = "GET"
        try:
            return view(request, *args, **kwargs)
        finally:
            request.method = "HEAD"  # the record of downloads and the server ask for it

    return asked
