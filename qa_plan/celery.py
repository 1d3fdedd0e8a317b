"""The Celery application. Jobs live in `<app>/jobs.py`; the schedule stands in settings."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qa_plan.settings")

TRANSPORT_ALIASES["files"] = "qa_plan.filequeue:Transport"

app = Celery("qa_plan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(related_name="jobs")
