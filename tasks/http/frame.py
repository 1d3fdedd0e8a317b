"""What the frame of every page shows: who is signed in, where they may go, for which day the page speaks."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from agencies.models import Office, User
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
from tasks.http.questions import BADGE_LIMIT, badge_counts
from tasks.reminders.warnings import calendar_warning
from tasks.reminders.watch import JOBS, Seen, troubles
from tasks.rules.asof import AsOf


def frame(request: HttpRequest) -> dict[str, Any]:
    today = clock.today()
    context: dict[str, Any] = {
        "product": settings.PRODUCT_NAME,
        "office": SimpleLazyObject(lambda: Office.current().name),
        "is_demo": settings.QA_PLAN_DEMO,
        "today": today,
        "as_of": getattr(request, "as_of", AsOf(today, today)),
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return context
    steers, watches = can_steer(user), can_watch_reminders(user)
    badges = SimpleLazyObject(lambda: badges_of(user, steers=steers, watches=watches))
    return context | {
        "office": SimpleLazyObject(lambda: badges.office or settings.COORDINATING_OFFICE),
        "can_steer": steers,
        "can_file_reports": can_file_reports(user),
        "can_administer": can_administer(user),
        "can_read_changes": can_read_changes(user),
        "can_move_people": can_move_people(user),
        "can_watch_reminders": watches,
        "newest_plan": SimpleLazyObject(lambda: visible_plans(user).first()),
        "badges": badges,
    }


class Badges(NamedTuple):
    """What the frame counts, as it says it."""

    unread: str  # "" where there is none
    waiting: str  # reports; only for those who review them
    requests: str  # the same of requests
    office: str = ""  # as it calls itself; only for those who steer
    calendar: str = ""  # what the calendar lacks, and what keeps reminders from going out; only for those who watch
    troubles: Sequence[str] = ()


def badges_of(user: User, *, steers: bool, watches: bool) -> Badges:
    """One query for all badges, and for what the watch goes by."""
    ((unread, waiting, requests, office, *watched),) = badge_counts(user=user.pk, steers=steers, watches=watches)
    badges = Badges(capped(unread) if unread else "", capped(waiting), capped(requests), office or "")
    if not watches:
        return badges
    last_sweep, begun_at, corrections, failed, *signs = watched
    overrides = {date.fromisoformat(day): bool(is_workday) for day, is_workday in (corrections or {}).items()}
    seen = Seen(last_sweep, begun_at, overrides, failed, dict(zip(JOBS, signs, strict=True)))
    wrong = troubles(seen, at=clock.now(), now=timezone.now())
    return badges._replace(calendar=calendar_warning(clock.today(), overrides), troubles=list(wrong.values()))


def capped(count: int) -> str:
    """The number as a badge shows it, which is never wider than three characters."""
    return str(count) if count <= BADGE_LIMIT else f"{BADGE_LIMIT}+"
