"""Evidence is kept with each content once, and never a row without its file or a file without its row."""

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction

from agencies.changes import note
from agencies.models import User
from tasks.evidence.inspecting import Upload
from tasks.models import Assignment, Blob, Evidence
from tasks.workflow.current import WorkflowError, deed

logger = logging.getLogger(__name__)


def store(*, upload: Upload, assignment: Assignment, by: User, at: datetime) -> Evidence:
    """Keeps what was uploaded for the assignment; the same file under the same name again is the first one.

    A transaction of its own, and not to be called within another: the file is written before it begins, so that no
    lock waits for a storage, and is taken away again unless the transaction made it a content's file. Two people who
    upload the same content at once write two files, and the database decides which one stays.
    """
    written = None if Blob.objects.filter(sha256=upload.sha256).exists() else _write(upload)
    try:
        with transaction.atomic(durable=True):
            return record_evidence(upload=upload, written=written, assignment=assignment, by=by, at=at)
    finally:
        if written:
            _discard_unless_used(written)


def own_evidence(evidence: Iterable[Evidence], assignment: Assignment) -> list[Evidence]:
    """Each upload once; refused where one was made for another assignment."""
    uploads = list(dict.fromkeys(evidence))
    if any(upload.assignment_id != assignment.pk for upload in uploads):
        raise WorkflowError("佐证材料不属于该责任分工。", "evidence")
    return uploads


def _write(upload: Upload) -> str:
    """Writes the file; the name that the storage gave. A storage that fails half-way keeps nothing."""
    wanted = f"evidence/{upload.sha256[:2]}/{upload.sha256}-{uuid4().hex[:8]}"
    upload.file.seek(0)
    try:
        return default_storage.save(wanted, File(upload.file))
    except Exception as error:  # each storage has errors of its own
        logger.exception("The storage took no evidence.")
        _discard(wanted)
        raise WorkflowError(f"“{upload.name}”未能保存，请稍后重新上传。", "evidence") from error


def _discard_unless_used(name: str) -> None:
    try:
        if Blob.objects.filter(file=name).exists():
            return
    except DatabaseError:  # whether the transaction held is unknown: a file too many is better than one too few
        logger.exception("Left in the storage, perhaps unused: %s", name)
        return
    _discard(name)


def _discard(name: str) -> None:
    try:
        default_storage.delete(name)
    except Exception:
        logger.exception("Left in the storage, unused: %s", name)


@deed
def record_evidence(*, upload: Upload, written: str | None, assignment: Assignment, by: User, at: datetime) -> Evidence:
    """Writes the upload's row, and its content's where that is new; `written` is the name of a file put there."""
    if written:
        new = Blob(sha256=upload.sha256, size=upload.size, media_type=upload.media_type, file=written)
        # Waits for whoever is about to keep the same content, and leaves theirs.
        Blob.objects.bulk_create([new], ignore_conflicts=True)
    blob = Blob.objects.get(sha256=upload.sha256)
    same = Evidence.objects.filter(assignment=assignment, blob=blob, name=upload.name).first()
    if same:
        return same
    what = {"assignment": assignment, "blob": blob, "name": upload.name, "marks": list(upload.marks) or None}
    evidence = Evidence.objects.create(**what, recorded_at=at, recorded_by=by)
    marks = {"marks": evidence.marks} if evidence.marks else {}
    note(
        "上传佐证材料",
        assignment,
        by=by,
        at=at,
        new={"evidence": evidence.pk, "name": upload.name, "size": upload.size, "sha256": upload.sha256, **marks},
        agency=assignment.agency,
    )
    return evidence
