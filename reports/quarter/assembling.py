"""Puts what was read together as the facts of a plan. Pure but for queries of indicators, revisions and milestones."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from reports.quarter.definition import Definition
from reports.quarter.facts import AgencyFacts, ItemFacts, PeriodFacts, PlanFacts, SectionFacts, Totals
from reports.quarter.filings import FilingEntry, Filings, filing_counts
from reports.quarter.indicators import indicator_facts
from reports.quarter.instructions import instruction_rows
from reports.quarter.ledger_rows import assist_rows, ledger_rows, percent_of, rounded, unfiled_rows
from reports.quarter.local import local_rows
from reports.quarter.milestones import milestone_rows
from reports.quarter.movements import changes, due_reasons, origins, red_spans
from reports.quarter.records import ItemRecord, PlanState
from reports.quarter.row_facts import RedSpan
from reports.quarter.trend import trend_rows
from reports.quarter.underlying import earlier_rows, filing_rows
from tasks.models import ReportingPeriod
from tasks.rules.due_dates import DueSource
from tasks.rules.numerals import chinese_numeral
from tasks.rules.periods import period_name
from tasks.rules.status import Light, Pace
from tasks.standing.explain import because
from tasks.standing.rollup import ItemStanding, Standing, total


def assemble(
    definition: Definition,
    now: PlanState,
    filings: Filings,
    since: ReportingPeriod | None,
    before: PlanState | None,
    known: Sequence[ReportingPeriod] = (),
) -> PlanFacts:
    """Puts the facts together; `before` is the same items at the close of `since`, `known` all periods."""
    plan, reds, labels = now.plan, red_spans(now), full_labels(now)
    local, local_items = local_rows(definition, now)
    return PlanFacts(
        slug=plan.slug,
        document_number=plan.document_number,
        title=plan.title,
        name=plan.name,
        issuer=plan.issuer,
        issued_on=plan.issued_on,
        notice_sha256=plan.notice_sha256,
        behind_margin=plan.behind_margin,
        ahead_margin=plan.ahead_margin,
        soon_days=plan.soon_days,
        assists_owe_reports=plan.assists_owe_reports,
        periods=tuple(period_facts(period) for period in filings.periods),
        since=since.due_on if since else None,
        since_name=period_name(since.code) if since else "",
        totals=_totals(now.standings, now.standings, filings.entries),
        previous=_totals(before.standings, before.standings, []) if before else None,
        sections=tuple(_sections(now, filings, before)),
        agencies=tuple(_agencies(now, filings, before)),
        items=tuple(_item(standing, now, reds, labels) for standing in now.standings),
        rows=tuple(ledger_rows(now, filings, before)),
        assists=tuple(assist_rows(now, filings)),
        indicators=indicator_facts(definition, now, since),
        changes=changes(now, before, *_said_since(now, definition, since)),
        unfiled=tuple(unfiled_rows(definition, filings)),
        filings=filing_rows(filings),
        milestones=milestone_rows(now, definition.as_of),
        instructions=instruction_rows(now, definition.as_of),
        trend=trend_rows(now, known),
        earlier=earlier_rows(before) if before else (),
        former=tuple(_item(standing, now, reds, labels) for standing in now.former_standings),
        local=local,
        local_items=local_items,
    )


def _said_since(
    now: PlanState, definition: Definition, since: ReportingPeriod | None
) -> tuple[Mapping[int, str], Mapping[int, str]]:
    """Why due dates were set anew since that close, and of what items came that there were not."""
    if since is None:
        return {}, {}
    return due_reasons(now, definition.as_of, since), origins(now, since)


def period_facts(period: ReportingPeriod) -> PeriodFacts:
    return PeriodFacts(
        code=period.code,
        name=period_name(period.code),
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        opens_on=period.opens_on,
        due_on=period.due_on,
        is_locked=bool(getattr(period, "is_locked", False)),
    )


def _totals(
    parts: Sequence[ItemStanding[ItemRecord]] | Sequence[Standing],
    items: Sequence[ItemStanding[ItemRecord]],
    entries: Sequence[FilingEntry],
) -> Totals:
    """Sums the parts, with how many leads and assists the items have, and what the entries say of filing."""
    sums = total(parts)
    paces = [part.pace for part in parts]
    return Totals(
        items=sums.count,
        leads=sum(len(item.leads) for item in items),
        assists=sum(len(item.assists) for item in items),
        percent=rounded(sums.percent),
        expected=rounded(sums.expected),
        light=sums.light.value,
        **{light.value: sums.lights[light] for light in Light},
        **{pace.value: paces.count(pace) for pace in Pace},
        **filing_counts(entries),
    )


def _sections(now: PlanState, filings: Filings, before: PlanState | None) -> list[SectionFacts]:
    numbers = {item.number: item.section_number for item in now.item_of.values()}
    entries: dict[int, list[FilingEntry]] = defaultdict(list)
    for entry in filings.entries:
        entries[numbers[entry.item_number]].append(entry)
    earlier = _by_section(before) if before else {}
    return [
        SectionFacts(
            number=number,
            title=parts[0].item.section_title,
            totals=_totals(parts, parts, entries[number]),
            previous_percent=rounded(total(earlier[number]).percent) if number in earlier else None,
        )
        for number, parts in _by_section(now).items()
    ]


def _by_section(plan_state: PlanState) -> dict[int, list[ItemStanding[ItemRecord]]]:
    by_section: dict[int, list[ItemStanding[ItemRecord]]] = defaultdict(list)
    for standing in plan_state.standings:
        by_section[standing.item.section_number].append(standing)
    return dict(by_section)


def _agencies(now: PlanState, filings: Filings, before: PlanState | None) -> list[AgencyFacts]:
    """Lists the agencies with a part in the items, and those that owed a report, in their fixed order."""
    rows, entries = _by_agency(now), defaultdict(list)
    known = {holder.agency_id: (holder.ordinal, holder.agency_id, holder.name) for holder in now.holders.values()}
    for entry in filings.entries:
        entries[entry.agency_id].append(entry)
        known.setdefault(entry.agency_id, (entry.ordinal, entry.agency_id, entry.agency))
    earlier = _by_agency(before) if before else {}
    labels = full_labels(now)
    return [
        _agency(pk=pk, name=name, now=now, rows=rows[pk], entries=entries[pk], earlier=earlier.get(pk), labels=labels)
        for _, pk, name in sorted(known.values())
    ]


def _by_agency(plan_state: PlanState) -> dict[int, list[Standing]]:
    by_agency: dict[int, list[Standing]] = defaultdict(list)
    for row in plan_state.rows:
        by_agency[row.agency_id].append(row)
    return by_agency


def _agency(
    *,
    pk: int,
    name: str,
    now: PlanState,
    rows: list[Standing],
    entries: list[FilingEntry],
    earlier: list[Standing] | None,
    labels: Mapping[int, str],
) -> AgencyFacts:
    leads = [row for row in rows if row.is_lead]
    sums = _totals(leads, (), entries)
    unfiled = dict.fromkeys(labels[entry.item_number] for entry in entries if entry.is_unfiled)
    before = [row for row in earlier or () if row.counts]
    return AgencyFacts(
        pk=pk,
        name=name,
        totals=replace(sums, leads=len(leads), assists=len(rows) - len(leads)),
        unfiled_items=tuple(unfiled),
        previous_percent=rounded(total(before).percent) if before else None,
    )


def full_labels(now: PlanState) -> dict[int, str]:
    """By the item's number, how the notice numbers it; where numbering restarts, with its part: 「第二部分（三）」."""
    known = now.item_of.values()
    labels = {item.number: item.label for item in known}
    if len(set(labels.values())) == len(labels):
        return labels
    return {item.number: f"第{chinese_numeral(item.section_number)}部分{item.label}" for item in known}


