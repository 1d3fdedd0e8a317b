"""Rows for tests. Every function has defaults for what its test doesn't care about; only here are facts built directly.

The plan of the tests is the year 2016's, issued on 24 May and due at the year's end, as in the demonstration.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from itertools import count
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.utils import timezone

from agencies.models import AGENCY_ROLES, Agency, AgencyGroup, GroupMembership, Level, Office, Role, User
from qa_plan.clock import at
from tasks.migrations._rules import begin_with_rules
from tasks.models import (
    AcceptedProgress,
    ActionItem,
    AgencyRequest,
    AskedMilestone,
    Assignment,
    Blob,
    Closure,
    Comment,
    Correspondence,
    CorrespondingItem,
    Decision,
    Delivery,
    Digest,
    Evidence,
    Indicator,
    IndicatorReading,
    InstructedAssignment,
    Instruction,
    InstructionReply,
    ItemRevision,
    Measure,
    Milestone,
    MilestoneDone,
    MilestonePlan,
    PeriodLock,
    Plan,
    PlannedSteering,
    PlannedStep,
    ProgressReport,
    Receipt,
    Reminder,
    ReminderRule,
    ReportDraft,
    ReportingPeriod,
    Review,
    Section,
    Urge,
    UrgedAssignment,
    UrgeReply,
    Waiver,
)
from tasks.rules.periods import period_of

LEAD, ASSIST = Assignment.Role.LEAD, Assignment.Role.ASSIST
ACCEPTED, SENT_BACK = Review.Verdict.ACCEPTED, Review.Verdict.SENT_BACK
PLAN_DUE: Any = object()  # where no due date is given: the plan's

_serials = count(1)


def moment(text: str) -> datetime:
    """`2016-09-30` is that day's midnight, `2016-09-30 10:15` its quarter past ten, in the product's time zone."""
    parsed = datetime.fromisoformat(text)
    return at(parsed.date(), parsed.time())


ISSUED = moment("2016-05-24 09:00")


# ── who ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def make_agency(name: str = "", **fields: Any) -> Agency:
    serial = next(_serials)
    return Agency.objects.create(**{"name": name or f"第{serial}厅", "ordinal": serial, **fields})


def make_user(username: str = "", *, role: str = Role.COORDINATOR, agency: Agency | None = None, **fields: Any) -> User:
    """Liaisons and approvers get an agency of their own where none is given. Nobody has a password unless one is."""
    if role in AGENCY_ROLES:
        agency = agency or make_agency()
    return User.objects.create_user(username or f"{role}-{next(_serials)}", role=role, agency=agency, **fields)


def make_group(
    *members: Agency, name: str = "领导小组", is_inferred: bool = False, office: Office | None = None
) -> AgencyGroup:
    group = AgencyGroup.objects.create(name=name, office=office)
    for agency in members:
        GroupMembership.objects.create(group=group, agency=agency, is_inferred=is_inferred)
    return group


def make_office(area: str = "", *, parent: Office | None = None, **fields: Any) -> Office:
    """The office of a city, or below `parent` of a county, with the government that answers to the office above."""
    serial = next(_serials)
    area = area or f"第{serial}{'县' if parent else '市'}"
    code = fields.pop("code", f"{serial:06d}")
    government = fields.pop("government", None) or make_agency(f"{area}人民政府", office=parent)
    return Office.objects.create(
        **{
            "name": f"{area}质量工作领导小组办公室",
            "urge_prefix": area[:1],
            "level": Level.COUNTY if parent else Level.CITY,
            "area": area,
            "code": code,
            "path": f"{parent.path if parent else ''}{code}/",
            "parent": parent,
            "ordinal": serial,
            "government": government,
            **fields,
        }
    )


# ── what ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def make_plan(**fields: Any) -> Plan:
    serial = next(_serials)
    defaults = {
        "document_number": f"皖试〔2016〕{serial}号",
        "slug": f"2016-test-{serial}",
        "title": "某省人民政府办公厅关于印发质量提升2016年行动计划的通知",
        "issuer": "某省人民政府办公厅",
        "issued_on": date(2016, 5, 24),
        "due_on": date(2016, 12, 31),
        "imported_at": ISSUED,
    }
    return Plan.objects.create(**{**defaults, **fields})


def make_local_plan(parent: Plan, office: Office, **fields: Any) -> Plan:
    """The plan of that office which carries out the parent's; without items."""
    title = f"{office.area}人民政府办公室关于印发{office.area}2016年质量提升实施方案的通知"
    issuer = f"{office.area}人民政府办公室"
    return make_plan(**{"parent": parent, "office": office, "title": title, "issuer": issuer, **fields})


