"""What the frame of every page shows: who is signed in, where they may go, for which day the page speaks."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import IntegerField, JSONField, QuerySet, Subquery, Value
from django.db.models.sql.compiler import SQLCompiler
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from agencies.models import User
from qa_plan import clock
from qa_plan.compile_once import Param, compile_once
from tasks.access import (
    can_administer,
    can_file_reports,
    can_move_people,
    can_read_changes,
    can_steer,
    can_watch_reminders,
    visible_plans,
)
from tasks.models import AgencyRequest, Heartbeat, Message, Plan, ProgressReport, Sweep, WorkdayOverride
from tasks.reminders.warnings import calendar_warning
from tasks.reminders.watch import JOBS, Seen, tried_mails, troubles
from tasks.rules.asof import AsOf

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
    calendar: str = ""  # what the calendar lacks, and what keeps reminders from going out; only for those who watch
    troubles: Sequence[str] = ()


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


class AsOverrides(Subquery):
    """The office's corrections of the calendar, all in one value."""

    template = "(SELECT jsonb_object_agg(day, is_workday) FROM (%(subquery)s) corrected)"
    output_field = JSONField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any) -> Any:
        return self.as_sql(compiler, connection, self.template.replace("jsonb_object_agg", "json_group_object"))


def badges_of(user: User, *, steers: bool, watches: bool) -> Badges:
    """One query for all badges, and for what the watch goes by."""
    ((unread, waiting, requests, *watched),) = _counts(user=user.pk, steers=steers, watches=watches)
    badges = Badges(said(unread) if unread else "", said(waiting), said(requests))
    if not watches:
        return badges
    last_sweep, begun_at, corrections, failed, *signs = watched
    overrides = {date.fromisoformat(day): bool(is_workday) for day, is_workday in (corrections or {}).items()}
    seen = Seen(last_sweep, begun_at, overrides, failed, dict(zip(JOBS, signs, strict=True)))
    found = troubles(seen, at=clock.now(), now=timezone.now())
    return badges._replace(calendar=calendar_warning(clock.today(), overrides), troubles=list(found.values()))


@compile_once(user=IntegerField())
def _counts(user: Param, *, steers: bool, watches: bool) -> QuerySet[User, tuple[Any, ...]]:
    unread = Message.objects.filter(recipient=user, read_at__isnull=True)
    waiting = ProgressReport.objects.filter(settled_at=None, assignment__ended_at=None)
    requests = AgencyRequest.objects.filter(decision=None, assignment__ended_at=None)
    theirs = (CountUpToLimit(waiting), CountUpToLimit(requests)) if steers else (Value(0), Value(0))
    watched = (
        Subquery(Sweep.objects.order_by("-day").values("day")[:1]),
        Subquery(Plan.objects.order_by("imported_at").values("imported_at")[:1]),
        AsOverrides(WorkdayOverride.objects.order_by().values("day", "is_workday")),
        CountFailed(tried_mails().values("error")),
        *(Subquery(Heartbeat.objects.filter(process=name).values("seen_at")[:1]) for name in JOBS),
    )
    return User.objects.filter(pk=user).values_list(CountUpToLimit(unread), *theirs, *(watched if watches else ()))


def said(count: int) -> str:
    return str(count) if count <= BADGE_LIMIT else f"{BADGE_LIMIT}+"
