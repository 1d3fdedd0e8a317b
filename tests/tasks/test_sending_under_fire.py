"""Workers that are killed while they send: nothing is lost, a double has its reason. The large run is a benchmark."""

import multiprocessing
import os
import random
import signal
import time

import pytest
from django.db import connections
from django.utils import timezone

from agencies.models import Role
from benchmarks.sink import Sink
from tasks.models import Channel, Delivery, Message, ReminderPreference
from tasks.reminders.sending import send_due
from tests.factories import make_user
from tests.tasks.digests import make_delivery, make_digest, remind

PEOPLE, WORKERS, KILLS = 30, 3, 5
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def sink(settings):
    sink = Sink(refusing=0.05, seed=1)
    with sink.serving() as port:
        settings.EMAIL_BACKEND = "benchmarks.faultmail.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.SEND_LEASE, settings.SEND_AGAIN_AFTER = 8, 0.05  # no try takes that long
        settings.QUIET_FROM, settings.QUIET_UNTIL = settings.QUIET_FROM.max, settings.QUIET_UNTIL.min
        yield sink


def work():
    connections.close_all()
    while True:
        send_due(timezone.now)
        time.sleep(0.2)


def started():
    connections.close_all()  # a child must not inherit them
    process = FORK.Process(target=work, daemon=True)
    process.start()
    return process


def killed(process):
    os.kill(process.pid, signal.SIGKILL)
    process.join(5)
    return process.pid


def unsent():
    return Delivery.objects.exclude(state=Delivery.State.SENT)


@pytest.mark.django_db(transaction=True)
def test_killed_workers_lose_nothing_and_double_only_what_they_had_just_handed_over(sink, lead, monkeypatch):
    monkeypatch.setattr(
        "tasks.reminders.quiet.is_workday", lambda day, overrides: True
    )  # whatever day the test runs on
    for _ in range(PEOPLE):
        person = make_user(role=Role.LIAISON, agency=lead.agency)
        ReminderPreference.objects.create(user=person, email=f"{person.username}@example.gov.cn")
        digest = make_digest(person)
        remind(digest, assignment=lead)
        make_delivery(digest, Channel.EMAIL)
        make_delivery(digest, Channel.IN_APP)

    choice, dead, deadline = random.Random(1), set(), time.monotonic() + 90
    workers = [started() for _ in range(WORKERS)]
    try:
        while unsent().exists() and time.monotonic() < deadline:
            time.sleep(0.1)
            if len(dead) < KILLS:
                number = choice.randrange(WORKERS)
                dead.add(killed(workers[number]))
                workers[number] = started()
    finally:
        for worker in workers:
            killed(worker)

    assert list(unsent()) == []
    assert len(dead) == KILLS
    assert Message.objects.count() == PEOPLE
    assert Message.objects.values("recipient").distinct().count() == PEOPLE
    taken = sink.accepted.values()
    assert len(taken) == PEOPLE
    assert {mail.worker for several in taken for mail in several[:-1]} <= dead
