"""The database itself refuses to change or delete a fact, whoever asks and by whatever way.

That it can still be emptied between tests is tested in `test_facts_flush.py`, which SQLite can't run.
"""

from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import ProtectedError, RestrictedError

from tasks.models import (
    AcceptedProgress,
    AgencyRequest,
    AskedMilestone,
    Assignment,
    Closure,
    Comment,
    Correspondence,
    CorrespondingItem,
    Decision,
    Evidence,
    GrantedMilestone,
    ImportFinding,
    ImportRevision,
    IndicatorReading,
    Instruction,
    InstructionNote,
    InstructionReply,
    ItemCorrection,
    ItemRevision,
    LocalDuty,
    Milestone,
    MilestoneDone,
    MilestonePlan,
    MilestoneReview,
    MilestoneWithdrawal,
    PeriodLock,
    PeriodRevision,
    Plan,
    PlannedSteering,
    PlannedSteeringEnd,
    PlannedStep,
    PlanRevision,
    ProgressReport,
    Receipt,
    ReportWithdrawal,
    RequestWithdrawal,
    Reshaping,
    Review,
    Urge,
    UrgeReply,
    UrgeReplyPart,
    Waiver,
    WeightRevision,
)
from tasks.models.fact import Fact
from tests.support.factories import (
    ACCEPTED,
    accepted_report,
    answer,
    close,
    comment_on,
    correspond,
    decide,
    file_report,
    instruction_answer,
    lock,
    make_agency,
    make_assignment,
    make_evidence,
    make_indicator,
    make_instruction,
    make_item,
    make_milestone,
    make_milestone_wish,
    make_period,
    make_plan,
    make_request,
    make_urge,
    make_user,
    milestone_done,
    moment,
    plan_withdrawal,
    review,
    revise,
    sign_receipt,
    waive,
    withdraw,
)
from tests.support.proofs import make_proof, make_revision

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

NOW, LATER = moment("2016-10-12 10:00"), moment("2016-10-13 10:00")
MESSAGE = "facts are inserted, never changed"

