"""/healthz: whether database, broker, worker and beat live, and reminders go out. For machines; no word of business."""

from datetime import datetime, timedelta

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from qa_plan import clock
from qa_plan.celery import app
from tasks.pages.health.questions import last_seen
from tasks.reminders.watch import look, troubles

STALE_AFTER = timedelta(seconds=120)


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 otherwise; each part says "ok" or what is wrong."""
    database = _database()
    seen = last_seen() if database == "ok" else {}
    parts = {"database": database, "broker": _broker(), **{name: _age(seen.get(name)) for name in ("worker", "beat")}}
    if database == "ok":
        wrong = troubles(look(), at=clock.now(), now=timezone.now())
        parts |= {name: "failing" if name in wrong else "ok" for name in ("reminders", "mail", "jobs")}
    return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "unreachable"
    return "ok"


def _broker() -> str:
    try:
        with app.connection_for_write(connect_timeout=2) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0.1, timeout=2)
    except (OperationalError, OSError):
        return "unreachable"
    return "ok"


def _age(seen_at: datetime | None) -> str:
    if seen_at is None:
        return "never seen"
    age = timezone.now() - seen_at
    return "ok" if age < STALE_AFTER else f"last seen {int(age.total_seconds())} s ago"
