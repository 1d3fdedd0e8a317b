"""Deeds at the same time, each in a connection of its own, all waiting for one lock. PostgreSQL only."""

import threading
import time

from django.db import connection, transaction

from tasks.models import Assignment


def waiting_for_locks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone()[0]


class AtOnce:
    """Deeds in connections of their own. They begin within a transaction that holds what they need, and wait for it."""

    def __init__(self, *deeds):
        self.results = []
        self.threads = [threading.Thread(target=self._run, args=(deed,)) for deed in deeds]

    def _run(self, deed):
        try:
            self.results.append(deed())
        except Exception as error:
            self.results.append(error)
        finally:
            connection.close()

    def begin(self):
        for thread in self.threads:
            thread.start()
        deadline = time.monotonic() + 30
        while waiting_for_locks() < len(self.threads):
            assert time.monotonic() < deadline, self.results
            time.sleep(0.01)

    def finish(self):
        for thread in self.threads:
            thread.join(30)
        refusals = [result for result in self.results if isinstance(result, Exception)]
        return [result for result in self.results if result not in refusals], refusals


def all_while_locked(assignment, *deeds):
    at_once = AtOnce(*deeds)
    with transaction.atomic():
        Assignment.objects.select_for_update().get(pk=assignment.pk)
        at_once.begin()
    return at_once.finish()
