"""An export or a check is handed to the worker: asked for twice while it is under way, it is one."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from celery import current_app
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from agencies.models import User
from qa_plan import celery
from reports.background.keeping import FOLDER
from reports.models import LargeFile

JOB = "reports.jobs.make_large_file"
AT_ONCE = 5000  # rows; more are the worker's
LONGEST_NAME = 200
UNDER_WAY = (LargeFile.State.WAITING, LargeFile.State.WORKING)


def ask(
    *, kind: str, name: str, asked: Mapping[str, str], total: int, by: User, at: datetime, source: File | None = None
) -> LargeFile:
    """The one that is under way for the same person under the same conditions, else a new one, sent to the worker."""
    key = hashlib.sha256(json.dumps([kind, asked], sort_keys=True).encode()).hexdigest()
    same = LargeFile.objects.filter(recorded_by=by, key=key, state__in=UNDER_WAY)
    if known := same.first():
        return known
    stored = default_storage.save(f"{FOLDER}/uploads/{key}", source) if source else ""
    what = {"kind": kind, "name": name[:LONGEST_NAME], "asked": dict(asked), "total": total, "source": stored}
    try:
        with transaction.atomic():
            made = LargeFile.objects.create(key=key, recorded_by=by, recorded_at=at, **what)
    except IntegrityError:  # of two presses at once the other one was faster
        if stored:
            default_storage.delete(stored)
        return same.get()
    send_off(made)
    return made


def send_off(large: LargeFile) -> None:
    """Where the queue is down, the next round finds it."""
    celery.send_off(partial(current_app.send_task, JOB), large.pk)