# How each kind of fact comes to be, and a column of it that somebody might like to change.
MAKERS = {
    ItemRevision: (lambda lead: revise(lead.item, None, at=NOW), {"reason": "改写"}),
    PlanRevision: (
        lambda lead: PlanRevision.objects.create(plan=lead.item.plan, reason="从严", recorded_at=NOW),
        {"behind_margin": 90},
    ),
    PeriodRevision: (
        lambda lead: PeriodRevision.objects.create(
            plan=lead.item.plan,
            code="2016Q4",
            opens_on=date(2016, 12, 20),
            due_on=date(2017, 1, 13),
            reason="顺延",
            recorded_at=NOW,
        ),
        {"reason": "改写"},
    ),
    Correspondence: (
        lambda lead: correspond(make_item(), at=NOW),
        {"recorded_at": LATER},
    ),
    CorrespondingItem: (
        lambda lead: correspond(make_item(), lead.item, at=NOW).targets.get(),
        {"parent_item_id": 0},
    ),
    LocalDuty: (
        lambda lead: LocalDuty.objects.create(parent=lead.item.plan, plan=make_plan(), recorded_at=NOW),
        {"recorded_at": LATER},
    ),
    WeightRevision: (
        lambda lead: WeightRevision.objects.create(assignment=lead, weight=2, reason="牵头", recorded_at=NOW),
        {"weight": 3},
    ),
    ItemCorrection: (
        lambda lead: ItemCorrection.objects.create(
            item=lead.item, title_before="任务1", before={}, after={}, reason="读取有误", recorded_at=NOW
        ),
        {"reason": "改写"},
    ),
    ProgressReport: (lambda lead: file_report(lead, at=NOW), {"percent": 100}),
    IndicatorReading: (
        lambda lead: file_report(lead, at=NOW, readings={make_indicator(lead.item): 5}).readings.get(),
        {"value": 170},
    ),
    Review: (lambda lead: review(file_report(lead, at=NOW)), {"verdict": ACCEPTED}),
    AcceptedProgress: (
        lambda lead: accepted_report(lead, at=NOW).assignment.accepted_progress.get(),
        {"percent": 100},
    ),
    Receipt: (lambda lead: sign_receipt(lead, at=NOW), {"recorded_at": moment("2016-06-01")}),
    Closure: (lambda lead: close(lead, at=NOW), {"kind": Closure.Kind.REOPENED}),
    Evidence: (lambda lead: make_evidence(lead, at=NOW), {"name": "别的.pdf"}),
    AgencyRequest: (lambda lead: make_request(lead, at=NOW), {"reason": "别的理由"}),
    ReportWithdrawal: (
        lambda lead: ReportWithdrawal.objects.create(report=file_report(lead, at=NOW), recorded_at=NOW),
        {"reason": "改写"},
    ),
    RequestWithdrawal: (
        lambda lead: RequestWithdrawal.objects.create(request=make_request(lead, at=NOW), recorded_at=NOW),
        {"reason": "改写"},
    ),
    Decision: (lambda lead: decide(make_request(lead, at=NOW), at=NOW), {"is_granted": False}),
    PeriodLock: (lambda lead: lock(make_period(lead.item.plan), at=NOW), {"is_locked": False}),
    Waiver: (lambda lead: waive(lead, at=NOW), {"is_waived": False}),
    Urge: (lambda lead: make_urge(lead, at=NOW, about=()), {"text": "改写"}),
    UrgeReply: (lambda lead: answer(make_urge(lead, at=NOW), at=NOW), {"text": "改写"}),
    UrgeReplyPart: (
        lambda lead: UrgeReplyPart.objects.create(
            reply=answer(make_urge(lead, at=NOW), at=NOW), assignment=lead, text="已会签"
        ),
        {"text": "改写"},
    ),
    Instruction: (
        lambda lead: Instruction.objects.create(
            item=lead.item,
            leader="分管领导",
            given_on=date(2016, 10, 12),
            text="抓紧办理",
            answer_by=date(2016, 10, 20),
            recorded_at=NOW,
        ),
        {"answer_by": date(2017, 1, 1)},
    ),
    InstructionReply: (lambda lead: instruction_answer(make_instruction(lead, at=NOW), at=NOW), {"text": "改写"}),
    InstructionNote: (
        lambda lead: InstructionNote.objects.create(
            reply=instruction_answer(make_instruction(lead, at=NOW), at=NOW), recorded_at=NOW
        ),
        {"text": "改写"},
    ),
    Milestone: (
        lambda lead: Milestone.objects.create(item=lead.item, name="印发方案", recorded_at=NOW),
        {"name": "改写"},
    ),
    MilestonePlan: (lambda lead: make_milestone(lead.item, at=NOW).plans.get(), {"planned_on": date(2017, 1, 1)}),
    MilestoneDone: (
        lambda lead: milestone_done(make_milestone(lead.item, at=NOW), lead, at=NOW),
        {"done_on": date(2016, 1, 1)},
    ),
    MilestoneReview: (
        lambda lead: MilestoneReview.objects.create(
            done=milestone_done(make_milestone(lead.item, at=NOW), lead, at=NOW), is_confirmed=True, recorded_at=NOW
        ),
        {"comment": "改写"},
    ),
    MilestoneWithdrawal: (
        lambda lead: MilestoneWithdrawal.objects.create(
            milestone=make_milestone(lead.item, at=NOW), reason="合并", recorded_at=NOW
        ),
        {"reason": "改写"},
    ),
    Reshaping: (
        lambda lead: Reshaping.objects.create(plan=lead.item.plan, kind="split", reason="纪要", recorded_at=NOW),
        {"reason": "改写"},
    ),
    PlannedSteering: (
        lambda lead: PlannedSteering.objects.create(
            plan=lead.item.plan, effective_on=date(2016, 12, 1), reason="纪要", recorded_at=NOW
        ),
        {"effective_on": date(2016, 11, 1)},
    ),
    PlannedSteeringEnd: (
        lambda lead: PlannedSteeringEnd.objects.create(
            planned=plan_withdrawal(lead, at=NOW), kind="taken_back", reason="缓办", recorded_at=NOW
        ),
        {"kind": "done"},
    ),
    AskedMilestone: (
        lambda lead: make_milestone_wish(lead, at=NOW).asked_milestone,
        {"planned_on": date(2016, 11, 1)},
    ),
    GrantedMilestone: (
        lambda lead: GrantedMilestone.objects.create(
            decision=decide(make_milestone_wish(lead, at=NOW), at=NOW), milestone=make_milestone(lead.item, at=NOW)
        ),
        {"milestone_id": 0},
    ),
    PlannedStep: (lambda lead: plan_withdrawal(lead, at=NOW).steps.get(), {"kind": "role"}),
    ImportFinding: (lambda lead: make_proof().finding, {"text": "改写"}),
    ImportRevision: (lambda lead: make_revision(make_proof()), {"now": "改写"}),
    Comment: (lambda lead: comment_on(file_report(lead, at=NOW), at=NOW), {"text": "改写"}),
}