def _item(
    standing: ItemStanding[ItemRecord],
    now: PlanState,
    reds: Mapping[int, tuple[RedSpan, ...]],
    labels: Mapping[int, str],
) -> ItemFacts:
    item = standing.item
    return ItemFacts(
        pk=item.pk,
        number=item.number,
        label=item.label,
        section=item.section_number,
        title=item.title,
        text=item.text,
        wording=item.wording or "",
        provenance=f"{now.plan.document_number} 第{chinese_numeral(item.section_number)}部分 "
        f"{item.label}（全文第{item.start + 1}—{item.end}字）",
        start=item.start,
        end=item.end,
        leads=tuple(now.names[row.agency_id] for row in standing.leads),
        assists=tuple(now.names[row.agency_id] for row in standing.assists),
        percent=rounded(standing.percent),
        expected=percent_of(standing.expected),
        light=standing.light.value,
        light_word=standing.light_word,
        pace=standing.pace.value if standing.pace else "",
        pace_word=standing.pace.label if standing.pace else "",
        because=because(standing, now.plan, now.day, now.names),
        first_due_on=item.first_due_on,
        first_is_inferred=item.first_due_source == DueSource.INFERRED,
        due_on=item.due_on,
        is_inferred=item.due_source == DueSource.INFERRED,
        due_words=item.due_words or "",
        was_red_on=next((span.since for span in reds.get(item.pk, ()) if span.since < now.day), None),
        counts=standing.counts,
        full_label=labels[item.number],
        reds=reds.get(item.pk, ()),
    )
