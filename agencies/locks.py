"""登录受限: which accounts may not be tried from where just now, and how who keeps rights opens one before its time."""

from datetime import datetime
from typing import NamedTuple

from axes.conf import settings
from axes.models import AccessAttempt
from django.db.models import Max, Sum

from agencies.changes import note
from agencies.known_browsers import PREFIX
from agencies.limits import OF_AN_ACCOUNT, WITHIN
from agencies.models import User

OPENED = "解除登录限制"
OWN = "本人用过的浏览器"


class Lock(NamedTuple):
    """An account that is shut: from one address, from a browser of its person's, or from everywhere ("")."""

    person: User
    address: str
    failures: int
    until: datetime


def locks(*, now: datetime) -> list[Lock]:
    """All of them, the newest first. Names that no account has are left out: nobody waits for those."""
    recent = AccessAttempt.objects.filter(attempt_time__gte=now - WITHIN, username__isnull=False).order_by()
    counted = {"failures": Sum("failures_since_start"), "last": Max("attempt_time")}
    of_machines = recent.exclude(ip_address=None).values("username", "ip_address").annotate(**counted)
    of_browsers = recent.filter(user_agent__startswith=PREFIX, ip_address=None).values("username", "user_agent")
    of_accounts = recent.values("username").annotate(**counted)
    alone = [*of_machines, *({**row, "ip_address": OWN} for row in of_browsers.annotate(**counted))]
    shut = [row for row in alone if row["failures"] >= settings.AXES_FAILURE_LIMIT]
    shut += [row for row in of_accounts if row["failures"] >= OF_AN_ACCOUNT]
    people = {person.username: person for person in User.objects.filter(username__in=[row["username"] for row in shut])}
    found = [
        Lock(people[row["username"]], row.get("ip_address") or "", row["failures"], row["last"] + WITHIN)
        for row in shut
        if row["username"] in people
    ]
    return sorted(found, key=lambda lock: lock.until, reverse=True)


def unlock(person: User, *, by: User, at: datetime) -> bool:
    """Forgets the failures of the account, from wherever they came; whether there were any. Within `recording()`."""
    gone, _ = AccessAttempt.objects.filter(username=person.username).delete()
    if gone:
        note(OPENED, person, by=by, at=at, agency=person.agency)
    return bool(gone)
