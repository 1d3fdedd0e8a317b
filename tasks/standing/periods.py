"""Which of a plan's periods were changed before they opened, as of a moment."""

from collections.abc import Iterable
from datetime import datetime

from tasks.models import PeriodRevision, Plan
from tasks.rules.periods import PeriodChange


def changes_of(plan: Plan, moment: datetime) -> dict[str, PeriodChange]:
    """The latest word on each code, by code. One query."""
    return changes_by_plan(PeriodRevision.objects.filter(plan=plan, recorded_at__lte=moment)).get(plan.pk, {})


def changes_by_plan(revisions: Iterable[PeriodRevision]) -> dict[int, dict[str, PeriodChange]]:
    """The same of many plans, by their keys."""
    changes: dict[int, dict[str, PeriodChange]] = {}
    for revision in sorted(revisions, key=lambda each: (each.recorded_at, each.pk)):
        changes.setdefault(revision.plan_id, {})[revision.code] = revision.change
    return changes
