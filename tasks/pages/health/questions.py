"""What /healthz asks of the processes that work behind the pages."""

from datetime import datetime

from tasks.models import Heartbeat


def last_seen() -> dict[str, datetime]:
    """When each of them last gave a sign, by its name."""
    return dict(Heartbeat.objects.values_list("process", "seen_at"))
