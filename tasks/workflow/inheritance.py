"""A successor goes on with what its predecessors had asked for, and what they were excused from."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from agencies.changes import note
from agencies.models import User
from tasks.models import (
    AgencyRequest,
    Assignment,
    Evidence,
    ReportingPeriod,
    RequestEvidence,
    RequestOrigin,
    Waiver,
)
from tasks.models.choices import RUNNING
from tasks.standing.succession import Transfer
from tasks.workflow.lineage import Heir
from tasks.workflow.milestone_wishes import carry_wish


def taken_over(uploads: Iterable[Evidence], made: Assignment, at: datetime) -> list[Evidence]:
    """Records the same files as the successor's."""
    return [
        Evidence.objects.create(
            assignment=made, blob_id=old.blob_id, name=old.name, recorded_at=at, recorded_by_id=old.recorded_by_id
        )
        for old in uploads
    ]


def joined(texts: Sequence[tuple[str, str]]) -> str:
    """One text of several, each under the name of its agency; a single one stays as it is."""
    written = [(name, text) for name, text in texts if text.strip()]
    if len(texts) == 1:
        return written[0][1] if written else ""
    return "\n".join(f"【{name}】{text}" for name, text in written)


def carry_requests(transfer: Transfer, made: Assignment, *, by: User, at: datetime) -> None:
    """What waits for an answer goes on as the successor's own request, and its answer holds for the successor.

    The successor has one of each kind, as any agency: several become one, with every reason under the name of who gave
    it, all evidence, and of several dates the last; each milestone that was asked for stays one (of items that are
    split or merged by `carry_wishes`). What has ended with the parts asks for nothing any more.
    """
    if transfer.closure:
        return
    by_kind: dict[str, list[AgencyRequest]] = {}
    for request in _unanswered(transfer.parts, at):
        is_wish = request.kind == AgencyRequest.Kind.MILESTONE
        if not (is_wish and transfer.onto):
            by_kind.setdefault(f"{request.kind} {request.pk}" if is_wish else request.kind, []).append(request)
    for requests in by_kind.values():
        _carry_request(transfer, requests, made, by=by, at=at)


def carry_wishes(heirs: Sequence[Heir], made: Sequence[Assignment], *, by: User, at: datetime) -> None:
    """拆分, 合并: each milestone that an agency asked for (节点建议) is asked for once in the new items.

    It goes with the words that it is about; where it is about none of them, or the agency has no part there, into the
    first item in which it goes on.
    """
    places = {(part.item_id, part.agency_id): part for part in made}
    going_on: dict[int, list[tuple[Heir, Transfer]]] = {}
    for heir in heirs:
        for transfer in heir.transfers:
            for part in () if transfer.closure else transfer.parts:
                going_on.setdefault(part.pk, []).append((heir, transfer))
    wishes = _unanswered(going_on, at).filter(kind=AgencyRequest.Kind.MILESTONE).select_related("asked_milestone")
    for request in wishes:
        found = going_on[request.assignment_id]
        heir, transfer = next(filter(lambda place: _holds(place[0], request), found), found[0])
        new = places[heir.item.pk, request.assignment.agency_id]
        _carry_request(transfer, [request], new, heir=heir, by=by, at=at)


def _holds(heir: Heir, request: AgencyRequest) -> bool:
    asked = request.asked_milestone
    return asked.measure_id in heir.measures or asked.duty_id in heir.duties


def _unanswered(parts: Iterable[Assignment | int], at: datetime) -> QuerySet[AgencyRequest]:
    waiting = AgencyRequest.objects.unanswered(at).filter(assignment__in=list(parts))
    return waiting.select_related("assignment__agency", "assignment__item").order_by(
        "assignment__agency__ordinal", "pk"
    )


def _carry_request(
    transfer: Transfer,
    requests: Sequence[AgencyRequest],
    made: Assignment,
    *,
    heir: Heir | None = None,
    by: User,
    at: datetime,
) -> None:
    last = max(requests, key=lambda request: request.due_on or date.min)
    going_on = AgencyRequest.objects.create(
        assignment=made,
        kind=last.kind,
        reason=joined([(transfer.name_of(request.assignment), request.reason) for request in requests]),
        due_on=last.due_on,
        old_due_on=last.old_due_on,
        recorded_at=at,
        recorded_by=by,
    )
    if last.kind == AgencyRequest.Kind.MILESTONE:
        carry_wish(last, going_on, heir.measures if heir else {}, heir.duties if heir else {})
    evidence = taken_over((upload for request in requests for upload in request.evidence.all()), made, at)
    RequestEvidence.objects.bulk_create(RequestEvidence(request=going_on, evidence=upload) for upload in evidence)
    keys = [request.pk for request in requests]
    before = RequestOrigin.objects.filter(request__in=keys).values_list("origin", flat=True)
    RequestOrigin.objects.bulk_create(RequestOrigin(request=going_on, origin_id=key) for key in {*keys, *before})
    names = "、".join(transfer.name_of(request.assignment) for request in requests)
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


def carry_waivers(transfer: Transfer, made: Assignment, *, by: User, at: datetime) -> None:
    """Where every part that would owe the report of a period not yet due was excused, the successor is too.

    A period not opened yet may have been excused already, and assisting agencies may come to owe it (协助应报).
    """
    running = [part for part in transfer.bearing if part.closure in RUNNING]
    for period in ReportingPeriod.objects.filter(plan=made.item.plan, due_on__gte=timezone.localdate(at)):
        if running and all(is_waived(part, period) for part in running):
            reason = "任务拆分合并前本期免报" if transfer.onto else "机构调整前原单位本期免报"
            Waiver.objects.create(
                assignment=made, period=period, is_waived=True, reason=reason, recorded_at=at, recorded_by=by
            )
            new = {"period": period.code, "is_waived": True}
            note("免报", made, by=by, at=at, new=new, reason=reason, agency=made.agency)


def is_waived(part: Assignment, period: ReportingPeriod) -> bool:
    last = Waiver.objects.filter(assignment=part, period=period).order_by("recorded_at", "pk").last()
    return last is not None and last.is_waived
