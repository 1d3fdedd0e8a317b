"""How often somebody may guess: of one account, from one address, and all of them together.

The lock of an account on one machine is axes'. What stands here slows down who guesses from many machines or for many
accounts, and shuts nobody out who comes from where they signed in before.
"""

from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.db.models import Q, Sum
from django.http import HttpRequest

from agencies.models import KnownAddress, User

WITHIN = timedelta(minutes=30)
OF_AN_ACCOUNT, OF_AN_ADDRESS, IN_ALL = 20, 60, 1000


def named_in(request: HttpRequest) -> str:
    """The account that a sign-in is sent for, as the form reads it: failures are counted under that name.

    "" for a name with a NUL: no account has one, the form refuses it, and PostgreSQL can't be asked for it.
    """
    name = request.POST.get("username", "").strip()
    return "" if "\0" in name else User.normalize_username(name)


def is_too_much(username: str, address: str, *, now: datetime) -> bool:
    """Whether nobody may try that account from that address for now."""
    name = User.normalize_username(username)
    failures = AccessAttempt.objects.filter(attempt_time__gte=now - WITHIN).aggregate(
        account=Sum("failures_since_start", filter=Q(username=name)),
        address=Sum("failures_since_start", filter=Q(ip_address=address)),
        all=Sum("failures_since_start"),
    )
    limits = {"account": OF_AN_ACCOUNT, "address": OF_AN_ADDRESS, "all": IN_ALL}
    reached = any((failures[what] or 0) >= limit for what, limit in limits.items())
    return reached and not KnownAddress.objects.filter(user__username=name, address=address).exists()
