"""The Celery application. Jobs live in `<app>/jobs.py`; the schedule stands in settings."""

import atexit
import gc
import os
from collections.abc import Callable
from uuid import UUID

from celery import Celery
from celery.signals import beat_init, task_postrun, task_prerun, worker_init
from django.db import connections, transaction
from kombu.transport import TRANSPORT_ALIASES

from qa_plan.logs import request_id

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_plan.settings")

TRANSPORT_ALIASES["files"] = "qa_plan.filequeue:Transport"

app = Celery("qa_plan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")


@worker_init.connect
@beat_init.connect
def keep(**kwargs: object) -> None:
    """Keeps what is loaded: processes that are forked share it, and it need not be taken apart at the end.

    The database is closed expressly, since nothing else would then, and SQLite would leave files beside it.
    """
    gc.freeze()
    atexit.register(connections.close_all)


@task_prerun.connect
def number(task_id: str = "", **kwargs: object) -> None:
    """A job's number is the one that the queue knows it by."""
    request_id.set(UUID(task_id))


@task_postrun.connect
def forget_number(**kwargs: object) -> None:
    request_id.set(None)


def send_off(send: Callable[..., object], key: int) -> None:
    """Sends a job about that row once the transaction holds: `send` is its `apply_async`.

    A queue that is down is on the log, and no fault of who asked: what was to be done stands in the row.
    """

    def job() -> None:  # by a name of its own, as Django's log of what failed asks for; a partial has none
        send((key,), retry=False)

    transaction.on_commit(job, robust=True)
