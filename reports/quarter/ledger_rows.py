"""The rows of a package's lists are made of what was read: leads, assisting agencies, and what is unfiled. Pure."""

from collections import defaultdict

from reports.quarter.definition import Definition
from reports.quarter.filings import FilingEntry, Filings, ReportRecord
from reports.quarter.records import PlanState, has_accepted
from reports.quarter.row_facts import AssistRow, LedgerRow, UnfiledRow
from tasks.models import Closure
from tasks.rules.periods import period_name
from tasks.standing.filing import UNFILED, Filing
from tasks.standing.rollup import Standing


def rounded(value: float) -> float:
    return round(float(value), 6)


def percent_of(value: float | None) -> float | None:
    return None if value is None else rounded(value)


def ledger_rows(now: PlanState, filings: Filings, before: PlanState | None) -> list[LedgerRow]:
    entries = filings.by_assignment()
    earlier = {row.pk: row.percent for row in before.rows} if before else {}
    weights: dict[int, int] = defaultdict(int)
    for row in now.rows:
        weights[row.item_id] += row.weight if row.counts else 0
    return [
        _row(
            row=row,
            now=now,
            filings=filings,
            entries=entries.get(row.pk, []),
            weight=weights[row.item_id],
            previous=earlier.get(row.pk),
        )
        for row in now.rows
        if row.is_lead
    ]


def _row(
    row: Standing, now: PlanState, filings: Filings, entries: list[FilingEntry], weight: int, previous: int | None
) -> LedgerRow:
    last = next((entry for entry in entries if entry.period is filings.periods[-1]), None)
    filing = last.filing if last else None
    newest, accepted = filings.newest.get(row.pk), filings.newest_accepted.get(row.pk)
    standing = filings.by_pk.get(now.holders[row.pk].standing_report or 0)
    return LedgerRow(
        pk=row.pk,
        item=now.item_of[row.item_id].number,
        agency_id=row.agency_id,
        agency=now.holders[row.pk].name,
        weight=row.weight,
        share=round(row.weight / weight, 12) if row.counts else 0.0,
        counts=row.counts,
        percent=row.percent,
        expected=percent_of(row.expected),
        light=row.light.value if row.light else "",
        light_word=row.light_word,
        pace=row.pace.value if row.pace else "",
        pace_word=row.pace.label if row.pace else "",
        closure=row.closure,
        closure_word=str(Closure.Kind(row.closure).label) if row.has_ended else "在办",
        filing=filing.value if filing else "",
        filing_word=filing.label if filing else "",
        is_late=any(entry.is_late for entry in entries),
        owed=sum(entry.is_owed for entry in entries),
        filed=sum(entry.is_owed and entry.filing not in UNFILED for entry in entries),
        filed_at=newest.recorded_at if newest else None,
        progress=standing.progress if standing else "",
        progress_period=standing.period_code if standing else "",
        problems=accepted.problems if accepted else "",
        delay_reason=accepted.delay_reason if accepted else "",
        next_steps=accepted.next_steps if accepted else "",
        comment=(newest.comment or "") if newest and filing == Filing.SENT_BACK else "",
        evidence=filings.evidence.get(standing.pk, 0) if standing else 0,
        previous_percent=previous,
        has_accepted=has_accepted(row, now),
        reason=_reason(accepted, standing),
        is_settling=row.percent == 100 and not row.has_ended and now.holders[row.pk].open_completion is not None,
    )


def _reason(*reports: ReportRecord | None) -> str:
    """The latest reason on record, from the newest of the given reports that names one."""
    return next((text for report in reports if report for text in (report.delay_reason, report.problems) if text), "")


def assist_rows(now: PlanState, filings: Filings) -> list[AssistRow]:
    last = filings.periods[-1] if filings.periods else None
    filing = {entry.assignment_id: entry.filing for entry in filings.entries if entry.period is last}
    return [_assist(row, now, filing.get(row.pk)) for row in now.rows if not row.is_lead]


def _assist(row: Standing, now: PlanState, filing: Filing | None) -> AssistRow:
    holder = now.holders[row.pk]
    return AssistRow(
        item=now.item_of[row.item_id].number,
        agency_id=row.agency_id,
        agency=holder.name,
        percent=row.percent,
        is_inferred=holder.is_inferred,
        filing=filing.value if filing else "",
        filing_word=filing.label if filing else "",
    )


def unfiled_rows(definition: Definition, filings: Filings) -> list[UnfiledRow]:
    return [
        UnfiledRow(
            period=period_name(entry.period.code),
            item=entry.item_number,
            agency_id=entry.agency_id,
            agency=entry.agency,
            filing=entry.filing.value,
            filing_word=str(entry.filing.label),
            due_on=entry.period.due_on,
            is_overdue=entry.period.due_on < definition.day,
        )
        for entry in filings.entries
        if entry.is_owed and entry.filing in UNFILED and entry.filing
    ]
