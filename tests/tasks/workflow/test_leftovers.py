"""The daily round takes away what piles up, and nothing that somebody still needs."""

from datetime import timedelta
from importlib import import_module

import pytest
from axes.models import AccessAttempt, AccessLog
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from agencies.models import KnownAddress, SignedIn
from tasks.models import Blob
from tasks.workflow.leftovers import sweep
from tests.support.factories import make_assignment, make_user, moment
from tests.support.uploads import kept

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def test_expired_sessions_go_and_those_that_last_stay():
    kept_key, user = None, make_user("lead")
    for seconds in (-10, 600):
        store = import_module(settings.SESSION_ENGINE).SessionStore()
        store["filled"] = "parked"
        store.set_expiry(seconds)
        store.save()
        kept_key = store.session_key
        SignedIn.objects.create(user=user, session_key=kept_key, began_at=timezone.now())
    sweep(timezone.now())
    assert list(Session.objects.values_list("pk", flat=True)) == [kept_key]
    assert [row.session_key for row in SignedIn.objects.all()] == [kept_key]


def test_an_address_from_which_nobody_came_for_half_a_year_is_known_no_more():
    now, user = timezone.now(), make_user("lead")
    for address, days in (("10.0.0.1", 184), ("10.0.0.2", 182)):
        KnownAddress.objects.create(user=user, address=address, last_at=now - timedelta(days=days))
    sweep(now)
    assert [row.address for row in KnownAddress.objects.all()] == ["10.0.0.2"]


@pytest.mark.parametrize(("model", "days"), [(AccessAttempt, 1), (AccessLog, 183)])
def test_old_tries_to_sign_in_go(model, days):
    now = timezone.now()
    counted = {"failures_since_start": 1} if model is AccessAttempt else {}
    for number, age in enumerate([timedelta(days=days, hours=1), timedelta(days=days, hours=-1)]):
        row = model.objects.create(username=f"u{number}", ip_address="10.1.2.3", user_agent="x", **counted)
        model.objects.filter(pk=row.pk).update(attempt_time=now - age)
    assert sum(sweep(now).values()) == 1
    assert [row.username for row in model.objects.all()] == ["u1"]


def test_uploads_that_were_broken_off_go_a_day_later_and_evidence_stays(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    kept(make_assignment(), make_user("lead"), at=moment("2016-10-12"))
    left = default_storage.save("evidence/ab/left", ContentFile(b"half"))
    assert sweep(timezone.now())["files"] == 0
    assert sweep(timezone.now() + timedelta(days=2))["files"] == 1
    assert not default_storage.exists(left)
    assert default_storage.exists(Blob.objects.get().file.name)


def test_a_storage_that_is_away_holds_nothing_else_up(monkeypatch):
    def away(before):
        raise OSError("away")

    monkeypatch.setattr("tasks.workflow.leftovers.unused", away)
    assert sweep(timezone.now()) == {"tries": 0, "sign_ins": 0, "files": 0}
