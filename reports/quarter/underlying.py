"""The rows of which counts of filing and figures of the previous close are made, so that both can be added up again."""

from reports.quarter.filings import FilingEntry, Filings
from reports.quarter.records import ItemRecord, PlanState, has_accepted
from reports.quarter.row_facts import EarlierRow, FilingRow
from tasks.rules.means import expected_or_own
from tasks.rules.periods import period_name
from tasks.standing.filing import Filing
from tasks.standing.rollup import ItemStanding, Standing


def filing_rows(filings: Filings) -> tuple[FilingRow, ...]:
    """Lists every report that is owed or excused, period by period in the notice's order."""
    return tuple(_filing_row(entry, entry.filing) for entry in filings.entries if entry.filing)


def _filing_row(entry: FilingEntry, filing: Filing) -> FilingRow:
    return FilingRow(
        period=period_name(entry.period.code),
        item=entry.item_number,
        agency_id=entry.agency_id,
        agency=entry.agency,
        filing=filing.value,
        filing_word=str(filing.label),
        is_late=entry.is_late and entry.is_owed,
        due_on=entry.period.due_on,
    )


def earlier_rows(before: PlanState) -> tuple[EarlierRow, ...]:
    """Lists the leads of the previous close, and the items that had none, in the notice's order."""
    leads = ((standing, lead) for standing in before.standings for lead in (standing.leads or (None,)))
    return tuple(_earlier_row(standing, lead, before) for standing, lead in leads)


def _earlier_row(standing: ItemStanding[ItemRecord], lead: Standing | None, before: PlanState) -> EarlierRow:
    weight = sum(row.weight for row in standing.leads if row.counts)
    return EarlierRow(
        item=standing.item.number,
        agency_id=lead.agency_id if lead else 0,
        agency=before.names[lead.agency_id] if lead else "",
        percent=lead.percent if lead else 0,
        has_accepted=lead is not None and has_accepted(lead, before),
        expected=round(expected_or_own(lead), 6) if lead else 0.0,
        share=round(lead.weight / weight, 12) if lead and lead.counts else 0.0,
        light=lead.light.value if lead and lead.light else "",
        light_word=lead.light_word if lead else "",
        item_light=standing.light.value,
        item_light_word=standing.light_word,
        item_pace=standing.pace.value if standing.pace else "",
        item_pace_word=standing.pace.label if standing.pace else "",
    )
