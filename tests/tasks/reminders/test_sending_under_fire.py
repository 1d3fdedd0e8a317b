"""Workers that are killed while they send: nothing is lost, a double has its reason. The large run is a benchmark."""

import multiprocessing
import random
import time
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from agencies.models import Role
from benchmarks.sink import Sink
from tasks.models import Channel, Delivery, Message, ReminderPreference
from tasks.reminders.sending import send_due
from tests.support.digests import make_delivery, make_digest, remind
from tests.support.factories import make_user
from tests.support.processes import eventually

PEOPLE, WORKERS, KILLS = 50, 3, 5
LATER = timedelta(hours=1)  # when no claim of a killed worker holds any more
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def sink(settings):
    sink = Sink(refusing=0.05, seed=1)
    with sink.serving() as port:
        settings.EMAIL_BACKEND = "benchmarks.faultmail.Backend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        settings.SEND_AGAIN_AFTER = 0.05
        settings.QUIET_FROM, settings.QUIET_UNTIL = settings.QUIET_FROM.max, settings.QUIET_UNTIL.min
        yield sink


def work(ahead):
    connections.close_all()
    while True:
        send_due(lambda: timezone.now() + ahead)
        time.sleep(0.2)


def started(ahead=timedelta()):
    connections.close_all()  # a child must not inherit them
    process = FORK.Process(target=work, args=(ahead,), daemon=True)
    process.start()
    return process


def killed(process):
    process.kill()
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

    choice, dead = random.Random(1), set()
    workers = [started() for _ in range(WORKERS)]
    try:
        for _ in range(KILLS):
            taken = len(sink.accepted)
            assert eventually(lambda taken=taken: len(sink.accepted) > taken)
            number = choice.randrange(WORKERS)
            dead.add(killed(workers[number]))
            workers[number] = started()
        dead.update(map(killed, workers))
        assert {mail.worker for several in sink.accepted.values() for mail in several} <= dead
        assert unsent().exists()
        workers = [started(LATER) for _ in range(WORKERS)]
        assert eventually(lambda: not unsent().exists(), seconds=90)
    finally:
        for worker in workers:
            killed(worker)

    assert len(dead) == KILLS + WORKERS
    assert Message.objects.count() == PEOPLE
    assert Message.objects.values("recipient").distinct().count() == PEOPLE
    taken = sink.accepted.values()
    assert len(taken) == PEOPLE
    assert {mail.worker for several in taken for mail in several[:-1]} <= dead
