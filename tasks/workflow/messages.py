"""站内消息: a deed tells the people whom it concerns, in its own transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from agencies.models import Agency, User
from tasks.models import Assignment, Message
from tasks.models.choices import AssignmentRole
from tasks.rules.texts import shortened

TEXT_LIMIT = 500


def tell(
    recipients: Iterable[User],
    kind: str,
    text: str,
    *,
    link: str,
    at: datetime,
    by: User | None = None,
    assignment: Assignment | None = None,
) -> None:
    """Writes one message to each active recipient, once, and none to `by`, who knows what he did."""
    by_key = {person.pk: person for person in recipients if person.is_active and (by is None or person.pk != by.pk)}
    Message.objects.bulk_create(
        Message(
            recipient=person, kind=kind, text=shortened(text, TEXT_LIMIT), link=link, assignment=assignment, sent_at=at
        )
        for person in by_key.values()
    )


def mark_read(messages: QuerySet[Message], *, at: datetime) -> int:
    """Marks them as read; how many were unread until now. The others keep the time at which they were read."""
    return messages.filter(read_at__isnull=True).update(read_at=at)


def tell_assigned(assignments: Iterable[Assignment], *, by: User | None, at: datetime) -> None:
    """Tells each agency in one message, however many tasks it got at once."""
    for agency, mine in _by_agency(assignments).items():
        first = mine[0]
        text = f"新交办任务：{first.item}" if len(mine) == 1 else f"新交办{len(mine)}项任务，首项为{first.item}"
        alone = first if len(mine) == 1 else None
        tell(
            User.objects.of_agency(agency),
            Message.Kind.ASSIGNED,
            text,
            link=first.get_absolute_url() if alone else reverse("tasks:my"),
            at=at,
            by=by,
            assignment=alone,
        )


def tell_withdrawn(assignments: Iterable[Assignment], reason: str, *, by: User | None, at: datetime) -> None:
    """Tells each agency in one message, however many tasks were withdrawn from it at once."""
    for agency, mine in _by_agency(assignments).items():
        first = mine[0]
        what = f"{first.item}" if len(mine) == 1 else f"{first.item}等{len(mine)}项任务"
        tell(
            User.objects.of_agency(agency),
            Message.Kind.WITHDRAWN,
            f"不再承担{what}：{shortened(reason)}",
            link=first.get_absolute_url(),
            at=at,
            by=by,
            assignment=first if len(mine) == 1 else None,
        )


def tell_role_changed(assignments: Iterable[Assignment], reason: str, *, by: User | None, at: datetime) -> None:
    """Tells each agency whose role changed, in one message for each role, however many tasks there are."""
    for agency, all_mine in _by_agency(assignments).items():
        for role in AssignmentRole:
            mine = [assignment for assignment in all_mine if assignment.role == role]
            if not mine:
                continue
            first = mine[0]
            what = f"{first.item}" if len(mine) == 1 else f"{first.item}等{len(mine)}项任务"
            tell(
                User.objects.of_agency(agency),
                Message.Kind.ASSIGNED,
                f"{what}改为由你单位{role.label}：{shortened(reason)}",
                link=first.get_absolute_url(),
                at=at,
                by=by,
                assignment=first if len(mine) == 1 else None,
            )


def _by_agency(assignments: Iterable[Assignment]) -> dict[Agency, list[Assignment]]:
    by_agency: dict[Agency, list[Assignment]] = {}
    for assignment in assignments:
        by_agency.setdefault(assignment.agency, []).append(assignment)
    return by_agency
