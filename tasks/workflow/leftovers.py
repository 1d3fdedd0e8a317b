"""What piles up beside the facts and means nothing any more goes with the daily round: tables that grow stay small."""

import logging
from datetime import datetime, timedelta
from importlib import import_module

from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.storage import default_storage

from agencies.models import KnownAddress, SignedIn
from tasks.standing.storage_audit import unused

TRIED = timedelta(days=1)  # far longer than a lock-out
LOGGED = timedelta(days=183)  # axes' own list of sign-ins; the security log has them by its own policy
KNOWN = timedelta(days=183)  # who reports each quarter has signed in twice by then
UNUSED = timedelta(days=1)  # an upload that was broken off is that old

logger = logging.getLogger(__name__)


def sweep(now: datetime) -> dict[str, int]:
    """Takes away expired sessions with what was parked in them, old tries to sign in, and broken-off uploads.

    Where a session began goes with it, and an address from which its person hasn't come for long is known no more.
    How many tries, entries and files went. `now` is real time, also in a demonstration.
    """
    import_module(settings.SESSION_ENGINE).SessionStore.clear_expired()
    SignedIn.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    KnownAddress.objects.filter(last_at__lt=now - KNOWN).delete()
    tried, _ = AccessAttempt.objects.filter(attempt_time__lt=now - TRIED).delete()
    logged, _ = AccessLog.objects.filter(attempt_time__lt=now - LOGGED).delete()
    return {"tries": tried, "sign_ins": logged, "files": _sweep_files(now - UNUSED)}


def _sweep_files(before: datetime) -> int:
    """A storage that is away has its files swept by the next round."""
    swept = 0
    try:
        for name in unused(before):
            default_storage.delete(name)
            swept += 1
    except Exception:  # each storage has errors of its own
        logger.exception("Left in the storage, unused.")
    return swept