def correspond(item: ActionItem, *parent_items: ActionItem, at: datetime = ISSUED, by: User | None = None) -> Any:
    """That the local item carries out these items of the parent's plan; 本地增加 where there are none."""
    made = Correspondence.objects.create(item=item, recorded_at=at, recorded_by=by)
    CorrespondingItem.objects.bulk_create(
        CorrespondingItem(correspondence=made, parent_item=each) for each in parent_items
    )
    return made


def make_section(plan: Plan | None = None, **fields: Any) -> Section:
    plan = plan or make_plan()
    number = fields.get("number") or plan.sections.count() + 1
    return Section.objects.create(
        **{"plan": plan, "number": number, "title": f"第{number}部分", "start": 0, "end": 0, **fields}
    )


def make_item(
    plan: Plan | None = None, *, section: Section | None = None, due_on: date | None = PLAN_DUE, **fields: Any
) -> ActionItem:
    """An item with its first revision, as the import makes it; `due_on=None` is 持续推进."""
    section, number = section or (plan and plan.sections.first()), 1
    if section:
        number = section.plan.items.count() + 1
    else:
        section = make_section(plan, number=1)
    item = ActionItem.objects.create(
        **{
            "plan": section.plan,
            "section": section,
            "number": number,
            "label": f"（{number}）",
            "title": f"任务{number}",
            "text": f"任务{number}的原文。",
            "start": 0,
            "end": 0,
            **fields,
        }
    )
    revise(
        item,
        section.plan.due_on if due_on is PLAN_DUE else due_on,
        at=section.plan.imported_at,
        is_inferred=due_on is not None,  # what never ends was set so
    )
    return item


def make_measure(item: ActionItem, text: str = "开展一次活动。") -> Measure:
    return Measure.objects.create(item=item, number=item.measures.count() + 1, text=text, start=0, end=0)


def make_indicator(item: ActionItem, name: str = "安徽名牌", target: int = 170, unit: str = "个") -> Indicator:
    return Indicator.objects.create(item=item, name=name, target=target, unit=unit, start=0, end=0)


def make_assignment(
    item: ActionItem | None = None,
    agency: Agency | None = None,
    role: str = LEAD,
    *,
    at: datetime = ISSUED,
    **fields: Any,
) -> Assignment:
    return Assignment.objects.create(
        item=item or make_item(), agency=agency or make_agency(), role=role, recorded_at=at, **fields
    )


def make_period(plan: Plan, code: str = "2016Q3") -> ReportingPeriod:
    """The plan's period of that code, with the dates of the built-in calendar; made where it is missing."""
    quarter = period_of(code, filing_day=plan.filing_day, overrides={})
    dates = {name: getattr(quarter, name) for name in ("starts_on", "ends_on", "opens_on", "due_on")}
    of_plan = ReportingPeriod.objects.filter(plan=plan)
    return of_plan.filter(code=code).first() or of_plan.create(plan=plan, code=code, **dates)


def close_a_period(plan: Plan) -> ReportingPeriod:
    """One that closed before the plan began: all could have reported, and who is below the line is behind."""
    return make_period(plan, "2016Q1")


