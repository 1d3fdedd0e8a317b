"""核对稿: a notice is read into a draft, corrected by several people, and becomes a plan in one deed."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django.db.models import Max

from agencies.changes import note
from agencies.models import TOP, Office, User
from tasks.models import ImportDraft, ImportFinding, ImportRevision, Plan
from tasks.notice import Notice, NoticeError, read_notice
from tasks.notice.areas import full_name, in_full
from tasks.notice.proof import Correction, corrected, kept, said
from tasks.rules.texts import shortened
from tasks.standing.proofs import Proof, proof_of
from tasks.workflow.current import WorkflowError, deed, lock_row

NAMES = ("name", "means")  # in a correction, what names an agency
READ_AT_ONCE = 400_000  # bytes; what is larger is read by a job
LONGEST_NAME = 200
GONE = {
    ImportDraft.State.CONFIRMED: "这份核对稿已经确认交办，不能再改。",
    ImportDraft.State.DISCARDED: "这份核对稿已经放弃，不能再改。",
}
State = ImportDraft.State


class StaleProof(WorkflowError):
    """Somebody else corrected the draft since the page was made; nothing was written."""

    def __init__(self) -> None:
        super().__init__("您打开页面之后，另有人更正了这份核对稿；本次没有保存。请看过下方最新的更正后再定。")


def start_draft(
    *,
    data: bytes,
    file_name: str,
    by: User,
    at: datetime,
    parent: Plan | None = None,
    drawn_from: Sequence[Sequence[int]] = (),
) -> ImportDraft:
    """A draft of the notice in the file; the one that is open already where the same file was brought before.

    The plan will be that of the person's office, and carry out `parent` where one is given, also where the open draft
    said otherwise; `drawn_from` says of each item from which of the parent's, by number, it was drawn. A large file
    waits for `read_waiting`. Raises WorkflowError with what is wrong with the file, and keeps nothing.
    """
    digest = hashlib.sha256(data).hexdigest()
    states = (State.OPEN, State.WAITING, State.READING)
    same = ImportDraft.objects.filter(upload_sha256=digest, office=by.office, state__in=states).defer("source")
    if draft := same.first():
        return _brought_for(draft, parent, by=by, at=at)
    require_first(by.office, parent)
    what: dict[str, Any] = {"source": data, "state": State.WAITING}
    if len(data) <= READ_AT_ONCE:
        try:
            what = {"notice": in_full(read_notice(data, file_name), by.office.areas if by.office else [])}
        except NoticeError as error:
            raise WorkflowError(f"{str(error).rstrip('。')}。没有保存任何内容。", "file") from error
    try:
        what |= {"parent": parent, "drawn_from": [list(numbers) for numbers in drawn_from]}
        return _new_draft(shortened(file_name, LONGEST_NAME), digest, by=by, at=at, **what)
    except IntegrityError:  # the same form was sent twice at once
        return same.get()


@deed
def _brought_for(draft: ImportDraft, parent: Plan | None, *, by: User, at: datetime) -> ImportDraft:
    """What was corrected stays; what it was drawn from was said of another parent's items."""
    if draft.parent_id == (parent.pk if parent else None):
        return draft
    require_first(draft.office, parent)
    lock_row(draft, "UPDATE")
    current = ImportDraft.objects.defer("source").select_related("parent").get(pk=draft.pk)
    if current.ended_at:
        raise WorkflowError(GONE[State(current.state)])
    ImportDraft.objects.filter(pk=draft.pk).update(parent=parent, drawn_from=[])
    old, new = ({"parent": str(each or "")} for each in (current.parent, parent))
    note("更正核对稿", draft, by=by, at=at, old=old, new=new)
    return draft


def require_first(office: Office | None, parent: Plan | None) -> None:
    """A local plan carries out one of the office above, and an office has one for each."""
    if parent is None:
        return
    if office is None or (office.parent_id or TOP) != parent.home:
        raise WorkflowError("上级行动计划须是上一级机构印发的。", "parent")
    known = Plan.objects.filter(office=office, parent=parent).first()
    if known is not None:
        raise WorkflowError(f"本地区贯彻{parent}的方案已经交办（{known}），一份上级计划只对应一份本地方案。", "parent")


@deed
def _new_draft(
    name: str,
    digest: str,
    *,
    by: User,
    at: datetime,
    notice: Notice | None = None,
    **columns: Any,
) -> ImportDraft:
    whose = {"office_id": by.office_id, "started_at": at, "started_by": by}
    columns = {"state": State.OPEN, **columns}
    draft = ImportDraft.objects.create(file_name=name, upload_sha256=digest, **whose, **columns)
    if notice:
        _keep(draft, notice, by=by, at=at)
    note("新建核对稿", draft, by=by, at=at, new={"file_name": name, "upload_sha256": digest})
    return draft


def _keep(draft: ImportDraft, notice: Notice, *, by: User | None, at: datetime) -> None:
    ImportFinding.objects.create(
        draft=draft,
        text=notice.text,
        sha256=hashlib.sha256(notice.text.encode()).hexdigest(),
        found=kept(notice),
        recorded_at=at,
        recorded_by=by,
    )


def read_waiting(pk: int, *, at: datetime) -> bool:
    """Reads the file of a draft that waits, and says whether it did. Safe to send twice."""
    waiting = ImportDraft.objects.filter(pk=pk, state__in=(State.WAITING, State.READING))
    draft = waiting.select_related("started_by").first()
    if draft is None or draft.source is None:
        return False
    waiting.update(state=State.READING)
    try:
        notice = in_full(read_notice(bytes(draft.source), draft.file_name), draft.office.areas if draft.office else [])
    except NoticeError as error:
        return bool(waiting.update(state=State.REFUSED, refusal=str(error), source=None))
    return _take(draft, notice, at=at)


