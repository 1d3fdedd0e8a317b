"""A builder that is killed leaves a complete set of verified files or none, and the next one succeeds.

Real processes and SIGKILL, here in each stage that takes long and while the files are kept. `benchmarks/kills.py` does
it twenty times, at random, to a Celery worker.
"""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from threading import Event, Thread

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.utils import timezone

from reports.models import Build, Edition, PackageFile
from reports.packages import building, keeping
from reports.packages.asking import request_package
from reports.packages.building import KEEPING_SHARE, LEASE, build
from reports.packages.files import PARTS
from reports.packages.keeping import is_whole, left_over
from reports.packages.tending import LEFT_OVER_AFTER, tend
from tests.reports.packages.conftest import NOW

pytestmark = pytest.mark.django_db(transaction=True)
KILLED_AT = (*(part.share for part in PARTS if part.kind != PackageFile.Kind.FACTS), KEEPING_SHARE)
WHOLE = {part.kind for part in PARTS}


def builder(package_pk: int, lease: timedelta = LEASE) -> int:
    """A process of its own that builds; its number."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            build(package_pk, at=NOW, tick=timezone.now, lease=lease)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)  # at os._exit coverage would write all that it knows by now
    return pid


def until(found: Callable[[], bool]) -> None:
    """Waits for what another process does."""
    deadline = time.monotonic() + 30
    while not found():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def killed(package_pk: int, share: int) -> None:
    """Once so much is done; a little more may be when the signal arrives, or all of it."""
    pid = builder(package_pk)
    until(Build.objects.filter(package=package_pk, share__gte=share).exists)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def complete(package) -> bool:
    """Whether there is an edition; then it has all of its files, each as its row says."""
    edition = Edition.objects.filter(package=package).first()
    if edition is None:
        return False
    files = list(edition.files.select_related("blob"))
    assert {file.kind for file in files} == WHOLE
    assert all(is_whole(file.blob) for file in files)
    assert Build.objects.get(package=package).state == Build.State.DONE
    return True


@pytest.fixture
def asked(plan, period, lead, coordinator):
    """One package after the other, of ever earlier days."""
    days = (date(2016, 10, 16) - timedelta(days=n) for n in count())
    return lambda: request_package(plans=[plan], period="2016Q3", day=next(days), by=coordinator, at=NOW)


def test_killed_at_any_point_it_leaves_all_or_nothing_and_the_next_try_succeeds(asked):
    for share in KILLED_AT:
        package = asked()
        killed(package.pk, share)
        was_complete = complete(package)
        later = timezone.now() + LEASE + timedelta(seconds=1)
        done = tend(at=NOW, tick=lambda later=later: later)
        assert done.built == (0 if was_complete else 1)
        assert complete(package)
    assert Edition.objects.count() == len(KILLED_AT)
    tend(at=NOW, tick=lambda: timezone.now() + LEFT_OVER_AFTER + timedelta(minutes=1))
    used = set(PackageFile.objects.values_list("blob__file", flat=True))
    folder = keeping.FOLDER
    there = {f"{folder}/{one}/{name}" for one in default_storage.listdir(folder)[0] for name in _names(one)}
    assert there == used
    assert list(left_over(timezone.now())) == []


def _names(folder: str) -> list[str]:
    return default_storage.listdir(f"{keeping.FOLDER}/{folder}")[1]


SHORT = timedelta(seconds=1.5)


def lease_until():
    return Build.objects.values_list("lease_until", flat=True).get()


def test_a_file_that_takes_longer_than_the_lease_is_left_to_its_builder_while_that_lives(asked, monkeypatch):
    package = asked()
    slow = replace(PARTS[0], make=lambda snapshot, wording: Event().wait())
    with monkeypatch.context() as patched:
        patched.setattr(building, "PARTS", (slow,))
        pid = builder(package.pk, SHORT)
    try:
        until(Build.objects.filter(stage=slow.stage).exists)
        until(Build.objects.filter(lease_until__gt=lease_until() + 2 * SHORT).exists)
        assert not build(package.pk, at=NOW, tick=timezone.now)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    last = lease_until()
    assert last <= timezone.now() + SHORT
    assert not build(package.pk, at=NOW, tick=lambda: last)
    assert build(package.pk, at=NOW, tick=lambda: last + timedelta(microseconds=1))
    assert complete(package)
    assert Build.objects.get().attempt == 2


def at_once(many: int, deed: Callable[[], object]) -> list[object]:
    said: list[object] = []

    def do() -> None:
        try:
            said.append(deed())
        finally:
            connections.close_all()

    threads = [Thread(target=do) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_asked_for_and_built_by_many_at_once_it_is_one_package_and_one_build(plan, period, lead, coordinator):
    asked = {"plans": [plan], "period": "2016Q3", "day": date(2016, 10, 16), "by": coordinator, "at": NOW}
    found = at_once(12, lambda: request_package(**asked).pk)
    assert len(found) == 12
    [package] = set(found)
    built = at_once(6, lambda: build(package, at=NOW, tick=timezone.now))
    assert sorted(built) == [False] * 5 + [True]
    assert Edition.objects.count() == 1
    assert Build.objects.get().attempt == 1
