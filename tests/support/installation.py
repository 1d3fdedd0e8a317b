"""Another installation with the demonstration, as another process sets it up and tells of it, without pytest."""

import pickle
import sys
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db.models import Model
from django.test import override_settings

from agencies.changes import verify
from agencies.models import Change, ChangeChain, SecurityChain, SecurityEvent
from tasks.demo import playing as demo
from tasks.demo.papers import laid_ready, papers, upload_of
from tasks.models import Blob, Plan
from tasks.standing.storage_audit import faults

RECORDS = (Change, ChangeChain, SecurityChain, SecurityEvent)
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


class Installation(NamedTuple):
    """Every row; its record of changes, and what breaks that; its files, those in use, those that the kill left."""

    rows: list[list[Model]]
    changes: list[Change]
    problem: str
    faults: list[Any]
    files: set[str]
    used: set[str]
    left: set[str]


def models():
    """All tables but the records, whose rows name others by their keys and are hashed with them."""
    every = apps.get_models(include_auto_created=True)
    ours = [model for model in every if model._meta.app_label in ("agencies", "tasks", "reports")]
    return [model for model in ours if model not in RECORDS]


@override_settings(PASSWORD_HASHERS=QUICK)
def load(day: str) -> None:
    """What the other process does: loads up to the day, killed first, and writes all to its standard output."""
    call_command("migrate", verbosity=0)
    on = date.fromisoformat(day)
    left = {laid_ready(upload_of(paper)) for paper in [paper for found in papers().values() for paper in found][:3]}
    daily_round, demo.daily_round = demo.daily_round, killed
    try:
        demo.load_demo(on=on)
    except KeyboardInterrupt:
        demo.daily_round = daily_round
    assert not Plan.objects.exists()
    assert not Blob.objects.exists()
    demo.load_demo(on=on)
    media = Path(settings.MEDIA_ROOT)
    installation = Installation(
        rows=[list(model._default_manager.order_by("pk")) for model in models()],
        changes=list(Change.objects.order_by("pk")),
        problem=verify().problem,
        faults=list(faults()),
        files={path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()},
        used=set(Blob.objects.values_list("file", flat=True)),
        left=left,
    )
    pickle.dump(installation, sys.stdout.buffer)


def killed(day):
    raise KeyboardInterrupt