@pytest.fixture(params=MAKERS, ids=lambda model: model.__name__)
def fact(request, lead):
    make, _ = MAKERS[request.param]
    return make(lead)


def refused():
    return pytest.raises(DatabaseError, match=MESSAGE)


def refusal(attempt):
    """What the database says to it, "" where it lets it happen."""
    try:
        with transaction.atomic():
            attempt()
    except DatabaseError as error:
        return str(error)
    return ""


def execute(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def rows(model):
    return list(model.objects.order_by("pk").values())


def test_every_kind_of_fact_is_tried_here():
    """A new kind of fact must be added to the trigger's tables and to this file."""
    kinds = {model for model in apps.get_app_config("tasks").get_models() if issubclass(model, Fact)}
    parts = {CorrespondingItem, IndicatorReading, PlannedStep, AskedMilestone, GrantedMilestone, UrgeReplyPart}
    assert kinds | parts == set(MAKERS)


def replacing(model):
    """SQLite's REPLACE deletes the old row without asking its trigger; PostgreSQL's counterpart is an update."""
    written = [field.column for field in model._meta.concrete_fields if not field.generated]
    table, columns = model._meta.db_table, ", ".join(written)
    if connection.vendor == "sqlite":
        return f"REPLACE INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = %s"
    return (
        f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table} WHERE id = %s "
        "ON CONFLICT (id) DO UPDATE SET id = excluded.id"
    )


def test_a_fact_is_neither_changed_nor_deleted_nor_replaced(fact):
    model, before = type(fact), rows(type(fact))
    table, (_, change) = model._meta.db_table, MAKERS[model]
    [(column, value)] = change.items()
    attempts = {
        "all are updated": lambda: model.objects.update(**change),
        "it is updated": lambda: model.objects.filter(pk=fact.pk).update(**change),
        "it is saved": lambda: [setattr(fact, column, value), fact.save()],
        "UPDATE": lambda: execute(f"UPDATE {table} SET {column} = {column} WHERE id = %s", fact.pk),
        "all found are deleted": lambda: model.objects.filter(pk=fact.pk).delete(),
        "it is deleted": lambda: fact.delete(),
        "it is deleted without a look": lambda: model.objects.filter(pk=fact.pk)._raw_delete(using="default"),
        "DELETE": lambda: execute(f"DELETE FROM {table} WHERE id = %s", fact.pk),
        "it is replaced": lambda: execute(replacing(model), fact.pk),
    }
    assert [name for name, attempt in attempts.items() if MESSAGE not in refusal(attempt)] == []
    assert rows(model) == before


# ── columns that are written once ────────────────────────────────────────────────────────────────────────────────


def test_an_assignment_ends_once(lead):
    withdraw(lead, at=NOW)
    before = rows(Assignment)
    for change in (
        {"ended_at": NOW},
        {"ended_at": LATER},
        {"ended_at": None},
        {"end_reason": "改写"},
        {"ended_at": None, "end_reason": ""},
    ):
        with refused(), transaction.atomic():
            Assignment.objects.update(**change)
    assert rows(Assignment) == before


