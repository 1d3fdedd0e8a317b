"""What a successor finds of what its predecessors had begun: drafts, reports that waited, what is still owed."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from tasks.filing import Filing, filings
from tasks.models import Assignment, Evidence, ProgressReport, ReportDraft, ReportingPeriod, Review, Waiver
from tasks.succession import Move

TEXTS = ("progress", "problems", "next_steps", "delay_reason", "lower_reason")


class Begun(NamedTuple):
    """What one predecessor had written for one period: its draft, or else the report that was not accepted."""

    agency: str
    text: ReportDraft | ProgressReport


def carry_texts(move: Move, made: Assignment, *, by: User, at: datetime) -> None:
    """Drafts and reports not accepted yet become the successor's draft, for it to file; several one after another.

    The reports themselves stay as they were filed.
    """
    begun: dict[int, list[Begun]] = {}
    for part in move.parts:
        newest = {
            report.period_id: report for report in reversed(ProgressReport.objects.as_of(at).filter(assignment=part))
        }
        texts: dict[int, ReportDraft | ProgressReport] = {
            period: report for period, report in newest.items() if report.verdict != Review.Verdict.ACCEPTED
        }
        texts.update({draft.period_id: draft for draft in ReportDraft.objects.filter(assignment=part)})
        for period, text in texts.items():
            begun.setdefault(period, []).append(Begun(part.agency.name, text))
    for period, texts_of_period in begun.items():
        _carry_draft(period, texts_of_period, made, by=by, at=at)
    ReportDraft.objects.filter(assignment__in=move.parts).delete()


def _carry_draft(period: int, begun: Sequence[Begun], made: Assignment, *, by: User, at: datetime) -> None:
    is_one = len(begun) == 1
    first = begun[0].text
    readings = (
        first.readings
        if isinstance(first, ReportDraft)
        else {str(reading.indicator_id): str(reading.value) for reading in first.readings.all()}
    )
    draft = ReportDraft.objects.create(
        assignment=made,
        period_id=period,
        percent=first.percent if is_one else None,
        is_unchanged=first.is_unchanged if is_one else False,
        readings=readings if is_one else {},
        saved_at=at,
        saved_by=first.saved_by if is_one and isinstance(first, ReportDraft) else by,
        **{name: _joined([(each.agency, getattr(each.text, name)) for each in begun]) for name in TEXTS},
    )
    uploads = [upload for each in begun for upload in each.text.evidence.all()]
    draft.evidence.set(
        Evidence.objects.create(
            assignment=made, blob_id=old.blob_id, name=old.name, recorded_at=at, recorded_by_id=old.recorded_by_id
        )
        for old in uploads
    )


def _joined(texts: Sequence[tuple[str, str]]) -> str:
    said = [(name, text) for name, text in texts if text.strip()]
    if len(texts) == 1:
        return said[0][1] if said else ""
    return "\n".join(f"【{name}】{text}" for name, text in said)


def carry_period(move: Move, made: Assignment, *, by: User, at: datetime) -> None:
    """Where every part's report of a period not yet due was accepted or excused, the successor owes none.

    A period that has not opened yet may have been excused already.
    """
    day, plan = timezone.localdate(at), made.item.plan
    if made.role == Assignment.Role.ASSIST and not plan.assists_owe_reports:
        return
    for period in ReportingPeriod.objects.filter(plan=plan, due_on__gte=day).order_by("starts_on"):
        states = filings(period, at, assignment__in=move.bearing)
        if all(states.get(part.pk) == Filing.ACCEPTED or _is_waived(part, period) for part in move.bearing):
            reason = "机构调整前原单位本期报告已通过或免报"
            Waiver.objects.create(
                assignment=made, period=period, is_waived=True, reason=reason, recorded_at=at, recorded_by=by
            )
            told = {"period": period.code, "is_waived": True}
            note("免报", made, by=by, at=at, new=told, reason=reason, agency=made.agency)


def _is_waived(part: Assignment, period: ReportingPeriod) -> bool:
    last = Waiver.objects.filter(assignment=part, period=period).order_by("recorded_at", "pk").last()
    return last is not None and last.is_waived