@deed
def _take(draft: ImportDraft, notice: Notice, *, at: datetime) -> bool:
    lock_row(draft, "UPDATE")
    if not ImportDraft.objects.filter(pk=draft.pk, state=State.READING).update(state=State.OPEN, source=None):
        return False
    _keep(draft, notice, by=draft.started_by, at=at)
    return True


@deed
def correct_draft(
    *, draft: ImportDraft, corrections: Sequence[Correction], basis: int, by: User, at: datetime, question: str = ""
) -> ImportRevision:
    """Records one answer or correction, beside what had been read. Sent twice, it is the first revision.

    Raises StaleProof unless the basis is the newest revision.
    """
    corrections = _in_full(draft, corrections)
    if done := _repeated(draft, basis, by, [(corrections, question, None)]):
        return done[0]
    proof = locked_proof(draft, basis)
    if corrected(proof.notice, corrections).lapsed:
        raise WorkflowError("所更正的内容已经不在现在的读法里，请刷新页面后再改。")
    about, was, now = _words(proof, corrections, question)
    return _record(proof, about, was, now, by=by, at=at, corrections=corrections, question=question)


@deed
def answer_alike(
    *, draft: ImportDraft, answers: Sequence[tuple[Sequence[Correction], str]], basis: int, by: User, at: datetime
) -> list[ImportRevision]:
    """Several answers at once, each a correction of its own with its question: all of them, or none."""
    given = [(_in_full(draft, corrections), question) for corrections, question in answers]
    if done := _repeated(draft, basis, by, [(corrections, question, None) for corrections, question in given]):
        return done
    return [
        correct_draft(draft=draft, corrections=corrections, question=question, basis=basis + place, by=by, at=at)
        for place, (corrections, question) in enumerate(given)
    ]


def _in_full(draft: ImportDraft, corrections: Sequence[Correction]) -> list[Correction]:
    """The corrections with the names of agencies as the notice's own were understood: 市质监局 of the own area."""
    areas = draft.office.areas if draft.office else []
    return [
        {key: full_name(value, areas) if key in NAMES else value for key, value in correction.items()}
        if areas and correction["kind"] in ("agency", "unit")
        else correction
        for correction in corrections
    ]


def _words(proof: Proof, corrections: Sequence[Correction], question: str) -> tuple[str, str, str]:
    lines = [said(proof.notice, correction) for correction in corrections]
    asked = next((each.question for each in proof.asked if each.question.key == question), None)
    about = asked.title if asked and asked.kind not in ("head", "name") else lines[0].about
    was = asked.reason if asked and asked.kind not in ("head", "name") else lines[0].was
    return about, was, "；".join(line.now for line in lines)


@deed
def take_back(*, draft: ImportDraft, number: int, basis: int, by: User, at: datetime) -> ImportRevision:
    """Undoes one correction; both stay on record. Later ones that need it lapse, and are shown so. Sent twice, once."""
    if done := _repeated(draft, basis, by, [([], "", number)]):
        return done[0]
    proof = locked_proof(draft, basis)
    revision = next((each for each in proof.valid if each.number == number), None)
    if revision is None:
        raise WorkflowError("这处更正已经撤销。")
    return _record(proof, revision.about, revision.now, revision.was, by=by, at=at, undoes=number)


def _record(proof: Proof, about: str, was: str, now: str, *, by: User, at: datetime, **columns: Any) -> ImportRevision:
    number = proof.version + 1
    revision = ImportRevision.objects.create(
        draft=proof.draft, number=number, about=about, was=was, now=now, recorded_at=at, recorded_by=by, **columns
    )
    action = "撤销核对更正" if revision.undoes else "更正核对稿"
    note(action, proof.draft, by=by, at=at, old={"reading": was}, new={"reading": now}, reason=about)
    return revision


def _repeated(
    draft: ImportDraft, basis: int, by: User, wanted: Sequence[tuple[list[Correction], str, int | None]]
) -> list[ImportRevision]:
    """The revisions since that version, where they are what is wanted and of the same person; the draft is locked.

    Wanted are corrections, the question that they answer, and the number that is taken back.
    """
    lock_row(draft, "UPDATE")
    made = list(ImportRevision.objects.filter(draft=draft, number__gt=basis).order_by("number"))
    is_mine = all(each.recorded_by_id == by.pk for each in made)
    return made if is_mine and [(each.corrections, each.question, each.undoes) for each in made] == wanted else []


def locked_proof(draft: ImportDraft, basis: int) -> Proof:
    """The draft as it is now, locked until the deed ends; refused where it has ended, or has another version."""
    lock_row(draft, "UPDATE")
    current = ImportDraft.objects.defer("source").get(pk=draft.pk)
    if not current.is_open:
        raise WorkflowError(GONE.get(State(current.state), "这份核对稿还没有读完。"))
    newest = ImportRevision.objects.filter(draft=draft).aggregate(newest=Max("number"))["newest"] or 0
    if newest != basis:
        raise StaleProof
    return proof_of(current)


@deed
def discard_draft(*, draft: ImportDraft, by: User, at: datetime) -> None:
    """放弃: the draft stays readable, and becomes no plan. Done twice, it is done once."""
    lock_row(draft, "UPDATE")
    current = ImportDraft.objects.defer("source").get(pk=draft.pk)
    if current.state == State.CONFIRMED:
        raise WorkflowError(GONE[State.CONFIRMED])
    if current.state == State.DISCARDED:
        return
    what = {"state": State.DISCARDED, "source": None, "ended_at": at, "ended_by": by}
    ImportDraft.objects.filter(pk=draft.pk).update(**what)
    note("放弃核对稿", draft, by=by, at=at, old={"file_name": draft.file_name})
