"""What a plan, a section or an agency shows of its means: rounded once, and in words where there is nothing to show."""

from collections.abc import Iterable
from dataclasses import dataclass

from reports.quarter.book.tables import NO_REPORT, NOTHING, percent
from reports.quarter.facts import AgencyFacts, PlanFacts, SectionFacts, Snapshot, Totals
from reports.quarter.row_facts import EarlierRow, LedgerRow
from reports.quarter.totals import overall
from reports.xlsx.sheets import Value
from tasks.rules.rounding import TENTH, WHOLE, difference


@dataclass(frozen=True, slots=True)
class Part:
    """A part with its totals. `accepted` says of each lead in its mean whether a report of it was ever accepted."""

    totals: Totals
    accepted: tuple[bool, ...]
    places: int = TENTH
    previous_percent: float | None = None
    previous_accepted: tuple[bool, ...] = ()

    @property
    def percent(self) -> Value:
        return _percent(self.totals.percent, self.accepted, self.places)

    @property
    def expected(self) -> Value:
        return percent(self.totals.expected, self.places) if self.accepted else NOTHING

    @property
    def gap(self) -> float | None:
        """Percentage points between the two as they are shown; None where either isn't."""
        if not any(self.accepted):
            return None
        return float(difference(self.totals.percent, self.totals.expected, self.places))

    @property
    def previous(self) -> Value:
        if self.previous_percent is None:
            return None
        return _percent(self.previous_percent, self.previous_accepted, self.places)

    @property
    def rate(self) -> float | None:
        """报送率: 已报 of 应报."""
        totals = self.totals
        return percent(100 * totals.filed / totals.owed, TENTH) if totals.owed else None


def _percent(value: float, accepted: Iterable[bool], places: int) -> Value:
    known = tuple(accepted)
    if not known:
        return NOTHING
    return percent(value, places) if any(known) else NO_REPORT


def _accepted(rows: Iterable[LedgerRow]) -> tuple[bool, ...]:
    return tuple(row.has_accepted for row in rows if row.counts)


def _were_accepted(rows: Iterable[EarlierRow]) -> tuple[bool, ...]:
    return tuple(row.has_accepted for row in rows if row.share)


def plan_part(plan: PlanFacts) -> Part:
    previous = plan.previous.percent if plan.previous else None
    return Part(plan.totals, _accepted(plan.rows), TENTH, previous, _were_accepted(plan.earlier))


def plan_before(plan: PlanFacts) -> Part | None:
    """The plan as it stood at the previous close."""
    return Part(plan.previous, _were_accepted(plan.earlier)) if plan.previous else None


def whole_part(snapshot: Snapshot) -> Part:
    """All plans together; compared with the close before where there is one plan only."""
    if len(snapshot.plans) == 1:
        return plan_part(snapshot.plans[0])
    return Part(overall(snapshot.plans), _accepted(row for plan in snapshot.plans for row in plan.rows))


def section_parts(snapshot: Snapshot) -> list[tuple[PlanFacts, SectionFacts, Part]]:
    parts = []
    for plan in snapshot.plans:
        section_of = {number: item.section for number, item in plan.items_by_number.items()}
        for section in plan.sections:
            rows = _accepted(row for row in plan.rows if section_of[row.item] == section.number)
            before = _were_accepted(row for row in plan.earlier if section_of[row.item] == section.number)
            parts.append((plan, section, Part(section.totals, rows, TENTH, section.previous_percent, before)))
    return parts


def agency_parts(snapshot: Snapshot) -> list[tuple[PlanFacts, AgencyFacts, Part]]:
    parts = []
    for plan in snapshot.plans:
        rows: dict[int, list[LedgerRow]] = {agency.pk: [] for agency in plan.agencies}
        before: dict[int, list[EarlierRow]] = {agency.pk: [] for agency in plan.agencies}
        for row in plan.rows:
            rows[row.agency_id].append(row)
        for earlier in plan.earlier:
            if earlier.agency_id in before:
                before[earlier.agency_id].append(earlier)
        for agency in plan.agencies:
            known = _accepted(rows[agency.pk]), _were_accepted(before[agency.pk])
            parts.append((plan, agency, Part(agency.totals, known[0], WHOLE, agency.previous_percent, known[1])))
    return parts
