"""What the frame of every page shows: who is signed in, where they may go, for which day the page speaks."""

from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import DateField, DateTimeField, IntegerField, QuerySet, Subquery, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from agencies.models import User
from qa_plan import clock
from tasks.access import (
    can_administer,
    can_file_reports,
    can_move_people,
    can_read_changes,
    can_steer,
    can_watch_reminders,
    visible_plans,
)
from tasks.asof import AsOf
from tasks.models import AgencyRequest, Heartbeat, Message, ProgressReport, Sweep
from tasks.prepared import Given, prepared
from tasks.reminders.warnings import calendar_warning
from tasks.reminders.watch import JOBS, Seen, tried_mails, troubles

BADGE_LIMIT = 99


def frame(request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    context: dict[str, Any] = {
        "product": settings.PRODUCT_NAME,
        "office": settings.COORDINATING_OFFICE,
        "is_demo": settings.QA_PLAN_DEMO,
        "today": today,
        "as_of": getattr(request, "as_of", AsOf(today, today)),
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    steers, watches = can_steer(user), can_watch_reminders(user)
    return context | {
        "calendar_warning": calendar_warning(today) if steers or can_administer(user) else "",
        "can_steer": steers,
        "can_file_reports": can_file_reports(user),
        "can_administer": can_administer(user),
        "can_read_changes": can_read_changes(user),
        "can_move_people": can_move_people(user),
        "can_watch_reminders": watches,
        "newest_plan": SimpleLazyObject(lambda: visible_plans(user).first()),
        "badges": SimpleLazyObject(lambda: badges_of(user, steers=steers, watches=watches)),
    }


class Badges(NamedTuple):
    """What the frame counts, as it says it."""

    unread: str  # "" where there is none
    waiting: str  # reports; only for those who review them
    requests: str  # the same of requests
    troubles: list[str]  # what keeps reminders from going out; only for those who watch


class CountUpToLimit(Subquery):
    """How many rows the query has, counted no further than a badge can show."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, queryset: QuerySet) -> None:
        super().__init__(queryset.order_by().values("pk")[: BADGE_LIMIT + 1])


class CountFailed(Subquery):
    """How many of those deliveries were refused."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) tried WHERE error <> '')"
    output_field = IntegerField()


def badges_of(user: User, *, steers: bool, watches: bool) -> Badges:
    """One query for all badges, and for what the watch goes by."""
    ((unread, waiting, requests, last_sweep, failed, *signs),) = _counts(user=user.pk, steers=steers, watches=watches)
    seen = Seen(last_sweep, failed, dict(zip(JOBS, signs, strict=True)))
    found = troubles(seen, at=clock.now(), now=timezone.now()) if watches else {}
    return Badges(said(unread) if unread else "", said(waiting), said(requests), list(found.values()))


@prepared(user=IntegerField())
def _counts(user: Given, *, steers: bool, watches: bool) -> QuerySet[User, tuple[Any, ...]]:
    unread = Message.objects.filter(recipient=user, read_at__isnull=True)
    waiting = ProgressReport.objects.filter(settled_at=None, assignment__ended_at=None)
    requests = AgencyRequest.objects.filter(decision=None, assignment__ended_at=None)
    theirs = (CountUpToLimit(waiting), CountUpToLimit(requests)) if steers else (Value(0), Value(0))
    nothing = (Value(None, DateField()), Value(0), *(Value(None, DateTimeField()) for _ in JOBS))
    watched = (
        Subquery(Sweep.objects.order_by("-day").values("day")[:1]),
        CountFailed(tried_mails().values("error")),
        *(Subquery(Heartbeat.objects.filter(process=name).values("seen_at")[:1]) for name in JOBS),
    )
    return User.objects.filter(pk=user).values_list(CountUpToLimit(unread), *theirs, *(watched if watches else nothing))


def said(count: int) -> str:
    return str(count) if count <= BADGE_LIMIT else f"{BADGE_LIMIT}+"
