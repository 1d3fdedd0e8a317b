"""What the frame of every page shows: who is signed in, where they may go, for which day the page speaks."""

from datetime import date
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from qa_plan import clock
from tasks.access import can_administer, can_file_reports, can_steer, visible_plans
from tasks.asof import AsOf
from tasks.models import ProgressReport
from tasks.workdays import is_known

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
    steers = can_steer(user)
    return context | {
        "unknown_years": unknown_years(today) if steers or can_administer(user) else [],
        "can_steer": steers,
        "can_file_reports": can_file_reports(user),
        "can_administer": can_administer(user),
        "newest_plan": SimpleLazyObject(lambda: visible_plans(user).first()),
        "waiting_count": SimpleLazyObject(waiting_badge),
    }


def waiting_badge() -> str:
    """How many reports wait now, as the badge says it: counted no further than it can show."""
    waiting = ProgressReport.objects.filter(settled_at=None, assignment__ended_at=None)
    count = waiting[: BADGE_LIMIT + 1].count()
    return str(count) if count <= BADGE_LIMIT else f"{BADGE_LIMIT}+"


def unknown_years(today: date) -> list[int]:
    """The years of coming due dates that the calendar lacks: this one and, from November on, the next."""
    years = [today.year, today.year + 1] if today.month >= 11 else [today.year]
    return [year for year in years if not is_known(year)]
