"""Background processes give signs of life in the database, where every host sees them. Always in real time."""

from datetime import datetime

from tasks.models import Heartbeat


def beat(process: str, at: datetime) -> None:
    """Records that this process lives."""
    if not Heartbeat.objects.filter(process=process).update(seen_at=at):
        Heartbeat.objects.update_or_create(process=process, defaults={"seen_at": at})
