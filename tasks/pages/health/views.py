"""For machines. /healthz: whether database, disk, broker, worker and beat live, and reminders go out, in JSON.
/metrics: how much was asked and how long it took, what waits and since when, for Prometheus.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from secrets import compare_digest

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from qa_plan import clock
from qa_plan.datafolder import trial
from qa_plan.examining import broker_refusal
from tasks.pages.health.page import Family, in_text, of_the_installation, of_this_host
from tasks.reminders.watch import look, troubles
from tasks.workflow.heartbeat import beat

FORWARDED = ("X-Forwarded-For", "X-Real-IP", "Forwarded")
STALE_AFTER = timedelta(seconds=120)
CLOCKS_APART = timedelta(seconds=30)  # of two hosts that keep time; a sign from later than that is none


@login_not_required
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 otherwise; each part says "ok" or what is wrong."""
    parts = {"database": "ok", "disk": _disk(), "broker": "unreachable" if broker_refusal() else "ok"}
    try:
        parts |= _in_the_database()
    except DatabaseError:
        connection.close()
        parts |= {"database": "unreachable", "worker": "unknown", "beat": "unknown"}
    return JsonResponse(parts, status=200 if set(parts.values()) == {"ok"} else 503)


@login_not_required
@never_cache
@require_safe
def metrics(request: HttpRequest, others: tuple[Callable[[datetime], Iterator[Family]], ...] = ()) -> HttpResponse:
    """For whoever brings the token of the settings; without one there, for this machine alone. Nobody else finds it.

    `others` tell, as of now, what this room doesn't know.
    """
    if not _may_measure(request):
        raise Http404
    text = in_text(of_this_host())
    try:
        text += in_text(of_the_installation(clock.now(), timezone.now()))
        text += "".join(in_text(tell(timezone.now())) for tell in others)
    except DatabaseError:
        connection.close()  # that nothing is told of it says so
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


def _may_measure(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        brought = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return compare_digest(brought.encode(), settings.METRICS_TOKEN.encode())
    if any(name in request.headers for name in FORWARDED):
        return False  # a proxy on this machine asks for somebody else
    try:
        return ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def _in_the_database() -> dict[str, str]:
    """What the database can say; raises DatabaseError where it can't be asked."""
    seen = look()
    wrong = troubles(seen, at=clock.now(), now=timezone.now())
    return {
        "database": _takes_writes(),
        **{name: _age(seen.signs.get(name)) for name in ("worker", "beat")},
        **{name: "failing" if name in wrong else "ok" for name in ("reminders", "mail", "jobs")},
    }


def _takes_writes() -> str:
    """A database that is full or a replica still answers: only a row that is written says that it works."""
    try:
        with transaction.atomic():
            beat("web", timezone.now())
    except DatabaseError:
        return "not writable"
    return "ok"


def _disk() -> str:
    return "not writable" if trial(settings.VAR_DIR) else "ok"


def _age(seen_at: datetime | None) -> str:
    if seen_at is None:
        return "never seen"
    age = timezone.now() - seen_at
    if age < -CLOCKS_APART:
        return f"last seen {int(-age.total_seconds())} s ahead of the clock"
    return "ok" if age < STALE_AFTER else f"last seen {int(age.total_seconds())} s ago"
