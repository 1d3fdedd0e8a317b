"""What every page does on which somebody could guess: who guessed too much goes no further, and failures count."""

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agencies.circumstances import address
from agencies.limits import is_too_much
from agencies.security import Kind, record_refusal
from qa_plan import clock


def refusal_of_guessing(request: HttpRequest, username: str) -> HttpResponse | None:
    """The answer to who may not try for now, put on record; None where nobody has guessed too much."""
    is_crowded = is_too_much(username, address.get(), now=timezone.now())
    if not is_crowded and AxesProxyHandler.is_allowed(request, {"username": username}):
        return None
    record_refusal(Kind.LOCKED, username, at=clock.now())
    return render(request, "registration/locked.html", {"is_crowded": is_crowded}, status=429)


def count_failure(sender: type, request: HttpRequest, username: str) -> None:
    """A wrong code or old password weighs as much as a wrong password at the door."""
    AxesProxyHandler.user_login_failed(sender, {"username": username}, request)
    record_refusal(Kind.REFUSED, username, at=clock.now())
