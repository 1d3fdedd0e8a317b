"""Keeping evidence: each content once, and never a row without its file or a file without its row."""

import io
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from django.core.files.storage import FileSystemStorage
from django.db import connection, connections, transaction
from django.db.utils import DatabaseError, OperationalError

from agencies.models import Change, ChangeChain
from tasks.evidence.inspecting import inspect
from tasks.models import Blob, Evidence
from tasks.workflow import WorkflowError, evidence_store
from tasks.workflow.evidence_store import store
from tests.support import uploads
from tests.support.factories import make_assignment, make_user, moment

NOW = moment("2016-10-12 10:00")


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files(media):
    return [path.relative_to(media).as_posix() for path in media.rglob("*") if path.is_file()]


def an_upload(name="纪要.pdf", data=uploads.PDF):
    return inspect(io.BytesIO(data), name, len(data), limit=10**6)


def keep(assignment, by, **about):
    return store(upload=an_upload(**about), assignment=assignment, by=by, at=NOW)


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.any_database
def test_what_is_uploaded_is_kept_under_its_hash_and_recorded(media, lead, lead_liaison):
    evidence = keep(lead, lead_liaison)
    [file] = files(media)
    blob = evidence.blob
    assert file == blob.file.name
    assert Path(file).name.startswith(blob.sha256)
    assert "纪要" not in file
    assert blob.file.read() == uploads.PDF
    assert (blob.size, blob.media_type) == (len(uploads.PDF), "application/pdf")
    assert (evidence.name, evidence.recorded_by, evidence.recorded_at) == ("纪要.pdf", lead_liaison, NOW)
    change = Change.objects.get()
    assert (change.action, change.agency, change.new["sha256"]) == ("上传佐证材料", lead.agency, blob.sha256)


@pytest.mark.any_database
def test_the_same_content_is_kept_once_whoever_uploads_it_under_whatever_name(media, lead, assist, lead_liaison):
    first = keep(lead, lead_liaison)
    second = keep(assist, lead_liaison, name="别名.pdf")
    assert first.blob == second.blob
    assert (second.name, second.assignment) == ("别名.pdf", assist)
    assert len(files(media)) == Blob.objects.count() == 1


@pytest.mark.any_database
def test_the_same_file_again_is_the_first_one(lead, lead_liaison):
    assert keep(lead, lead_liaison) == keep(lead, lead_liaison)
    assert Evidence.objects.count() == Change.objects.count() == 1


# ── what is broken leaves nothing ────────────────────────────────────────────────────────────────────────────────


class FullDisk(FileSystemStorage):
    """Writes half of a file and fails, as a full disk does."""

    def _save(self, name, content):
        path = Path(self.path(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read(10))
        raise OSError(28, os.strerror(28))


@pytest.mark.any_database
def test_a_storage_that_fails_keeps_nothing_and_says_so(media, lead, lead_liaison, settings):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": f"{__name__}.FullDisk", "OPTIONS": {"location": str(media)}},
    }
    with pytest.raises(WorkflowError) as caught:
        keep(lead, lead_liaison)
    assert (caught.value.message, caught.value.field) == ("“纪要.pdf”未能保存，请稍后重新上传。", "evidence")
    assert files(media) == []
    assert (Blob.objects.count(), Evidence.objects.count(), Change.objects.count()) == (0, 0, 0)


