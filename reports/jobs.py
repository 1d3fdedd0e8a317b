"""The Celery tasks of the packages are another entrance to the same functions; their twin is `build_packages`."""

from celery import shared_task
from django.utils import timezone

from qa_plan import clock
from reports.background.working import tend as tend_large
from reports.background.working import work
from reports.makers import MAKERS
from reports.packages.building import build
from reports.packages.due import request_due
from reports.packages.tending import tend
from tasks.workflow.heartbeat import beat


@shared_task
def build_package(pk: int) -> None:
    """Builds one package. Safe to send twice and to lose: `tend_packages` builds what is left."""
    build(pk, at=clock.now(), tick=timezone.now)


@shared_task
def request_packages() -> None:
    """Asks, once a day, for the packages that fell due."""
    request_due(clock.today(), at=clock.now())
    beat("request_packages", timezone.now())


@shared_task
def tend_packages() -> None:
    """Builds, every half minute, what waits or was abandoned, sends mails, sweeps the storage."""
    tend(at=clock.now(), tick=timezone.now)
    beat("tend_packages", timezone.now())


@shared_task
def make_large_file(pk: int) -> None:
    """Makes one large file. Safe to send twice and to lose: `tend_large_files` makes what is left."""
    work(pk, MAKERS, at=clock.now(), tick=timezone.now)


@shared_task
def tend_large_files() -> None:
    """Makes, every half minute, what waits or was broken off, and sweeps; twin of `manage.py make_large_files`."""
    tend_large(MAKERS, at=clock.now(), tick=timezone.now)
    beat("tend_large_files", timezone.now())
