"""What: the plan and its parts (identities), and what happened to them (facts, inserted and never edited)."""

from tasks.models.facts import (
    AcceptedProgress,
    Closure,
    IndicatorReading,
    ItemRevision,
    ProgressReport,
    Receipt,
    Review,
)
from tasks.models.filing import ReportDraft, ReportingPeriod
from tasks.models.operations import DailySnapshot, Heartbeat, LightChange, WorkdayOverride
from tasks.models.plan import ActionItem, Assignment, Indicator, LegalBasis, Measure, Plan, Section

__all__ = [
    "AcceptedProgress",
    "ActionItem",
    "Assignment",
    "Closure",
    "DailySnapshot",
    "Heartbeat",
    "Indicator",
    "IndicatorReading",
    "ItemRevision",
    "LegalBasis",
    "LightChange",
    "Measure",
    "Plan",
    "ProgressReport",
    "Receipt",
    "ReportDraft",
    "ReportingPeriod",
    "Review",
    "Section",
    "WorkdayOverride",
]
