"""Celery tasks of the packages: another entrance to the same functions; their command twin is `build_packages`."""

from celery import shared_task
from django.utils import timezone

from qa_plan import clock
from reports.packages.building import build
from reports.packages.due import request_due
from reports.packages.tending import tend
from tasks.workflow.heartbeat import beat


@shared_task
def build_package(pk: int) -> None:
    """Sent when a package is asked for; safe to send twice and to lose: `tend_packages` builds what is left."""
    build(pk, at=clock.now(), tick=timezone.now)


@shared_task
def request_packages() -> None:
    """Once a day: asks for those that fell due."""
    request_due(clock.today(), at=clock.now())
    beat("request_packages", timezone.now())


@shared_task
def tend_packages() -> None:
    """Every half minute: builds what waits or was abandoned, sends mails, sweeps the storage."""
    tend(at=clock.now(), tick=timezone.now)
    beat("tend_packages", timezone.now())
