"""What every page does on which somebody could guess: who guessed too much goes no further, and failures count."""

from axes.handlers.proxy import AxesProxyHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from agencies.circumstances import address
from agencies.known_browsers import count_try, has_tried_enough, known_browser
from agencies.limits import is_too_much
from agencies.security import Kind, record_refusal
from qa_plan import clock


def refusal_of_guessing(request: HttpRequest, username: str) -> HttpResponse | None:
    """The answer to who may not try for now, put on record; None where nobody has guessed too much."""
    now, is_crowded = timezone.now(), False
    if browser := known_browser(request, username):
        is_shut = has_tried_enough(browser, now=now)
    else:
        is_crowded = is_too_much(username, address.get(), now=now)
        is_shut = is_crowded or not AxesProxyHandler.is_allowed(request, {"username": username})
    if not is_shut:
        return None
    record_refusal(Kind.LOCKED, username, at=clock.now())
    return render(request, "registration/locked.html", {"is_crowded": is_crowded}, status=429)


def count_failure(sender: type, request: HttpRequest, username: str) -> None:
    """A wrong code or old password weighs as much as a wrong password at the door."""
    AxesProxyHandler.user_login_failed(sender, {"username": username}, request)
    count_known(request, username)
    record_refusal(Kind.REFUSED, username, at=clock.now())


def count_known(request: HttpRequest, username: str) -> None:
    """Counts a failure of a known browser; all others' are axes' to count, wrong passwords without being told."""
    if browser := known_browser(request, username):
        count_try(browser, username, now=timezone.now())
        # Its middleware then answers in place of the page, as it does where it counts itself.
        setattr(request, "axes_locked_out", has_tried_enough(browser, now=timezone.now()))  # noqa: B010
