"""All files or none: claimed by one, kept only when verified, taken over from the dead."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from agencies.models import Change, Role
from reports.models import Build, Edition, Package, PackageFile
from reports.packages import building, keeping
from reports.packages.asking import cancel_build
from reports.packages.building import LEASE, MOST_ATTEMPTS, build
from reports.packages.files import PARTS
from reports.packages.keeping import left_over, read
from reports.packages.tending import tend
from reports.quarter import facts_sha256, restore
from tasks.models import Blob
from tests.reports.packages.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.usefixtures("light")]


def now():
    return timezone.now()


def test_every_file_is_kept_under_its_hash_and_named_in_chinese(real_files, built):
    package = built()
    [edition] = package.editions.all()
    files = {file.kind: file for file in edition.files.all()}
    assert set(files) == {part.kind for part in PARTS}
    for file in files.values():
        assert hashlib.sha256(read(file.blob)).hexdigest() == file.blob.sha256
        assert file.name.endswith(f"_2016年三季度_截至20161016.{file.kind}")
    assert edition.facts_sha256 == facts_sha256(restore(read(files["json"].blob)))
    assert (package.build.state, package.build.share, package.build.token) == (Build.State.DONE, 100, None)
    assert Change.objects.get(action="生成汇总").new["facts_sha256"] == edition.facts_sha256


def test_what_is_built_or_being_built_is_not_built_again(ask, built):
    package = built()
    assert not build(package.pk, at=NOW, tick=now)
    Build.objects.update(state=Build.State.BUILDING, lease_until=now() + LEASE)
    assert not build(package.pk, at=NOW, tick=now)
    assert Edition.objects.count() == 1


def test_a_package_that_is_not_there_is_nothing_to_build(db):
    assert not build(1, at=NOW, tick=now)


def test_from_a_dead_builder_it_is_taken_over(ask):
    package = ask()
    Build.objects.update(state=Build.State.BUILDING, lease_until=now() - timedelta(seconds=1), attempt=1)
    assert build(package.pk, at=NOW, tick=now)
    assert Build.objects.get().attempt == 2


def test_after_many_deaths_it_is_given_up_with_a_reason(ask):
    package = ask()
    dead = {"state": Build.State.BUILDING, "lease_until": now() - timedelta(seconds=1), "attempt": MOST_ATTEMPTS}
    Build.objects.update(**dead)
    assert not build(package.pk, at=NOW, tick=now)
    found = Build.objects.get()
    assert found.state == Build.State.FAILED
    assert "中断" in found.reason


def at_stage(monkeypatch, stage, deed):
    """Does the deed when the builder has come to that stage."""
    advance = building._Progress.at

    def advanced(self, reached, share):
        advance(self, reached, share)
        if reached == stage:
            deed()

    monkeypatch.setattr(building._Progress, "at", advanced)


@pytest.mark.parametrize("stage", [PARTS[0].stage, building.KEEPING])
def test_cancelled_on_the_way_it_keeps_nothing(ask, coordinator, monkeypatch, storage, stage):
    package = ask()
    at_stage(monkeypatch, stage, lambda: cancel_build(package=package, by=coordinator, at=NOW))
    assert not build(package.pk, at=NOW, tick=now)
    assert Build.objects.get().state == Build.State.CANCELLED
    assert not Edition.objects.exists()
    assert not [path for path in storage.rglob("*") if path.is_file()]


def test_taken_over_on_the_way_the_slow_builder_keeps_nothing(ask, monkeypatch):
    package = ask()
    token = "00000000-0000-0000-0000-000000000001"
    at_stage(monkeypatch, building.KEEPING, lambda: Build.objects.update(token=token))
    assert not build(package.pk, at=NOW, tick=now)
    assert not Edition.objects.exists()


def with_first_part(monkeypatch, make):
    """The first file of a package is made by `make` instead, of what makes it otherwise."""
    first, *others = building.PARTS
    changed = replace(first, make=lambda snapshot, wording: make(lambda: first.make(snapshot, wording)))
    monkeypatch.setattr(building, "PARTS", (changed, *others))


def test_taken_over_while_a_file_is_built_only_the_second_builder_keeps_files(ask, monkeypatch, storage):
    package = ask()
    builders = []

    def make(original):
        builders.append("")
        if len(builders) == 1:  # the first one is stopped for longer than its lease, and another comes
            later = now() + LEASE + timedelta(seconds=1)
            assert build(package.pk, at=NOW, tick=lambda: later)
        return original()

    with_first_part(monkeypatch, make)
    assert not build(package.pk, at=NOW, tick=now)
    assert len(builders) == 2
    assert Edition.objects.count() == 1
    assert len([path for path in storage.rglob("*") if path.is_file()]) == len(PARTS)
    assert Build.objects.get().state == Build.State.DONE


def test_an_error_is_said_and_the_next_try_succeeds(ask, monkeypatch, caplog):
    package = ask()

    def fail():
        raise OSError("disk")

    with monkeypatch.context() as broken:
        at_stage(broken, building.KEEPING, fail)
        assert not build(package.pk, at=NOW, tick=now)
    found = Build.objects.get()
    assert found.state == Build.State.FAILED
    assert "OSError" in found.reason
    assert "could not be built" in caplog.text
    Build.objects.update(state=Build.State.QUEUED)
    assert build(package.pk, at=NOW, tick=now)


def test_a_storage_that_keeps_other_bytes_is_found_out(ask, monkeypatch, storage):
    package = ask()
    monkeypatch.setattr(keeping, "_digest", lambda name: "")
    assert not build(package.pk, at=NOW, tick=now)
    assert Build.objects.get().state == Build.State.FAILED
    assert not [path for path in storage.rglob("*") if path.is_file()]
    assert not Blob.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.ADMINISTRATOR}])
def test_who_may_not_any_more_gets_none(ask, leader, change):
    package = ask(by=leader)
    type(leader).objects.filter(pk=leader.pk).update(**change)
    assert not build(package.pk, at=NOW, tick=now)
    assert "已无权" in Build.objects.get().reason


def test_built_again_from_kept_facts_it_is_the_same_edition(real_files, built):
    package = built()
    Build.objects.update(state=Build.State.QUEUED)
    assert build(package.pk, at=NOW, tick=now)
    assert Edition.objects.count() == 1
    assert PackageFile.objects.count() == len(PARTS)


def test_a_lost_file_is_put_back_by_the_next_build(built):
    package = built()
    blob = PackageFile.objects.get(edition__package=package, kind=PARTS[-1].kind).blob
    default_storage.delete(blob.file.name)
    Build.objects.update(state=Build.State.QUEUED)
    assert build(package.pk, at=NOW, tick=now)
    assert keeping.is_whole(blob)


def test_the_round_builds_what_waits_and_sweeps_what_the_dead_left(ask, storage):
    package = ask()
    rest = storage / "packages" / "ab" / "half"
    rest.parent.mkdir(parents=True)
    rest.write_bytes(b"half")
    done = tend(at=NOW, tick=lambda: now() + timedelta(hours=2))
    assert (done.built, done.swept) == (1, 1)
    assert not rest.exists()
    assert Package.objects.get(pk=package.pk).editions.count() == 1
    assert list(left_over(now() + timedelta(hours=2))) == []
    assert tend(at=NOW, tick=now) == type(done)(0, 0, 0)


def test_a_file_that_is_just_being_written_is_left_alone(ask, storage):
    rest = storage / "packages" / "ab" / "half"
    rest.parent.mkdir(parents=True)
    rest.write_bytes(b"half")
    assert tend(at=NOW, tick=now).swept == 0
    assert rest.exists()
