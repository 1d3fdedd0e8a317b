"""The facts that make an item's course, and which of their columns say what of an event."""

from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Exists,
    Expression,
    F,
    Manager,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from tasks.models import (
    AgencyRequest,
    Assignment,
    Closure,
    Decision,
    InstructedAssignment,
    ItemCorrection,
    ItemRevision,
    MilestoneDone,
    MilestonePlan,
    MilestoneReview,
    MilestoneWithdrawal,
    PlannedStep,
    ProgressReport,
    Receipt,
    ReportOrigin,
    ReportWithdrawal,
    RequestOrigin,
    RequestWithdrawal,
    Review,
    UrgedAssignment,
    UrgeReplyPart,
    Waiver,
    WeightRevision,
)


@dataclass(frozen=True, slots=True)
class Source:
    """Facts of one kind, and which of their columns or expressions stand for those of an event; None for none."""

    facts: "Manager[Any] | QuerySet[Any]"
    kind: str | Expression
    to_assignment: str | None = "assignment__"  # the way to the fact's assignment; None for a fact of the item itself
    at: str = "recorded_at"
    percent: str | None = None
    period: str | None = None
    due_on: str | Expression | None = None
    note: str | Expression | None = None
    word: str | Expression | None = None
    by: str | None = None
    key: str | None = None  # of the report, request, urge, 批示 or milestone that it is about


ROLES = ("role", "part__role")
OFFICE = "recorded_by__display_name"  # the office's people are named, an agency's are not
# What goes on with others' is carried; with the agency's own alone, whose role was changed, it is kept.
SAME_AGENCY = {"origin__assignment__agency": OuterRef("assignment__agency")}
REQUESTS_OF_OTHERS = RequestOrigin.objects.filter(request=OuterRef("pk")).exclude(**SAME_AGENCY)
REPORTS_OF_OTHERS = ReportOrigin.objects.filter(report=OuterRef("pk")).exclude(**SAME_AGENCY)
GOES_ON = Case(
    When(Exists(REQUESTS_OF_OTHERS), then=Value("carried")),
    When(goes_on=True, then=Value("kept")),
    default=Value("request"),
)
ANSWER = Case(When(is_granted=True, then=Value("granted")), default=Value("refused"))
WAIVING = Case(When(is_waived=True, then=Value("免报")), default=Value("恢复应报"))
VERDICT = Case(When(is_confirmed=True, then=Value("ms_confirmed")), default=Value("ms_sent_back"))
FIRST_PLACE = MilestonePlan.objects.filter(milestone=OuterRef("milestone"), pk__lt=OuterRef("pk"))
PLACING = Case(When(Exists(FIRST_PLACE), then=Value("ms_moved")), default=Value("ms_planned"))
URGE = Concat(
    "urge__prefix",
    Value("〔"),
    Cast("urge__year", CharField()),
    Value("〕"),
    Cast("urge__number", CharField()),
    Value("号"),
)
# What the answer says of the task itself, else of all of them.
REPLY = Coalesce(
    Subquery(
        UrgeReplyPart.objects.filter(reply__urge=OuterRef("urge"), assignment=OuterRef("assignment")).values("text")[:1]
    ),
    F("urge__reply__text"),
)
LEADS_OR_ASSISTS = {name: Case(When(**{name: "lead"}, then=Value("负责")), default=Value("协助")) for name in ROLES}
WHO = ("part__agency__name", Value("（"), LEADS_OR_ASSISTS["part__role"], Value("）"))
STEP = Case(
    When(kind="withdraw", then=Concat(*WHO, Value("退出"))),
    When(kind="role", then=Concat(*WHO, Value("改为"), LEADS_OR_ASSISTS["role"])),
    When(kind="replace", then=Concat(*WHO, Value("更换为"), "agency__name")),
    default=Concat(Value("新增"), "agency__name", LEADS_OR_ASSISTS["role"]),
    output_field=CharField(),
)
REQUESTS = AgencyRequest.objects.with_origin()
REPORTS = ProgressReport.objects.with_origin()
REPORTS_OF_OTHER_ITEMS = ReportOrigin.objects.filter(report=OuterRef("pk")).exclude(
    origin__assignment__item=OuterRef("assignment__item")
)
CARRIED = Case(
    When(Exists(REPORTS_OF_OTHER_ITEMS), then=Value("reshaped_report")),
    When(Exists(REPORTS_OF_OTHERS), then=Value("carried_report")),
    When(goes_on=True, then=Value("kept_report")),
    When(prepared_by__isnull=False, then=Value("consented_report")),
    default=Value("report"),
)
# Told once, as it was decided: not as it went on with a successor, nor as it holds for a predecessor's report.
REVIEWS = Review.objects.exclude(
    Exists(ReportOrigin.objects.filter(report=OuterRef("report"))), recorded_at=F("report__recorded_at")
).exclude(report__assignment__ended_at__lt=F("recorded_at"))