# ── what happened ────────────────────────────────────────────────────────────────────────────────────────────────


def revise(item: ActionItem, due_on: date | None, *, at: datetime, **fields: Any) -> ItemRevision:
    return ItemRevision.objects.create(
        **{"item": item, "due_on": due_on, "recorded_at": at, "reason": "调整", **fields}
    )


def file_report(
    assignment: Assignment,
    percent: int = 50,
    *,
    at: datetime,
    period: ReportingPeriod | str = "2016Q3",
    readings: Mapping[Indicator, int | Decimal] | None = None,
    **fields: Any,
) -> ProgressReport:
    """A report as filed: it waits for review, until it is reviewed or a newer one of its period takes its place."""
    if isinstance(period, str):
        period = make_period(assignment.item.plan, period)
    others = ProgressReport.objects.filter(assignment=assignment, period=period)
    filed = list(others.order_by("recorded_at").values_list("recorded_at", flat=True))
    if filed and filed[0] <= at:
        others.filter(recorded_at__lte=at, settled_at__isnull=True).update(settled_at=at)
    report = ProgressReport.objects.create(
        **{
            "assignment": assignment,
            "period": period,
            "percent": percent,
            "progress": f"已完成{percent}%。",
            "recorded_at": at,
            "settled_at": next((newer for newer in filed if newer > at), None),
            **fields,
        }
    )
    for indicator, value in (readings or {}).items():
        IndicatorReading.objects.create(report=report, indicator=indicator, value=value)
    return report


def review(report: ProgressReport, verdict: str = ACCEPTED, *, at: datetime | None = None, **fields: Any) -> Review:
    """An hour after the report where no moment is given. The first review ends the waiting."""
    at = at or report.recorded_at + timedelta(hours=1)
    comment = "" if verdict == ACCEPTED else "请补充数据。"
    ProgressReport.objects.filter(pk=report.pk, settled_at__isnull=True).update(settled_at=at)
    made = Review.objects.create(
        **{"report": report, "verdict": verdict, "comment": comment, "recorded_at": at, **fields}
    )
    record_progress(report.assignment, since=at)
    return made


def record_progress(assignment: Assignment, *, since: datetime) -> None:
    """What has counted since that moment, told anew for every later review: a test may store them in any order."""
    reviews = Review.objects.filter(report__assignment=assignment).select_related("report__period").order_by("pk")
    AcceptedProgress.objects.bulk_create(progress_since(since, assignment, list(reviews)))


def progress_since(since: datetime, assignment: Assignment, reviews: Iterable[Review]) -> list[AcceptedProgress]:
    """The rows that tell it, of all the assignment's reviews in the order in which they were stored.

    Of the reports that stand accepted, that of the newest period counts.
    """
    in_time = sorted(reviews, key=attrgetter("recorded_at"))
    told = []
    for when in sorted({since, *(review.recorded_at for review in in_time if review.recorded_at > since)}):
        latest = {review.report: review.verdict for review in in_time if review.recorded_at <= when}
        accepted = [report for report, verdict in latest.items() if verdict == ACCEPTED and report.recorded_at <= when]
        newest = max(accepted, key=attrgetter("period.starts_on", "recorded_at", "pk"), default=None)
        percent = newest.percent if newest else 0
        told.append(AcceptedProgress(assignment=assignment, report=newest, percent=percent, recorded_at=when))
    return told


def accepted_report(assignment: Assignment, percent: int = 50, *, at: datetime, **fields: Any) -> ProgressReport:
    """A report that counts from `at` on: filed and accepted at that moment."""
    report = file_report(assignment, percent, at=at, **fields)
    review(report, at=at)
    return report


def close(assignment: Assignment, kind: str = Closure.Kind.CLOSED, *, at: datetime, **fields: Any) -> Closure:
    return Closure.objects.create(
        **{"assignment": assignment, "kind": kind, "reason": "依据", "recorded_at": at, **fields}
    )


