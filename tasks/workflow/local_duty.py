"""印发本地区工作方案: the offices below are asked for plans of their own, until they have them."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.utils import timezone

from agencies.changes import note
from agencies.models import Office, User
from tasks.models import ActionItem, Assignment, Closure, ItemRevision, LocalDuty, Measure, Message, Plan, Section
from tasks.models.choices import RUNNING
from tasks.rules.texts import shortened
from tasks.standing.correspondence import coverage_of, running_items
from tasks.workflow.course import close_assignment, place_of
from tasks.workflow.current import WorkflowError, deed, lock_row
from tasks.workflow.messages import coordinators_of, tell, tell_assigned
from tasks.workflow.opening import open_periods
from tasks.workflow.responsibility import assign

TITLE = "印发本地区工作方案"
LABEL = "（一）"
SET_WITH_THE_DUTY = "交办印发任务时确定"
OF_THE_PARENT = ("behind_margin", "ahead_margin", "soon_days", "filing_day", "frequency", "receipt_days")


@deed
def ask_for_local_plans(
    *,
    parent: Plan,
    offices: Sequence[Office],
    due_on: date,
    words: str,
    by: User,
    at: datetime,
    items: Collection[ActionItem] = (),
) -> LocalDuty:
    """Makes 印发本地区工作方案 a task of the governments of those offices, with `words` as its text, until that day.

    `items` are those of the parent's that have to be covered, all of them where none is given. It is asked for once;
    further offices are added by `ask_further_offices`. The same form sent again is the first deed.
    """
    lock_row(parent, "NO KEY UPDATE")
    words = words.strip()
    if duty := LocalDuty.objects.filter(parent=parent).select_related("plan").first():
        if _is_repeated(duty, offices, items, due_on, words, by):
            return duty
        raise WorkflowError("印发本地区工作方案已经交办，可以增加地区，或在该任务页面调整时限。")
    if not words:
        raise WorkflowError("请选择公文中部署本项工作的段落，或写明要求。", "words")
    if due_on < max(parent.issued_on, timezone.localdate(at)):
        raise WorkflowError("完成时限不能早于今天。", "due_on")
    _check_items(parent, items, at)
    _check_offices(parent, offices)
    duty = _begin(parent, words, due_on, by=by, at=at)
    duty.items.set(items)
    names = [office.area for office in offices]
    new = {"areas": "、".join(names), "due_on": due_on, "text": words, "has_to_cover": _told(items)}
    note("交办印发本地区工作方案", parent, by=by, at=at, new=new)
    _assign(duty, offices, by=by, at=at)
    open_periods(duty.plan, timezone.localdate(at))
    return duty


@deed
def ask_further_offices(*, duty: LocalDuty, offices: Sequence[Office], by: User, at: datetime) -> list[Assignment]:
    """Adds the governments of further offices to the task; who has it already keeps it."""
    lock_row(duty.parent, "NO KEY UPDATE")
    has = set(Assignment.objects.filter(item__plan=duty.plan, ended_at=None).values_list("agency", flat=True))
    wanted = [office for office in offices if office.government_id not in has]
    if not offices:
        raise WorkflowError("请至少选择一个地区。", "offices")
    if not wanted:
        return []
    _check_offices(duty.parent, wanted)
    note("增加印发方案的地区", duty.parent, by=by, at=at, new={"areas": "、".join(office.area for office in wanted)})
    return _assign(duty, wanted, by=by, at=at)


def _told(items: Collection[ActionItem]) -> str:
    return "、".join(str(item) for item in items) or "全部任务"


def _is_repeated(
    duty: LocalDuty, offices: Sequence[Office], items: Collection[ActionItem], due_on: date, words: str, by: User
) -> bool:
    item = ActionItem.objects.get(plan=duty.plan_id)
    first = item.revisions.order_by("recorded_at", "pk").first()
    given = set(Assignment.objects.filter(item=item, ended_at=None).values_list("agency", flat=True))
    same = (item.text, first and first.due_on, duty.recorded_by_id) == (words, due_on, by.pk)
    named = set(duty.items.values_list("pk", flat=True))
    asked = (given, named) == ({office.government_id for office in offices}, {each.pk for each in items})
    return same and asked


def _check_items(parent: Plan, items: Collection[ActionItem], at: datetime) -> None:
    known = set(running_items(parent, at).values_list("pk", flat=True)) if items else set()
    gone = [item for item in items if item.pk not in known]
    if gone:
        raise WorkflowError(
            f"{'、'.join(str(item) for item in gone)}已办结、撤销或不在本计划之内，请重新选择。", "items"
        )


def _check_offices(parent: Plan, offices: Sequence[Office]) -> None:
    if not offices:
        raise WorkflowError("请至少选择一个地区。", "offices")
    if any((office.parent_id or "") != parent.home for office in offices):
        raise WorkflowError("只能向直接下级交办。", "offices")
    bare = [office.area for office in offices if office.government_id is None]
    if bare:
        raise WorkflowError(f"{'、'.join(bare)}尚未登记本级政府，请先在统筹机构中登记。", "offices")


def _begin(parent: Plan, words: str, due_on: date, *, by: User, at: datetime) -> LocalDuty:
    plan = Plan.objects.create(
        document_number=f"{parent.document_number}（市县方案）",
        slug=f"{parent.slug}-local",
        title=TITLE,
        issuer=parent.issuer,
        issued_on=min(parent.issued_on, timezone.localdate(at)),
        due_on=due_on,
        notice_text=words,
        notice_sha256=hashlib.sha256(words.encode()).hexdigest(),
        imported_at=at,
        office_id=parent.office_id,
        **{name: getattr(parent, name) for name in OF_THE_PARENT},
    )
    section = Section.objects.create(plan=plan, number=1, title=TITLE, start=0, end=len(words))
    item = ActionItem.objects.create(
        plan=plan, section=section, number=1, label=LABEL, title=TITLE, text=words, start=0, end=len(words)
    )
    Measure.objects.create(item=item, number=1, text=words, start=0, end=len(words))
    ItemRevision.objects.create(item=item, due_on=due_on, reason=SET_WITH_THE_DUTY, recorded_at=at, recorded_by=by)
    return LocalDuty.objects.create(parent=parent, plan=plan, recorded_at=at, recorded_by=by)


def _assign(duty: LocalDuty, offices: Sequence[Office], *, by: User, at: datetime) -> list[Assignment]:
    item = ActionItem.objects.select_related("plan").get(plan=duty.plan_id)
    made = []
    for office in offices:
        assert office.government is not None, "checked before"
        role, since = Assignment.Role.LEAD, timezone.localdate(at)
        part = assign(item=item, agency=office.government, role=role, answers_from=since, by=by, at=at, is_quiet=True)
        made.append(part)
        close_of_office(office, duty, by=by, at=at)
    tell_assigned(made, by=by, at=at)
    return made


def close_when_covered(*, plan: Plan, by: User | None, at: datetime) -> Closure | None:
    """Closes the duty of the local plan's office once the plan's confirmed correspondence covers what was asked.

    Nothing happens where nobody asked, where it is closed already, or while a request of it waits for its answer. What
    is uncovered later reopens nothing. Called by the deeds that issue a local plan, confirm its correspondence, or
    answer a request that was in the way; where the parent ended what was lacking, by the daily round.
    """
    duty = LocalDuty.objects.filter(parent=plan.parent_id).select_related("plan").first() if plan.parent_id else None
    office = plan.office
    if duty is None or office is None or office.government_id is None:
        return None
    parts = Assignment.objects.filter(item__plan=duty.plan, agency=office.government_id, ended_at=None)
    part = parts.select_related("item__plan", "agency").first()
    if part is None:
        return None
    place = place_of(part, at)
    coverage = coverage_of(plan, place.at, duty)
    if place.current.closure not in RUNNING or place.open_kinds or not coverage.is_whole:
        return None
    reason = (
        f"已印发{plan.document_number}《{shortened(plan.name, 100)}》，"
        f"须覆盖的{len(coverage.asked)}项任务已全部对应（对应关系已由{office.name}确认）。"
    )
    closure = close_assignment(assignment=part, kind=Closure.Kind.CLOSED, reason=reason, made=plan, by=by, at=place.at)
    text = f"{office.area}{TITLE}自动办结：{reason}"
    tell(coordinators_of(duty.plan), Message.Kind.OTHER, text, link=plan.get_absolute_url(), at=place.at, by=by)
    return closure


def close_all_covered(*, at: datetime) -> list[Closure]:
    """The same of every office that is asked and has issued its plan, without anybody's deed."""
    governments = Assignment.objects.in_force(at).running(at).filter(item__plan__duty_of__isnull=False)
    asked = Plan.objects.filter(parent__local_duty__isnull=False, office__government__in=governments.values("agency"))
    closures = [close_when_covered(plan=plan, by=None, at=at) for plan in asked.defer("notice_text").order_by("pk")]
    return [closure for closure in closures if closure]


def close_of_office(office: Office, duty: LocalDuty, *, by: User, at: datetime) -> Closure | None:
    """The same for an office that is asked after it issued its plan."""
    plan = Plan.objects.filter(office=office, parent=duty.parent_id).defer("notice_text").first()
    return close_when_covered(plan=plan, by=by, at=at) if plan else None


def close_once_answered(assignment: Assignment, *, by: User, at: datetime) -> Closure | None:
    """The same for an office over whose duty a request waited for the answer that it has now."""
    plans = Plan.objects.filter(parent__local_duty__plan=assignment.item.plan_id).defer("notice_text")
    plan = plans.filter(office__government=assignment.agency_id).first()
    return close_when_covered(plan=plan, by=by, at=at) if plan else None
