"""确认交办: a 核对稿 becomes a plan in one deed, with what was ticked along with it."""

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone

from agencies.changes import note
from agencies.models import Agency, AgencyAlias, User
from tasks.models import ImportDraft, Plan
from tasks.notice import NoticeError
from tasks.standing.proofs import Proof
from tasks.standing.proposals import proposals_of_plan
from tasks.workflow.correspondence import confirm_correspondences
from tasks.workflow.current import WorkflowError, deed, lock_row
from tasks.workflow.importing import import_notice
from tasks.workflow.milestones import add_milestones, content_of
from tasks.workflow.opening import open_periods
from tasks.workflow.proofs import State, locked_proof, require_first


@deed
def confirm_draft(*, draft: ImportDraft, basis: int, by: User, at: datetime, milestones: Collection[str] = ()) -> Plan:
    """确认交办: makes the plan of the notice as it was corrected. Confirmed twice, it is the same plan.

    `milestones` are the keys of those that the notice's deadlines name and that are planned along with it. Whatever
    period is open already opens now, not tomorrow.

    Refused while a question is open, for a version that is not the newest, and for a number that was imported already.
    """
    lock_row(draft, "UPDATE")
    done = Plan.objects.filter(import_draft=draft.pk).first()
    if done:
        return done
    proof = locked_proof(draft, basis)
    if proof.open_questions:
        raise WorkflowError(f"还有{len(proof.open_questions)}处待核对，答完才能确认交办。")
    require_first(draft.office, draft.parent)
    plan = _new_plan(proof, by=by, at=at)
    _plan_milestones(plan, milestones, by=by, at=at)
    _keep_aliases(proof, by=by, at=at)
    ended = {"state": State.CONFIRMED, "plan": plan, "ended_at": at, "ended_by": by}
    ImportDraft.objects.filter(pk=draft.pk).update(**ended)
    open_periods(plan, timezone.localdate(at))
    note("确认交办", plan, by=by, at=at, new={"draft": str(draft), "version": proof.version})
    _confirm_drawn(draft, plan, by=by, at=at)
    return plan


def _confirm_drawn(draft: ImportDraft, plan: Plan, *, by: User, at: datetime) -> None:
    """Who drew items from the parent's has said what they carry out, as long as they stayed the same ones."""
    items = list(plan.items.order_by("place"))
    if draft.parent is None or not draft.drawn_from or len(items) != len(draft.drawn_from):
        return
    keys = dict(draft.parent.items.filter(ended_at=None).values_list("number", "pk"))
    drawn = {item.pk: numbers for item, numbers in zip(items, draft.drawn_from, strict=True)}
    decided = {pk: [keys[number] for number in numbers] for pk, numbers in drawn.items() if keys.keys() >= set(numbers)}
    if decided:
        confirm_correspondences(plan=plan, decided=decided, bases={}, by=by, at=at)


def _new_plan(proof: Proof, *, by: User, at: datetime) -> Plan:
    """The plan of a number that none has, not even one that is made at the same time."""
    notice, draft = proof.notice, proof.draft
    imported = WorkflowError(f"{notice.document_number}已经导入，不能再次交办。")
    if Plan.objects.filter(document_number=notice.document_number).exists():
        raise imported
    try:
        plan, is_new = import_notice(notice, office=draft.office, parent=draft.parent, by=by, at=at)
    except NoticeError as error:
        raise WorkflowError(str(error)) from error
    except IntegrityError as error:  # another draft was quicker, with this number or with an agency new to both
        if Plan.objects.filter(document_number=notice.document_number).exists():
            raise imported from error
        raise WorkflowError("另一份公文刚刚交办，本次没有保存，请再确认一次。") from error
    if not is_new:
        raise imported
    return plan


def _plan_milestones(plan: Plan, keys: Collection[str], *, by: User, at: datetime) -> None:
    if not keys:
        return
    offered = {each.place: each for each in proposals_of_plan(plan)}
    if not offered.keys() >= set(keys):
        raise WorkflowError("所选节点不在公文写明的时限之内，请刷新页面后再确认。")
    add_milestones(contents=[content_of(each) for key, each in offered.items() if key in keys], by=by, at=at)


def _keep_aliases(proof: Proof, *, by: User, at: datetime) -> None:
    """What was said to be another name of a known office is known from now on."""
    for correction in proof.corrections:
        if correction["kind"] != "unit" or correction["as"] != "alias":
            continue
        name, agency = correction["name"], Agency.objects.named(correction["means"]).first()
        if agency and not Agency.objects.named(name).exists():
            AgencyAlias.objects.create(agency=agency, name=name)
            note("新增单位别称", agency, by=by, at=at, new={"alias": name})
