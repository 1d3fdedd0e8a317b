"""/healthz: whether database, broker, worker and beat live; for machines, and without sign-in."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from kombu import Connection

from qa_plan.celery import app
from tasks.models import Heartbeat
from tasks.pages.health import views
from tasks.workflow.heartbeat import beat
from tests.services.server import free_port

ALIVE = {"database": "ok", "disk": "ok", "broker": "ok", "worker": "ok", "beat": "ok"}
ALL_WELL = {**ALIVE, "reminders": "ok", "mail": "ok", "jobs": "ok"}


@pytest.fixture
def alive(db):
    for process in ("worker", "beat"):
        beat(process, timezone.now())


def test_when_all_live_it_answers_200_and_says_ok_of_each(client, alive):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, ALL_WELL)


def test_who_was_never_seen_is_named(client, db):
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {**ALL_WELL, "worker": "never seen", "beat": "never seen"}


@pytest.mark.parametrize("process", ["worker", "beat"])
def test_who_has_not_been_seen_for_two_minutes_is_named_with_the_seconds(client, alive, process):
    def seen(seconds):
        Heartbeat.objects.filter(process=process).update(seen_at=timezone.now() - timedelta(seconds=seconds))
        return client.get("/healthz")

    assert seen(110).status_code == 200
    response = seen(300)
    assert response.status_code == 503
    assert response.json() == {**ALL_WELL, process: "last seen 300 s ago"}


@pytest.mark.parametrize("process", ["worker", "beat"])
def test_a_sign_from_the_future_is_none(client, alive, process):
    def seen(seconds):
        Heartbeat.objects.filter(process=process).update(seen_at=timezone.now() + timedelta(seconds=seconds))
        return client.get("/healthz")

    assert seen(5).status_code == 200
    response = seen(2 * 86400)
    assert response.status_code == 503
    assert response.json()[process].endswith("s ahead of the clock")


def test_a_job_whose_last_sign_is_from_the_future_is_failing(client, alive):
    beat("send_due", timezone.now() + timedelta(days=2))
    assert client.get("/healthz").json() == {**ALL_WELL, "jobs": "failing"}


def test_a_database_that_takes_no_writes_is_named(client, alive, monkeypatch):
    def refuses(*args):
        raise OperationalError("disk full")

    monkeypatch.setattr(views, "beat", refuses)
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {**ALL_WELL, "database": "not writable"}


def test_a_folder_that_takes_no_writes_is_named(client, alive, settings, tmp_path):
    settings.VAR_DIR = tmp_path / "gone"
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {**ALL_WELL, "disk": "not writable"}


def test_a_database_without_its_tables_is_named_in_json_too(client, alive):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tasks_sweep RENAME TO tasks_swept")
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"


def test_a_broker_that_does_not_answer_is_named(client, alive, monkeypatch):
    nobody = f"redis://127.0.0.1:{free_port()}"
    monkeypatch.setattr(app, "connection_for_write", lambda **options: Connection(nobody, **options))
    response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json() == {**ALL_WELL, "broker": "unreachable"}


def test_a_database_that_does_not_answer_is_named(client, alive, monkeypatch):
    def refuses(*args):
        raise OperationalError("geheim")

    with monkeypatch.context() as while_asking:
        while_asking.setattr(connection, "cursor", refuses)
        response = client.get("/healthz")
    assert response.status_code == 503
    assert response.json()["database"] == "unreachable"
    assert "geheim" not in response.content.decode()


def test_it_can_be_asked_without_https_and_is_never_stored(client, alive, settings):
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/healthz")
    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]
    assert not response.cookies
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


def test_a_sign_of_life_is_one_row_for_each_process(client, alive):
    later = timezone.now() + timedelta(seconds=15)
    beat("worker", later)
    assert dict(Heartbeat.objects.values_list("process", "seen_at"))["worker"] == later
    assert Heartbeat.objects.count() == 2
