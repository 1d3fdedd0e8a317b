"""机构调整: what predecessors had filed stays filed, as the successor's own reports (docs/rules.md 4).

The old reports stay as they were filed. Those that go on are joined, each under the name of its agency, and every page
and file counts, reviews and repeats them like any other.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Q, Subquery
from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from tasks.models import (
    Assignment,
    Indicator,
    IndicatorReading,
    ProgressReport,
    ReportDraft,
    ReportEvidence,
    ReportingPeriod,
    ReportOrigin,
    Review,
)
from tasks.models.choices import RUNNING
from tasks.rules.unchanged import split_reason, with_reason
from tasks.standing.filing import FILED, Filing, filing_of
from tasks.standing.questions import accepted_readings
from tasks.standing.succession import Transfer, joined_filing
from tasks.workflow.inheritance import is_waived, joined, taken_over

TEXTS = ("progress", "problems", "next_steps", "delay_reason", "lower_reason")
VERDICTS = {Filing.ACCEPTED: Review.Verdict.ACCEPTED, Filing.SENT_BACK: Review.Verdict.SENT_BACK}


class Said(NamedTuple):
    """What one part filed for a period, or had only drafted."""

    part: Assignment
    text: Any  # ProgressReport or ReportDraft
    name: str  # under which its words stand among those of other parts


class Reports:
    """What the parts of a transfer had filed by then, and where the one report stands that follows theirs."""

    def __init__(self, transfer: Transfer, at: datetime) -> None:
        self.transfer, self.at = transfer, at
        part_of = {part.standing_report: part.pk for part in transfer.parts if part.standing_report}
        filed = ProgressReport.objects.as_of(at).filter(Q(assignment__in=transfer.parts) | Q(pk__in=part_of))
        self.by_part: dict[int, list[ProgressReport]] = defaultdict(list)  # newest first
        for report in filed.select_related("period").prefetch_related("readings", "evidence"):
            self.by_part[part_of.get(report.pk, report.assignment_id)].append(report)
        self.newest: dict[ReportingPeriod, dict[int, ProgressReport]] = defaultdict(dict)
        for reports in self.by_part.values():
            for report in reports:
                self.newest[report.period].setdefault(report.assignment_id, report)
        self.states = {period: state for period in self.newest if (state := self._state(period))}

    def _state(self, period: ReportingPeriod) -> Filing | None:
        """None where no part that bears the standing has filed."""
        of_period, bearing = self.newest[period], self.transfer.bearing
        filed = [part for part in bearing if part.pk in of_period]
        if not filed:
            return None
        is_closed = period.due_on < timezone.localdate(self.at)
        asked = filed if is_closed else [part for part in bearing if self._owes(part, period)] or filed
        return joined_filing({filing_of(of_period.get(part.pk)) for part in asked}, is_closed=is_closed)

    def _owes(self, part: Assignment, period: ReportingPeriod) -> bool:
        owes = part.role == Assignment.Role.LEAD or part.item.plan.at(self.at).assists_owe_reports
        return owes and part.closure in RUNNING and not is_waived(part, period)

    def said(self, part: Assignment, text: Any) -> Said:
        return Said(part, text, self.transfer.name_of(part))

    def filed_in(self, period: ReportingPeriod, states: Iterable[Filing]) -> list[Said]:
        of_period, wanted = self.newest[period], set(states)
        filed = [self.said(part, of_period[part.pk]) for part in self.transfer.bearing if part.pk in of_period]
        return [said for said in filed if filing_of(said.text) in wanted]

    def accepted(self) -> list[Said]:
        """What was accepted last of each part, but for a period in which another part has yet to file."""
        accepted = []
        for part in self.transfer.bearing:
            known = [
                report
                for report in self.by_part[part.pk]
                if report.verdict == Review.Verdict.ACCEPTED and self.states.get(report.period) != Filing.MISSING
            ]
            if known:
                accepted.append(self.said(part, max(known, key=_age)))
        return accepted


def carry_reports(transfer: Transfer, made: Assignment, *, by: User, at: datetime) -> ProgressReport | None:
    """What was accepted last, what waits and what was sent back go on as the successor's; the rest becomes its draft.

    Returns the report at which the successor stands, if there is one.
    """
    reports = Reports(transfer, at)
    standing = None
    if accepted := reports.accepted():
        period = max((said.text.period for said in accepted), key=lambda period: period.starts_on)
        standing = _go_on(transfer, made, period, accepted, transfer.percent, Filing.ACCEPTED, by=by, at=at)
    for period, state in sorted(reports.states.items(), key=lambda item: item[0].starts_on):
        if state in (Filing.MISSING, Filing.ACCEPTED):  # what was accepted last goes on already
            continue
        filed = reports.filed_in(period, FILED if state in FILED else (*FILED, Filing.SENT_BACK))
        percent = transfer.mean({said.part.pk: said.text.percent for said in filed})
        _go_on(transfer, made, period, filed, percent, state, by=by, at=at)
    _carry_drafts(reports, made, by=by, at=at)
    return standing


def _go_on(
    transfer: Transfer,
    made: Assignment,
    period: ReportingPeriod,
    filed: Sequence[Said],
    percent: int,
    state: Filing,
    *,
    by: User,
    at: datetime,
) -> ProgressReport:
    """Records the joined report; its author is that of the newest of them, and so is its reviewer."""
    olds = sorted((said.text for said in filed), key=_age)
    is_unchanged = all(old.is_unchanged for old in olds)
    report = ProgressReport.objects.create(
        assignment=made,
        period=period,
        percent=percent,
        is_unchanged=is_unchanged,
        prepared_by_id=olds[-1].prepared_by_id,
        recorded_at=at,
        recorded_by_id=olds[-1].recorded_by_id,
        settled_at=at if state in VERDICTS else None,
        **_texts(filed, is_unchanged=is_unchanged),
    )
    readings = {reading.indicator_id: reading for old in olds for reading in old.readings.all()}
    kept = _in_force(readings, at) if state == Filing.ACCEPTED else readings.values()
    IndicatorReading.objects.bulk_create(
        IndicatorReading(report=report, indicator_id=indicator, value=reading.value)
        for reading in kept
        if (indicator := _indicator_of(transfer, reading.indicator_id))
    )
    evidence = taken_over((upload for said in filed for upload in said.text.evidence.all()), made, at)
    ReportEvidence.objects.bulk_create(ReportEvidence(report=report, evidence=upload) for upload in evidence)
    keys = [old.pk for old in olds]
    before = ReportOrigin.objects.filter(report__in=keys).values_list("origin", flat=True)
    ReportOrigin.objects.bulk_create(ReportOrigin(report=report, origin_id=key) for key in {*keys, *before})
    if state in VERDICTS:
        _go_on_reviewed(report, [said for said in filed if said.text.verdict == VERDICTS[state]], VERDICTS[state])
    names = "、".join(said.name for said in filed)
    old, new = {"agency": names, "report": keys}, {"period": period.code, "percent": percent, "state": state.label}
    note("承接报告", report, by=by, at=at, old=old, new=new, agency=made.agency)
    return report


def _go_on_reviewed(report: ProgressReport, reviewed: Sequence[Said], verdict: Review.Verdict) -> None:
    last = Review.objects.filter(report__in=[said.text.pk for said in reviewed]).order_by("recorded_at", "pk").last()
    Review.objects.create(
        report=report,
        verdict=verdict,
        comment=joined([(said.name, said.text.comment or "") for said in reviewed]),
        recorded_at=report.recorded_at,
        recorded_by_id=last.recorded_by_id if last else None,
    )


def _texts(said: Sequence[Said], *, is_unchanged: bool = False) -> dict[str, str]:
    """The texts joined. Only where every part reported 本期无变化 are its reasons kept, before all that still holds."""
    if len(said) == 1:
        return {name: getattr(said[0].text, name, "") for name in TEXTS}
    parted = [(each.name, *split_reason(each.text.progress)) for each in said]
    progress = joined([(name, text) for name, _, text in parted])
    if is_unchanged:
        progress = with_reason("；".join(dict.fromkeys(reason for _, reason, _ in parted if reason)), progress)
    names = [name for name in TEXTS if name != "progress"]
    texts = {name: joined([(each.name, getattr(each.text, name, "")) for each in said]) for name in names}
    return {"progress": progress, **texts}


def _indicator_of(transfer: Transfer, indicator: int) -> int | None:
    """Which target that is where the successor goes on; None where another item has got it."""
    return transfer.indicators.get(indicator) if transfer.onto else indicator


def _in_force(readings: dict[int, IndicatorReading], at: datetime) -> list[IndicatorReading]:
    """Those at which their indicators stand, so that no newer reading of another agency is superseded."""
    newest = Subquery(accepted_readings(at).values("pk")[:1])
    standing = Indicator.objects.filter(pk__in=readings).annotate(newest=newest).values_list("pk", "newest")
    return [readings[pk] for pk, newest_reading in standing if readings[pk].pk == newest_reading]


def _age(report: ProgressReport) -> tuple[Any, ...]:
    return report.period.starts_on, report.recorded_at, report.pk


# ── drafts ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _carry_drafts(reports: Reports, made: Assignment, *, by: User, at: datetime) -> None:
    """What was begun becomes the successor's draft, and with it what some parts filed where others have yet to."""
    parts = reports.transfer.parts
    drafts = ReportDraft.objects.filter(assignment__in=parts).select_related("period").prefetch_related("evidence")
    drafted: dict[ReportingPeriod, dict[int, ReportDraft]] = defaultdict(dict)
    for draft in drafts:
        drafted[draft.period][draft.assignment_id] = draft
    for period in {*reports.newest, *drafted}:
        if period not in drafted and reports.states.get(period, Filing.MISSING) != Filing.MISSING:
            continue
        texts: dict[int, Any] = {
            pk: report
            for pk, report in reports.newest.get(period, {}).items()
            if report.verdict != Review.Verdict.ACCEPTED or pk in {part.pk for part in reports.transfer.bearing}
        }
        texts |= drafted.get(period, {})
        if begun := [reports.said(part, texts[part.pk]) for part in parts if part.pk in texts]:
            _carry_draft(reports.transfer, period, begun, made, by=by, at=at)


def _carry_draft(
    transfer: Transfer, period: ReportingPeriod, begun: Sequence[Said], made: Assignment, *, by: User, at: datetime
) -> None:
    readings = {key: value for said in begun for key, value in _readings_of(said.text).items()}
    first, is_one = begun[0].text, len(begun) == 1
    drafted = [said for said in begun if isinstance(said.text, ReportDraft)]
    draft = ReportDraft.objects.create(
        assignment=made,
        period=period,
        percent=first.percent if is_one else None,
        is_unchanged=is_one and first.is_unchanged,
        readings={str(pk): value for key, value in readings.items() if (pk := _indicator_of(transfer, int(key)))},
        returned_comment=joined([(said.name, said.text.returned_comment) for said in drafted]),
        saved_at=at,
        saved_by=first.saved_by if is_one and isinstance(first, ReportDraft) else by,
        **_texts(begun),
    )
    draft.evidence.set(taken_over((upload for said in begun for upload in said.text.evidence.all()), made, at))


def _readings_of(text: ReportDraft | ProgressReport) -> dict[str, str]:
    if isinstance(text, ReportDraft):
        return text.readings
    return {str(reading.indicator_id): str(reading.value) for reading in text.readings.all()}