@pytest.mark.any_database
def test_a_transaction_that_is_undone_leaves_no_file(media, lead, lead_liaison, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("killed")

    monkeypatch.setattr(evidence_store, "note", fail)
    with pytest.raises(RuntimeError):
        keep(lead, lead_liaison)
    assert files(media) == []
    assert (Blob.objects.count(), Evidence.objects.count()) == (0, 0)


@pytest.mark.any_database
def test_what_fails_beside_a_content_that_is_kept_leaves_that_content(media, lead, lead_liaison, monkeypatch):
    kept = keep(lead, lead_liaison)
    monkeypatch.setattr(evidence_store, "note", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        keep(lead, lead_liaison, name="别名.pdf")
    assert files(media) == [kept.blob.file.name]
    assert kept.blob.file.read() == uploads.PDF


@pytest.mark.any_database
def test_where_the_database_cannot_tell_the_file_stays(media, lead, lead_liaison, monkeypatch):
    """The answer to a commit may get lost: a file too many is better than one too few."""

    def lost(*_, **__):
        raise OperationalError("connection lost")

    def record_and_lose(**about):
        record(**about)
        monkeypatch.setattr(Blob.objects, "filter", lost)
        raise OperationalError("connection lost")

    record = evidence_store.record_evidence
    monkeypatch.setattr(evidence_store, "record_evidence", record_and_lose)
    with pytest.raises(DatabaseError):
        keep(lead, lead_liaison)
    assert len(files(media)) == 1


@pytest.mark.django_db(transaction=True)
def test_it_is_not_done_within_another_transaction(media, lead, lead_liaison):
    """Which could be undone later, when nobody takes the file away."""
    with pytest.raises(RuntimeError), transaction.atomic():
        keep(lead, lead_liaison)
    assert files(media) == []


# ── at once, on real connections ─────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def stage(transactional_db):
    ChangeChain.objects.get_or_create(pk=1)
    assignment = make_assignment()
    return assignment, make_user(role="liaison", agency=assignment.agency)


def at_once(*deeds):
    """Each in a thread with a connection of its own; what each returned or raised."""
    results = [None] * len(deeds)

    def run(number, deed):
        try:
            results[number] = deed()
        except Exception as error:
            results[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_two_people_who_upload_the_same_content_at_once_keep_it_once(stage, media, monkeypatch):
    """Both have written a file before either has a row."""
    assignment, by = stage
    both, write = threading.Barrier(2), evidence_store._write

    def write_and_wait(upload):
        name = write(upload)
        both.wait(30)
        return name

    monkeypatch.setattr(evidence_store, "_write", write_and_wait)
    first, second = at_once(lambda: keep(assignment, by, name="甲.pdf"), lambda: keep(assignment, by, name="乙.pdf"))
    assert first.blob_id == second.blob_id
    blob = Blob.objects.get()
    assert files(media) == [blob.file.name]
    assert blob.file.read() == uploads.PDF


def test_of_two_at_once_the_one_that_is_undone_takes_nothing_from_the_other(stage, media, monkeypatch):
    """The first has its row and is undone while the second waits for it: the second's file stays and holds."""
    assignment, by = stage
    both, recorded, note = threading.Barrier(2), threading.Event(), evidence_store.note
    write = evidence_store._write

    def write_and_wait(upload):
        name = write(upload)
        both.wait(30)
        if upload.name == "乙.pdf":
            recorded.wait(30)
        return name

    def note_or_fail(*args, **about):
        if about["new"]["name"] == "甲.pdf":
            recorded.set()
            raise RuntimeError("killed")
        note(*args, **about)

    monkeypatch.setattr(evidence_store, "_write", write_and_wait)
    monkeypatch.setattr(evidence_store, "note", note_or_fail)
    first, second = at_once(lambda: keep(assignment, by, name="甲.pdf"), lambda: keep(assignment, by, name="乙.pdf"))
    assert isinstance(first, RuntimeError)
    assert isinstance(second, Evidence)
    assert files(media) == [Blob.objects.get().file.name]
    assert second.blob.file.read() == uploads.PDF


def test_a_killed_connection_leaves_neither_row_nor_file(stage, media, monkeypatch):
    assignment, by = stage
    note = evidence_store.note

    def kill(*args, **about):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            [pid] = cursor.fetchone()
        killer = connections.create_connection("default")
        with killer.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        killer.close()
        note(*args, **about)

    monkeypatch.setattr(evidence_store, "note", kill)
    with pytest.raises(DatabaseError):
        keep(assignment, by)
    assert (Blob.objects.count(), Evidence.objects.count()) == (0, 0)
    assert files(media) == []


def test_another_storage_is_a_matter_of_settings(tmp_path):
    """As a person who runs the product does it: in the environment, before it starts."""
    options = {"location": "elsewhere", "base_url": None}
    environment = {
        **os.environ,
        "EVIDENCE_STORAGE": "django.core.files.storage.InMemoryStorage",
        "EVIDENCE_STORAGE_OPTIONS": json.dumps(options),
        "EVIDENCE_FILE_MB": "5",
        "QA_PLAN_VAR": str(tmp_path),
    }
    ask = "from qa_plan import settings; print(settings.STORAGES['default'], settings.EVIDENCE_FILE_MB)"
    answer = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True)
    default = {"BACKEND": environment["EVIDENCE_STORAGE"], "OPTIONS": options}
    assert answer.stdout.strip() == f"{default} 5"
