"""再次确认身份: before what can't be undone, who signed in some time ago shows again that it is they."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone

from agencies.expiry import page_of_the_form
from agencies.sessions import BEGAN

# Who was let to the page of a form may send it for half an hour, however long ago they signed in by then.
LET, SALT, PAGE_STAYS = "let_to_page", "agencies.confirming", timedelta(minutes=30)
View = Callable[..., HttpResponseBase]


def asks_again(when: Callable[[HttpRequest], bool] = lambda request: True) -> Callable[[View], View]:
    """A view that asks, before it shows its form and before it takes one, those requests that `when` names.

    Who has neither a password nor a second factor here isn't asked: the server that signed them on would have to.
    """

    def decorated(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            certain = is_certain(request, now=timezone.now())
            if request.method in ("GET", "HEAD") and certain and settings.CONFIRM_MINUTES:
                return _let_to(request, view(request, *args, **kwargs))
            if certain or not when(request) or _was_let_to(request):
                return view(request, *args, **kwargs)
            ways = get_adapter().get_reauthentication_methods(request.user)
            return _to(ways[0]["url"], request) if ways else view(request, *args, **kwargs)

        return asked

    return decorated


def is_certain(request: HttpRequest, *, now: datetime) -> bool:
    """Whether the person signed in or confirmed it within the time of the settings."""
    if not settings.CONFIRM_MINUTES:
        return True
    shown = [step["at"] for step in get_authentication_records(request, request.user)]
    last = max([request.session.get(BEGAN, now.timestamp()), *shown])
    return now.timestamp() - last < settings.CONFIRM_MINUTES * 60


def _let_to(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """The answer, by which this session's form of this address may be sent for a while."""
    response.set_signed_cookie(
        LET,
        _session_of(request),
        salt=f"{SALT} {request.path}",
        path=request.path,
        max_age=PAGE_STAYS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _was_let_to(request: HttpRequest) -> bool:
    said = request.get_signed_cookie(LET, default="", salt=f"{SALT} {request.path}", max_age=PAGE_STAYS)
    return request.method == "POST" and said == _session_of(request)


def _session_of(request: HttpRequest) -> str:
    return f"{request.user.pk} {request.session.get(BEGAN, '')}"


def _to(place: str, request: HttpRequest) -> HttpResponse:
    """To the page that asks, and from there on to the page of the form."""
    there = request.get_full_path()
    if request.method == "POST":
        there = page_of_the_form(request)
        messages.warning(request, "刚才提交的没有办理，请确认身份后重新提交。")
    url = f"{place}?{urlencode({'next': there})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)
