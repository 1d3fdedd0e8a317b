"""Celery tasks: another entrance to the same functions. Each has a command twin."""

from celery import shared_task

from qa_plan import clock
from tasks.heartbeat import beat
from tasks.daily import daily_round as run_daily_round


@shared_task
def daily_round() -> dict[str, int]:
    """Twin of `manage.py daily_round`; safe to run at any time and twice."""
    rounds = list(run_daily_round(clock.today()))
    beat("daily_round")
    return {"plans": len(rounds), "days": sum(len(done.days) for done in rounds)}


@shared_task
def beat_heart() -> None:
    """Runs in a worker: that it ran is the worker's heartbeat."""
    beat("worker")