def withdraw(assignment: Assignment, *, at: datetime) -> None:
    Assignment.objects.filter(pk=assignment.pk).update(ended_at=at, end_reason="分工调整")


def plan_withdrawal(
    part: Assignment, *, at: datetime, effective_on: date = date(2016, 12, 1), by: User | None = None
) -> PlannedSteering:
    """待生效: the agency leaves the item on that day."""
    fields = {"plan": part.item.plan, "effective_on": effective_on, "reason": "会议纪要"}
    planned = PlannedSteering.objects.create(**fields, recorded_at=at, recorded_by=by)
    PlannedStep.objects.create(planned=planned, kind="withdraw", item=part.item, part=part)
    return planned


def sign_receipt(assignment: Assignment, *, at: datetime, **fields: Any) -> Receipt:
    return Receipt.objects.create(assignment=assignment, recorded_at=at, **fields)


def make_evidence(assignment: Assignment, name: str = "佐证.pdf", *, at: datetime, sha256: str = "") -> Evidence:
    """An upload without its file: only its row."""
    digest = sha256 or f"{Blob.objects.count():064x}"
    blob, _ = Blob.objects.get_or_create(sha256=digest, defaults={"size": 1, "media_type": "application/pdf"})
    return Evidence.objects.create(assignment=assignment, blob=blob, name=name, recorded_at=at)


def make_milestone(
    item: ActionItem, name: str = "印发方案", *, at: datetime = ISSUED, on: date = date(2016, 9, 30), **fields: Any
) -> Milestone:
    """Planned to that day as it was added."""
    made = Milestone.objects.create(item=item, name=name, recorded_at=at, **fields)
    move_to(made, on, at=at, reason="")
    return made


def move_to(milestone: Milestone, on: date, *, at: datetime, reason: str = "汛期顺延") -> MilestonePlan:
    return MilestonePlan.objects.create(milestone=milestone, planned_on=on, reason=reason, recorded_at=at)


def milestone_done(
    milestone: Milestone,
    assignment: Assignment,
    *,
    at: datetime,
    on: date = date(2016, 9, 28),
    words: str = "已印发。",
) -> MilestoneDone:
    return MilestoneDone.objects.create(
        milestone=milestone, assignment=assignment, done_on=on, words=words, recorded_at=at
    )


def make_request(assignment: Assignment, kind: str = "completion", *, at: datetime, **fields: Any) -> AgencyRequest:
    return AgencyRequest.objects.create(
        **{"assignment": assignment, "kind": kind, "reason": "理由", "recorded_at": at, **fields}
    )


def make_milestone_wish(
    assignment: Assignment, name: str = "印发方案", *, at: datetime, on: date = date(2016, 11, 30), **fields: Any
) -> AgencyRequest:
    """节点建议, of the agency itself."""
    asked = make_request(assignment, "milestone", at=at)
    AskedMilestone.objects.create(request=asked, name=name, planned_on=on, agency=assignment.agency, **fields)
    return asked


def decide(request: AgencyRequest, *, is_granted: bool = True, at: datetime, **fields: Any) -> Decision:
    return Decision.objects.create(
        **{"request": request, "is_granted": is_granted, "comment": "意见", "recorded_at": at, **fields}
    )


def lock(period: ReportingPeriod, *, is_locked: bool = True, at: datetime) -> PeriodLock:
    return PeriodLock.objects.create(period=period, is_locked=is_locked, reason="通报已印发", recorded_at=at)


def waive(assignment: Assignment, *, is_waived: bool = True, at: datetime, period: str = "2016Q3") -> Waiver:
    return Waiver.objects.create(
        assignment=assignment,
        period=make_period(assignment.item.plan, period),
        is_waived=is_waived,
        reason="机构改革",
        recorded_at=at,
    )


