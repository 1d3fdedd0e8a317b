"""/metrics: for whoever brings the token, or for this machine alone; nobody else finds it."""

import json
import re
from datetime import date, timedelta

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError
from django.utils import timezone

from qa_plan.version import VERSION
from tasks.models import Delivery
from tasks.workflow.heartbeat import beat
from tests.support.digests import make_delivery, make_digest
from tests.support.factories import make_user

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


def told(client, **request) -> dict[str, float]:
    text = client.get("/metrics", **request).text
    return {name: float(value) for name, value in re.findall(r"^qa_plan_(\S+) (\S+)$", text, re.M)}


def test_it_tells_what_was_asked_what_waits_and_since_when(client):
    now = timezone.now()
    beat("worker", now - timedelta(seconds=20))
    beat("backup", now - timedelta(hours=5))
    client.get("/accounts/login/")
    person = make_user("coordinator")
    for day, changes in enumerate([{"at": now - timedelta(minutes=3)}, {"state": Delivery.State.FAILED}], 1):
        make_delivery(make_digest(person, day=date(2016, 10, day)), **changes)
    values = told(client)
    assert values[f'info{{version="{VERSION}"}}'] == 1
    assert values['requests_total{view="account_login",status="2xx"}'] >= 1
    assert values['request_seconds_total{view="account_login"}'] > 0
    assert 20 <= values['sign_age_seconds{process="worker"}'] < 60
    assert 5 * 3600 <= values["backup_age_seconds"] < 5 * 3600 + 60
    assert (values["reminders_waiting"], values["reminders_failed"]) == (1, 1)
    assert 180 <= values["queue_age_seconds"] < 240
    assert values['trouble{what="reminders"}'] == 0
    assert values["disk_free_bytes"] > 0


@pytest.mark.parametrize(
    ("token", "request_", "status"),
    [
        ("", {}, 200),
        ("", {"REMOTE_ADDR": "10.1.2.3"}, 404),
        ("", {"REMOTE_ADDR": ""}, 404),
        ("", {"HTTP_X_FORWARDED_FOR": "10.1.2.3"}, 404),
        ("t0ken", {}, 404),
        ("t0ken", {"HTTP_AUTHORIZATION": "Bearer t0ke"}, 404),
        ("t0ken", {"HTTP_AUTHORIZATION": "Bearer 令牌"}, 404),
        ("t0ken", {"HTTP_AUTHORIZATION": "Bearer t0ken", "REMOTE_ADDR": "10.1.2.3"}, 200),
    ],
)
def test_who_may_ask(client, settings, token, request_, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", **request_).status_code == status


def test_without_a_database_the_rest_is_told(client, monkeypatch):
    def away(*arguments):
        raise OperationalError("away")

    monkeypatch.setattr("tasks.pages.health.page.look", away)
    assert {name.partition("{")[0] for name in told(client)} >= {"info", "disk_free_bytes"}
    assert "reminders_waiting" not in told(client)


def test_the_example_of_a_dashboard_asks_for_nothing_that_is_not_told(client):
    for process in ("backup", "worker"):
        beat(process, timezone.now())
    client.get("/accounts/login/")
    names = {name.partition("{")[0] for name in told(client)}
    dashboard = (django_settings.BASE_DIR / "deploy" / "grafana.json").read_text(encoding="utf-8")
    asked = set(re.findall(r"\bqa_plan_(\w+)", dashboard))
    assert json.loads(dashboard)["title"]
    assert asked - names == set()