def test_an_end_needs_a_moment(lead):
    with refused(), transaction.atomic():
        Assignment.objects.update(end_reason="没有时间的撤回")


def test_a_report_is_settled_once(lead):
    file_report(lead, at=NOW)
    assert ProgressReport.objects.update(settled_at=NOW) == 1
    before = rows(ProgressReport)
    for settled_at in (NOW, LATER, None):
        with refused(), transaction.atomic():
            ProgressReport.objects.update(settled_at=settled_at)
    assert rows(ProgressReport) == before


# What somebody might write into every other column.
FIXED_OF_ASSIGNMENT = {
    "id": lambda: 987654,
    "item": make_item,
    "agency": make_agency,
    "role": lambda: "assist",
    "weight": lambda: 7,
    "is_inferred": lambda: True,
    "answers_from": lambda: date(2016, 5, 1),
    "recorded_at": lambda: moment("2016-05-01"),
    "recorded_by": make_user,
}
FIXED_OF_REPORT = {
    "id": lambda: 987654,
    "assignment": make_assignment,
    "period": lambda: make_period(make_plan()),
    "percent": lambda: 100,
    "progress": lambda: "改写",
    "problems": lambda: "改写",
    "next_steps": lambda: "改写",
    "delay_reason": lambda: "改写",
    "lower_reason": lambda: "改写",
    "is_unchanged": lambda: True,
    "prepared_by": make_user,
    "recorded_at": lambda: moment("2016-05-01"),
    "recorded_by": make_user,
}


def test_every_other_column_is_tried_here():
    def columns(model):
        return {field.name for field in model._meta.concrete_fields}

    assert columns(Assignment) == {*FIXED_OF_ASSIGNMENT, "ended_at", "ended_by", "end_reason"}
    assert columns(ProgressReport) == {*FIXED_OF_REPORT, "settled_at"}


@pytest.mark.parametrize("column", FIXED_OF_ASSIGNMENT)
def test_nothing_else_of_an_assignment_changes_not_even_while_it_ends(lead, column):
    value = FIXED_OF_ASSIGNMENT[column]()
    before = rows(Assignment)
    for ending in ({}, {"ended_at": NOW, "end_reason": "撤回"}):
        with refused(), transaction.atomic():
            Assignment.objects.filter(pk=lead.pk).update(**{column: value}, **ending)
    assert rows(Assignment) == before


@pytest.mark.parametrize("column", FIXED_OF_REPORT)
def test_nothing_else_of_a_report_changes_not_even_while_it_is_settled(lead, column):
    report, value = file_report(lead, at=NOW), FIXED_OF_REPORT[column]()
    before = rows(ProgressReport)
    for settling in ({}, {"settled_at": LATER}):
        with refused(), transaction.atomic():
            ProgressReport.objects.filter(pk=report.pk).update(**{column: value}, **settling)
    assert rows(ProgressReport) == before


def test_an_assignment_is_not_deleted(lead):
    for attempt in (
        lambda: Assignment.objects.filter(pk=lead.pk)._raw_delete(using="default"),
        lambda: Assignment.objects.filter(pk=lead.pk).delete(),
        lambda: execute("DELETE FROM tasks_assignment WHERE id = %s", lead.pk),
    ):
        with refused(), transaction.atomic():
            attempt()
    assert Assignment.objects.count() == 1


# ── what facts hang on ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_with_facts_is_not_deleted(lead, period):
    for victim in (lead.item.plan, lead.item.section, lead.item, lead.agency):
        with pytest.raises((ProtectedError, RestrictedError)), transaction.atomic():
            victim.delete()
    assert Plan.objects.count() == 1


def test_a_period_with_reports_and_a_person_with_facts_are_not_deleted(lead, lead_liaison):
    report = file_report(lead, at=NOW, recorded_by=lead_liaison)
    for victim in (report.period, lead_liaison):
        with pytest.raises(ProtectedError), transaction.atomic():
            victim.delete()