def comment_on(report: ProgressReport, text: str = "请核实。", *, at: datetime, **fields: Any) -> Comment:
    return Comment.objects.create(report=report, text=text, recorded_at=at, **fields)


def make_draft(assignment: Assignment, *, by: User, at: datetime, period: str = "2016Q3", **fields: Any) -> ReportDraft:
    return ReportDraft.objects.create(
        assignment=assignment, period=make_period(assignment.item.plan, period), saved_by=by, saved_at=at, **fields
    )


# ── reminders ────────────────────────────────────────────────────────────────────────────────────────────────────


def standard_rules() -> dict[str, ReminderRule]:
    """What an installation begins with, by code; made anew where a test before this one emptied the database."""
    if not ReminderRule.objects.exists():
        begin_with_rules(apps, None)
        import_module("tasks.migrations.0014_words_on_pages").rename_rules(apps, None)
    return {rule.code: rule for rule in ReminderRule.objects.all()}


def make_urge(
    assignment: Assignment,
    *,
    at: datetime,
    about: Iterable[Assignment] | None = None,
    by: User | None = None,
    reply_by: date = date(2016, 10, 14),
    **fields: Any,
) -> Urge:
    """A notice to the agency of the assignment, about it alone unless others are given."""
    urge = Urge.objects.create(
        **{
            "year": at.year,
            "number": next(_serials),
            "agency": assignment.agency,
            "office": assignment.item.plan.office,
            "text": "请抓紧办理并书面答复。",
            "reply_by": reply_by,
            "recorded_at": at,
            "recorded_by": by,
            **fields,
        }
    )
    UrgedAssignment.objects.bulk_create(
        UrgedAssignment(urge=urge, assignment=one) for one in ([assignment] if about is None else about)
    )
    return urge


def answer(urge: Urge, *, at: datetime, text: str = "已抓紧办理。", by: User | None = None) -> UrgeReply:
    return UrgeReply.objects.create(urge=urge, text=text, recorded_at=at, recorded_by=by)


def make_instruction(
    *assignments: Assignment,
    at: datetime,
    by: User | None = None,
    answer_by: date = date(2016, 10, 20),
    text: str = "请抓紧办理，排出时间表。",
) -> Instruction:
    """A leader's word on the item of the assignments, to their agencies."""
    made = Instruction.objects.create(
        item=assignments[0].item,
        leader="分管领导",
        given_on=timezone.localdate(at),
        text=text,
        answer_by=answer_by,
        recorded_at=at,
        recorded_by=by,
    )
    InstructedAssignment.objects.bulk_create(
        InstructedAssignment(instruction=made, assignment=each) for each in assignments
    )
    return made


def instruction_answer(made: Instruction, *, at: datetime, text: str = "已排出时间表。") -> InstructionReply:
    """The answer of the first agency that it names."""
    return InstructionReply.objects.create(part=made.parts.order_by("pk")[0], text=text, recorded_at=at)


def make_reminder(person: User, assignment: Assignment, *, at: datetime, state: str = "failed") -> Reminder:
    """That the assignment's due date comes near, in a digest of that morning by one channel."""
    rule = ReminderRule.objects.order_by("pk").first() or next(iter(standard_rules().values()))
    digest = Digest.objects.create(recipient=person, day=at.date(), planned_at=at)
    Delivery.objects.create(digest=digest, channel="email", state=state, error="对方拒收。")
    anchor = date(2016, 12, 31)
    return Reminder.objects.create(
        digest=digest,
        recipient=person,
        rule=rule,
        stage="due-7",
        subject=f"assignment:{assignment.pk}",
        kind="due",
        key=assignment.pk,
        assignment=assignment,
        agency=assignment.agency,
        day=digest.day,
        anchor=anchor,
        reason={
            "name": rule.name,
            "kind": "due",
            "offset": -7,
            "repeats": False,
            "audience": "liaison",
            "anchor": anchor.isoformat(),
            "since": "2016-05-24",
        },
        planned_at=at,
    )
