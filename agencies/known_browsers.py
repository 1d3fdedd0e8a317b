"""A browser by which somebody signed in before has tries of its own: what others guess doesn't shut it out.

The people of an office often come from one address. By that alone, whoever guesses a colleague's password there would
keep the colleague out, too.
"""

from datetime import datetime, timedelta
from typing import Any

from axes.conf import settings
from axes.models import AccessAttempt
from django.db.models import F, Sum
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import get_random_string

from agencies.limits import WITHIN
from agencies.models import User

COOKIE, SALT = "known_browser", "agencies.known_browsers"
KNOWN_FOR = timedelta(days=180)
PREFIX = "known "  # in the place of the browser's own words, in rows without an address


def remember(response: HttpResponse, user: User) -> None:
    """The browser that gets the answer is that person's, and has its tries anew."""
    response.set_signed_cookie(
        COOKIE,
        f"{user.pk}:{get_random_string(22)}",
        salt=SALT,
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def known_browser(request: HttpRequest, username: str) -> str:
    """What the browser is called among the failures; "" where it was another's last, or nobody's."""
    said = request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=KNOWN_FOR) or ""
    pk, _, number = said.partition(":")
    is_theirs = pk and User.objects.filter(pk=pk, username=User.normalize_username(username)).exists()
    return f"{PREFIX}{number}" if is_theirs else ""


def is_known(request: HttpRequest, credentials: dict[str, Any] | None) -> bool:
    """For axes, which neither shuts out a known browser nor counts its failures."""
    return bool(known_browser(request, (credentials or {}).get("username") or ""))


def has_tried_enough(browser: str, *, now: datetime) -> bool:
    recent = AccessAttempt.objects.filter(user_agent=browser, ip_address=None, attempt_time__gte=now - WITHIN)
    failures = recent.aggregate(sum=Sum("failures_since_start"))["sum"] or 0
    return bool(failures >= settings.AXES_FAILURE_LIMIT)


def count_try(browser: str, username: str, *, now: datetime) -> None:
    """One more failure; the half hour begins anew with each, and what is older than that is forgotten."""
    row = {"user_agent": browser, "ip_address": None, "username": User.normalize_username(username)}
    these = AccessAttempt.objects.filter(**row).order_by("pk")
    these.filter(attempt_time__lt=now - WITHIN).delete()
    # Two at once may make two rows: no constraint of the table holds where there is no address.
    one = AccessAttempt.objects.filter(pk__in=these.values("pk")[:1])
    if not one.update(failures_since_start=F("failures_since_start") + 1, attempt_time=now):
        AccessAttempt.objects.create(**row, failures_since_start=1)