SOURCES = (
    Source(Assignment.objects, "assigned", "", word="role"),
    Source(Assignment.objects, "withdrawn", "", at="ended_at", note="end_reason"),
    Source(Receipt.objects, "receipt"),
    Source(REPORTS, CARRIED, percent="percent", period="period__code", key="pk"),
    Source(
        REVIEWS,
        "review",
        "report__assignment__",
        percent="report__percent",
        period="report__period__code",
        note="comment",
        word="verdict",
        by=OFFICE,
        key="report_id",
    ),
    Source(
        ReportWithdrawal.objects,
        "taken_back",
        "report__assignment__",
        percent="report__percent",
        period="report__period__code",
        note="reason",
        key="report_id",
    ),
    Source(
        RequestWithdrawal.objects,
        "request_taken_back",
        "request__assignment__",
        due_on="request__due_on",
        note="reason",
        word="request__kind",
        key="request_id",
    ),
    Source(Closure.objects, "closure", note="reason", word="kind", by=OFFICE),
    Source(WeightRevision.objects, "weight", percent="weight", note="reason", by=OFFICE),
    Source(Waiver.objects, "waiver", period="period__code", note="reason", word=WAIVING, by=OFFICE),
    Source(ItemRevision.objects, "revision", None, due_on="due_on", note="reason", by=OFFICE),
    Source(ItemCorrection.objects, "correction", None, note="reason", by=OFFICE),
    Source(REQUESTS, GOES_ON, due_on="due_on", note="reason", word="kind", key="pk"),
    Source(
        Decision.objects,
        ANSWER,
        "request__assignment__",
        due_on=Coalesce("due_on", "request__due_on"),  # for a refusal, the day that was asked for
        note="comment",
        word="request__kind",
        by=OFFICE,
        key="request_id",
    ),
    Source(
        UrgedAssignment.objects,
        "urge",
        at="urge__recorded_at",
        due_on="urge__reply_by",
        note="urge__text",
        word=URGE,
        by=f"urge__{OFFICE}",
        key="urge_id",
    ),
    Source(
        MilestonePlan.objects,
        PLACING,
        "milestone__",
        due_on="planned_on",
        note="reason",
        word="milestone__name",
        by=OFFICE,
        key="milestone_id",
    ),
    Source(
        PlannedStep.objects,
        "st_planned",
        None,
        at="planned__recorded_at",
        percent="planned",  # by which it is told from others
        due_on="planned__effective_on",
        note="planned__reason",
        word=STEP,
        by=f"planned__{OFFICE}",
    ),
    Source(
        PlannedStep.objects,
        Concat(Value("st_"), "planned__end__kind", output_field=CharField()),
        None,
        at="planned__end__recorded_at",
        percent="planned",
        due_on="planned__effective_on",
        note="planned__end__reason",
        word=STEP,
        by=f"planned__end__{OFFICE}",
    ),
    Source(MilestoneDone.objects, "ms_done", due_on="done_on", word="milestone__name", key="milestone_id"),
    Source(
        MilestoneReview.objects,
        VERDICT,
        "done__assignment__",
        note="comment",
        word="done__milestone__name",
        by=OFFICE,
        key="done__milestone_id",
    ),
    Source(
        MilestoneWithdrawal.objects,
        "ms_withdrawn",
        "milestone__",
        note="reason",
        word="milestone__name",
        by=OFFICE,
        key="milestone_id",
    ),
    Source(UrgedAssignment.objects, "urge_reply", at="urge__reply__recorded_at", note=REPLY, word=URGE, key="urge_id"),
    Source(
        InstructedAssignment.objects,
        "instruction",
        at="instruction__recorded_at",
        due_on="instruction__answer_by",
        note="instruction__text",
        word="instruction__leader",
        by=f"instruction__{OFFICE}",
        key="instruction_id",
    ),
    Source(
        InstructedAssignment.objects,
        "ins_reply",
        at="reply__recorded_at",
        note="reply__text",
        word="instruction__leader",
        key="instruction_id",
    ),
    Source(
        InstructedAssignment.objects,
        "ins_noted",
        at="reply__note__recorded_at",
        note="reply__note__text",
        word="instruction__leader",
        by=f"reply__note__{OFFICE}",
        key="instruction_id",
    ),
)
