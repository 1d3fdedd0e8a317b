"""Four people at once, each over a connection of their own: the record of changes stays one chain."""

import threading

import pytest
from django.db import connection

from agencies import changes, security
from agencies.changes import note, recording, verify
from agencies.models import Change, SecurityEvent
from agencies.security import Kind, record
from tests.support.factories import make_agency, make_user, moment

pytestmark = pytest.mark.django_db(transaction=True)

NOW = moment("2016-10-12 10:00")


def test_people_who_append_at_once_keep_one_chain():
    people = [make_user() for _ in range(4)]
    agencies = [make_agency() for _ in people]
    start, errors = threading.Barrier(len(people)), []

    def work(person, agency):
        try:
            start.wait()
            for _ in range(10):
                with recording():
                    note("改动", agency, by=person, at=NOW)
                    note("改动", agency, by=person, at=NOW)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=pair) for pair in zip(people, agencies, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    verdict = verify()
    assert (verdict.count, verdict.problem) == (80, "")
    assert Change.objects.count() == 80


@pytest.mark.parametrize(("chain", "rows"), [(changes, Change), (security, SecurityEvent)])
def test_nobody_waits_for_a_look_at_a_whole_chain(monkeypatch, chain, rows):
    user, walked = make_user(), chain.walked

    def say():
        if chain is security:
            record(Kind.SIGNED_OUT, by=user, at=NOW)
        else:
            with recording():
                note("改动", make_agency(), by=user, at=NOW)

    def append():
        say()
        connection.close()

    say()

    def amid_appending(*given):
        other = threading.Thread(target=append)
        other.start()
        other.join(10)
        assert rows.objects.count() == 2
        return walked(*given)

    monkeypatch.setattr(chain, "walked", amid_appending)
    verdict = chain.verify()
    assert (verdict.problem, verdict.count) == ("", 1)
