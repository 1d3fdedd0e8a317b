"""站内消息: what a deed tells the people whom it concerns, in the deed's own transaction."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from agencies.models import Agency, User
from tasks.models import Assignment, Message
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
    """One message to each active recipient, once, and none to `by`, who knows what he did."""
    told = {person.pk: person for person in recipients if person.is_active and (by is None or person.pk != by.pk)}
    Message.objects.bulk_create(
        Message(
            recipient=person, kind=kind, text=shortened(text, TEXT_LIMIT), link=link, assignment=assignment, sent_at=at
        )
        for person in told.values()
    )


def mark_read(messages: QuerySet[Message], *, at: datetime) -> int:
    """How many of them were unread until now; the others keep the time at which they were read."""
    return messages.filter(read_at__isnull=True).update(read_at=at)


def tell_assigned(assignments: Iterable[Assignment], *, by: User | None, at: datetime) -> None:
    """One message per agency, however many tasks it got at once."""
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
    """One message per agency, however many tasks were withdrawn from it at once."""
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


def _by_agency(assignments: Iterable[Assignment]) -> dict[Agency, list[Assignment]]:
    found: dict[Agency, list[Assignment]] = {}
    for assignment in assignments:
        found.setdefault(assignment.agency, []).append(assignment)
    return found
