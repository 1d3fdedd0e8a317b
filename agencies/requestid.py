"""One number for everything that a request does: in the records, in the response's head, and in the log."""

import logging
import time
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse

from agencies.circumstances import address, client_address, request_id
from qa_plan.counters import OTHER, count

QUIET = ("healthz", "metrics")  # machines ask them all day
SECRETS = ("token", "key")  # parts of addresses that open something by themselves
SECRET_PREFIXES = ("/calendar/", "/setup/first/")  # of addresses with such a part: one mistyped is told by this alone
access = logging.getLogger("qa_plan.access")


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Numbers the request, counts its answer, and writes its line into the log of access."""

    def respond(request: HttpRequest) -> HttpResponse:
        number, begun = uuid4(), time.perf_counter()
        tokens = request_id.set(number), address.set(client_address(request))
        try:
            response = get_response(request)
            _tell(request, response.status_code, time.perf_counter() - begun)
        finally:
            request_id.reset(tokens[0])
            address.reset(tokens[1])
        response["X-Request-ID"] = str(number)
        return response

    return respond


def _tell(request: HttpRequest, status: int, seconds: float) -> None:
    view = request.resolver_match.view_name if request.resolver_match else OTHER
    count(view, status, seconds)
    if not access.isEnabledFor(logging.INFO) or (view in QUIET and status < 400):
        return
    fields = {
        "method": request.method,
        "path": _path(request),
        "status": status,
        "ms": int(seconds * 1000),
        "view": view,
        "address": address.get(),
        "user": getattr(getattr(request, "_cached_user", None), "pk", None),  # asking anew would cost a query
    }
    message = "{method} {path} {status} {ms}ms {view} {address} user={user}".format(**fields)
    access.info("%s", message, extra={"fields": fields})


def _path(request: HttpRequest) -> str:
    """The address without what was asked for, without what is secret in it, and on one line."""
    path = request.path
    if request.resolver_match is None:
        begun = next((each for each in SECRET_PREFIXES if request.path_info.lower().startswith(each)), "")
        path = f"{begun}…" if begun else path
    for name, value in (request.resolver_match.kwargs if request.resolver_match else {}).items():
        if name in SECRETS:
            path = path.replace(str(value), "…")
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in path)
