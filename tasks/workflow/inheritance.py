"""A successor goes on with what its predecessors had begun: drafts, waiting reports and requests, what is owed."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from tasks.models import (
    AgencyRequest,
    Assignment,
    Evidence,
    ProgressReport,
    ReportDraft,
    ReportingPeriod,
    RequestEvidence,
    RequestOrigin,
    Review,
    Waiver,
)
from tasks.standing.filing import Filing, filings
from tasks.standing.succession import Transfer

TEXTS = ("progress", "problems", "next_steps", "delay_reason", "lower_reason", "returned_comment")


class Begun(NamedTuple):
    """What one predecessor had written for one period: its draft, or else the report that was not accepted."""

    agency: str
    text: ReportDraft | ProgressReport


def carry_texts(transfer: Transfer, made: Assignment, *, by: User, at: datetime) -> None:
    """Drafts and reports not accepted yet become the successor's draft, for it to file; several one after another.

    The reports themselves stay as they were filed.
    """
    begun: dict[int, list[Begun]] = {}
    for part in transfer.parts:
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
    ReportDraft.objects.filter(assignment__in=transfer.parts).delete()


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
        **{name: _joined([(each.agency, getattr(each.text, name, "")) for each in begun]) for name in TEXTS},
    )
    draft.evidence.set(_taken_over((upload for each in begun for upload in each.text.evidence.all()), made, at))


def _taken_over(uploads: Iterable[Evidence], made: Assignment, at: datetime) -> list[Evidence]:
    """Records the same files as the successor's."""
    return [
        Evidence.objects.create(
            assignment=made, blob_id=old.blob_id, name=old.name, recorded_at=at, recorded_by_id=old.recorded_by_id
        )
        for old in uploads
    ]


def _joined(texts: Sequence[tuple[str, str]]) -> str:
    written = [(name, text) for name, text in texts if text.strip()]
    if len(texts) == 1:
        return written[0][1] if written else ""
    return "\n".join(f"【{name}】{text}" for name, text in written)


def carry_requests(transfer: Transfer, made: Assignment, *, by: User, at: datetime) -> None:
    """What waits for an answer goes on as the successor's own request, and its answer holds for the successor.

    The successor has one of each kind, as any agency: several become one, with every reason under the name of who gave
    it, all evidence, and of several dates the last. What has ended with the parts asks for nothing any more.
    """
    if transfer.closure:
        return
    unanswered = AgencyRequest.objects.unanswered(at).filter(assignment__in=transfer.parts)
    unanswered = unanswered.select_related("assignment__agency").order_by("assignment__agency__ordinal", "pk")
    by_kind: dict[str, list[AgencyRequest]] = {}
    for request in unanswered:
        by_kind.setdefault(request.kind, []).append(request)
    for requests in by_kind.values():
        _carry_request(requests, made, by=by, at=at)


def _carry_request(requests: Sequence[AgencyRequest], made: Assignment, *, by: User, at: datetime) -> None:
    last = max(requests, key=lambda request: request.due_on or date.min)
    going_on = AgencyRequest.objects.create(
        assignment=made,
        kind=last.kind,
        reason=_joined([(request.assignment.agency.name, request.reason) for request in requests]),
        due_on=last.due_on,
        old_due_on=last.old_due_on,
        recorded_at=at,
        recorded_by=by,
    )
    evidence = _taken_over((upload for request in requests for upload in request.evidence.all()), made, at)
    RequestEvidence.objects.bulk_create(RequestEvidence(request=going_on, evidence=upload) for upload in evidence)
    keys = [request.pk for request in requests]
    before = RequestOrigin.objects.filter(request__in=keys).values_list("origin", flat=True)
    RequestOrigin.objects.bulk_create(RequestOrigin(request=going_on, origin_id=key) for key in {*keys, *before})
    names = "、".join(request.assignment.agency.name for request in requests)
    note(
        f"承接{going_on.get_kind_display()}",
        going_on,
        by=by,
        at=at,
        old={"agency": names, "due_on": [request.due_on for request in requests if request.due_on]},
        new={"due_on": going_on.due_on, "evidence": [upload.pk for upload in evidence]},
        reason=going_on.reason,
        agency=made.agency,
    )


def carry_period(transfer: Transfer, made: Assignment, *, by: User, at: datetime) -> None:
    """Where every part's report of a period not yet due was accepted or excused, the successor owes none.

    A period not opened yet may have been excused already, and assisting agencies may come to owe it (协助应报).
    """
    day, plan = timezone.localdate(at), made.item.plan
    for period in ReportingPeriod.objects.filter(plan=plan, due_on__gte=day).order_by("starts_on"):
        states = filings(period, at, assignment__in=transfer.bearing)
        if all(states.get(part.pk) == Filing.ACCEPTED or _is_waived(part, period) for part in transfer.bearing):
            reason = "机构调整前原单位本期报告已通过或免报"
            Waiver.objects.create(
                assignment=made, period=period, is_waived=True, reason=reason, recorded_at=at, recorded_by=by
            )
            new = {"period": period.code, "is_waived": True}
            note("免报", made, by=by, at=at, new=new, reason=reason, agency=made.agency)


def _is_waived(part: Assignment, period: ReportingPeriod) -> bool:
    last = Waiver.objects.filter(assignment=part, period=period).order_by("recorded_at", "pk").last()
    return last is not None and last.is_waived
