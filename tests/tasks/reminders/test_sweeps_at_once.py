"""Sweeps at the same time, and one that loses its database. On PostgreSQL alone: memory has one connection."""

import threading
from datetime import date

import pytest
from django.db import DatabaseError, connection

from agencies.models import User
from tasks.models import Delivery, Digest, Reminder, Sweep
from tasks.reminders import sweeping
from tasks.reminders.deciding import moment_of
from tasks.reminders.sweeping import decide_day, plan_day
from tests.support.factories import make_agency, make_assignment, make_item, make_user, standard_rules

pytestmark = pytest.mark.django_db(transaction=True)
LAST, BEFORE, DAY = date(2016, 10, 10), date(2016, 10, 11), date(2016, 10, 12)


@pytest.fixture(autouse=True)
def stage(transactional_db):
    """Three liaisons, each with a task that is overdue; swept last on the 10th."""
    standard_rules()
    for _ in range(3):
        item = make_item(due_on=date(2016, 9, 30))
        agency = make_agency()
        make_user(role="liaison", agency=agency)
        make_assignment(item, agency)
    plan_day(LAST, at=moment_of(LAST))


def reminders():
    rows = Reminder.objects.filter(digest__day__gt=LAST)
    return sorted(rows.values_list("digest__day", "recipient_id", "stage", "subject"))


def people():
    return User.objects.values_list("pk", flat=True)


def at_once(*days):
    """Sweeps of these days in a thread each."""
    errors = []

    def work(day):
        try:
            plan_day(day, at=moment_of(day))
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(day,)) for day in days]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert errors == []


@pytest.mark.parametrize("days", [(DAY, DAY), (DAY, DAY, DAY, DAY), (BEFORE, DAY)], ids=["two", "four", "of two days"])
def test_of_sweeps_that_decided_at_once_one_writes_and_nothing_is_told_twice(days, monkeypatch):
    all_decided, mine = threading.Barrier(len(days)), threading.local()

    def together(*arguments, **options):
        plan = decide_day(*arguments, **options)
        if not hasattr(mine, "plan"):  # whoever was overtaken decides again, alone
            mine.plan = plan
            all_decided.wait(30)
        return plan

    monkeypatch.setattr(sweeping, "decide_day", together)
    at_once(*days)
    assert sorted(Sweep.objects.values_list("day", flat=True)) == [LAST, BEFORE, DAY]
    assert len(reminders()) == len(set(reminders()))
    stages = {(person, stage) for _, person, stage, _ in reminders()}
    assert stages == {(person, stage) for person in people() for stage in ("due+1", "receipt+1", "filing-3")}
    assert Delivery.objects.count() == Digest.objects.count()


def test_a_sweep_whose_database_goes_away_has_written_nothing(monkeypatch):
    written = sweeping._reminders

    def cut_off(*arguments):
        yield next(written(*arguments))
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(sweeping, "BATCH", 1)
    monkeypatch.setattr(sweeping, "_reminders", cut_off)
    with pytest.raises(DatabaseError):
        plan_day(DAY, at=moment_of(DAY))
    connection.close()
    assert reminders() == []
    monkeypatch.undo()
    plan_day(DAY, at=moment_of(DAY))
    assert len(reminders()) == 9  # three stages for each, one of them of the day that was missed
