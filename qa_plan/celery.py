"""The Celery application. Jobs live in `<app>/jobs.py`; the schedule stands in settings."""

import atexit
import gc
import os

from celery import Celery
from celery.signals import beat_init, worker_init
from django.db import connections
from kombu.transport import TRANSPORT_ALIASES

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
