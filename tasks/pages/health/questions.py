"""What /metrics asks of the messages that wait."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Count, Min

from tasks.models import Delivery
from tasks.reminders.sending import due


class Waiting(NamedTuple):
    """How many messages should leave now, since when the first of them, and how many were given up."""

    due: int
    since: datetime | None
    failed: int


def waiting(now: datetime) -> Waiting:
    queue = due(now).order_by().aggregate(count=Count("pk"), since=Min("next_try_at"))
    failed = Delivery.objects.filter(state=Delivery.State.FAILED).count()
    return Waiting(queue["count"], queue["since"], failed)
