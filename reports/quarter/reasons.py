"""Why a lead is late, in every document the same: the latest reason on record, or what became of its report."""

from reports.quarter.facts import PlanFacts
from reports.quarter.period_words import due_day, quarter
from reports.quarter.row_facts import LedgerRow

NO_REASON = "未说明原因"


def late_reason(plan: PlanFacts, row: LedgerRow) -> str:
    """The agency's own words, or where its report of the last period stands: before that is due, no fault is named."""
    if row.reason:
        return row.reason
    if plan.period is None:
        return NO_REASON
    report = f"{quarter(plan.period)}报告"
    if row.filing == "missing" and not _was_due(plan, row):
        return f"{report}尚未报送，{due_day(plan.period)}截止"
    states = {
        "missing": f"未报送{report}",
        "sent_back": f"{report}退回待重报",
        "waiting": f"{report}待审",
        "waived": f"{report}免报",
    }
    return states.get(row.filing, NO_REASON)


def _was_due(plan: PlanFacts, row: LedgerRow) -> bool:
    """Whether the due date of the last period's report, which the row hasn't filed, is over."""
    assert plan.period is not None
    missing = (plan.period.name, row.item, row.agency_id)
    return any(u.is_overdue for u in plan.unfiled if (u.period, u.item, u.agency_id) == missing)
