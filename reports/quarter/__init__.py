"""The quarterly package: what it is of (`Definition`), the facts it shows (`Snapshot`), and their fingerprint.

`take_snapshot` reads the facts once from the as-of queries; workbook, briefing and one-page view say nothing else.
The same snapshot always gives the same bytes: keep `canonical(snapshot)` beside a file and `restore` builds it again.
"""

from reports.quarter.canonical import canonical, facts_sha256, restore
from reports.quarter.definition import FORMAT, BadDefinition, Definition, Filters, Options
from reports.quarter.facts import AgencyFacts, ItemFacts, PeriodFacts, PlanFacts, SectionFacts, Snapshot, Totals
from reports.quarter.row_facts import AssistRow, ChangeRow, IndicatorFacts, LedgerRow, UnfiledRow
from reports.quarter.snapshot import take_snapshot

__all__ = [
    "FORMAT",
    "AgencyFacts",
    "AssistRow",
    "BadDefinition",
    "ChangeRow",
    "Definition",
    "Filters",
    "IndicatorFacts",
    "ItemFacts",
    "LedgerRow",
    "Options",
    "PeriodFacts",
    "PlanFacts",
    "SectionFacts",
    "Snapshot",
    "Totals",
    "UnfiledRow",
    "canonical",
    "facts_sha256",
    "restore",
    "take_snapshot",
]
