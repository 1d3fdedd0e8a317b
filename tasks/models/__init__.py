"""What: the plan and its parts (identities), and what happened to them (facts, inserted and never edited)."""

from tasks.models.corrections import ItemCorrection
from tasks.models.duties import Duty, DutyAgency, Indicator, Measure
from tasks.models.evidence import Blob, Evidence
from tasks.models.facts import (
    AcceptedProgress,
    Closure,
    IndicatorReading,
    ItemRevision,
    ProgressReport,
    Receipt,
    ReportEvidence,
    ReportOrigin,
    ReportWithdrawal,
    Review,
    WeightRevision,
)
from tasks.models.filing import ReportDraft, ReportingPeriod
from tasks.models.importing import ImportDraft, ImportFinding, ImportRevision
from tasks.models.instructions import (
    InstructedAssignment,
    Instruction,
    InstructionEvidence,
    InstructionNote,
    InstructionReply,
)
from tasks.models.legal_basis import LegalBasis
from tasks.models.local import Correspondence, CorrespondingItem, LocalDuty
from tasks.models.milestones import (
    Milestone,
    MilestoneDone,
    MilestoneEvidence,
    MilestonePlan,
    MilestoneReview,
    MilestoneWithdrawal,
)
from tasks.models.operations import DailySnapshot, Heartbeat, LightChange, WorkdayOverride
from tasks.models.periods import PeriodRevision
from tasks.models.phrases import ReviewPhrase
from tasks.models.plan import ActionItem, Assignment, Plan, PlanRevision, Section
from tasks.models.planned_steering import PlannedSteering, PlannedSteeringEnd, PlannedStep
from tasks.models.reminders import (
    Channel,
    Delivery,
    Digest,
    Reminder,
    ReminderPreference,
    ReminderRule,
    Sweep,
)
from tasks.models.requests import (
    AgencyRequest,
    AskedMilestone,
    Decision,
    GrantedMilestone,
    PeriodLock,
    RequestEvidence,
    RequestOrigin,
    RequestWithdrawal,
    Waiver,
)
from tasks.models.reshaping import Lineage, Reshaping
from tasks.models.saved import SavedView
from tasks.models.talk import Comment, Message
from tasks.models.urges import Urge, UrgedAssignment, UrgeReply, UrgeReplyEvidence, UrgeReplyPart

__all__ = [
    "AcceptedProgress",
    "ActionItem",
    "AgencyRequest",
    "AskedMilestone",
    "Assignment",
    "Blob",
    "Channel",
    "Closure",
    "Comment",
    "Correspondence",
    "CorrespondingItem",
    "DailySnapshot",
    "Decision",
    "Delivery",
    "Digest",
    "Duty",
    "DutyAgency",
    "Evidence",
    "GrantedMilestone",
    "Heartbeat",
    "ImportDraft",
    "ImportFinding",
    "ImportRevision",
    "Indicator",
    "IndicatorReading",
    "InstructedAssignment",
    "Instruction",
    "InstructionEvidence",
    "InstructionNote",
    "InstructionReply",
    "ItemCorrection",
    "ItemRevision",
    "LegalBasis",
    "LightChange",
    "Lineage",
    "LocalDuty",
    "Measure",
    "Message",
    "Milestone",
    "MilestoneDone",
    "MilestoneEvidence",
    "MilestonePlan",
    "MilestoneReview",
    "MilestoneWithdrawal",
    "PeriodLock",
    "PeriodRevision",
    "Plan",
    "PlanRevision",
    "PlannedSteering",
    "PlannedSteeringEnd",
    "PlannedStep",
    "ProgressReport",
    "Receipt",
    "Reminder",
    "ReminderPreference",
    "ReminderRule",
    "ReportDraft",
    "ReportEvidence",
    "ReportOrigin",
    "ReportWithdrawal",
    "ReportingPeriod",
    "RequestEvidence",
    "RequestOrigin",
    "RequestWithdrawal",
    "Reshaping",
    "Review",
    "ReviewPhrase",
    "SavedView",
    "Section",
    "Sweep",
    "Urge",
    "UrgeReply",
    "UrgeReplyEvidence",
    "UrgeReplyPart",
    "UrgedAssignment",
    "Waiver",
    "WeightRevision",
    "WorkdayOverride",
]
