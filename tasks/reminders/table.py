"""What a day's digests hold and how they were sent, one row for each person: the table that the command prints."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from agencies.models import User
from tasks.models import Digest
from tasks.reminders.deciding import DEADLINES
from tasks.reminders.preferences import preferences, routes
from tasks.reminders.sweeping import DayPlan

WOULD_BE_SENT = "将发送"


@dataclass(frozen=True, slots=True)
class Row:
    person: User
    count: int
    overdue: int
    made_good: int
    channels: list[str]

    @property
    def where(self) -> str:
        return str(self.person.agency) if self.person.agency else self.person.get_role_display()


def planned(plan: DayPlan) -> Iterator[Row]:
    """What would be told: nothing of it is written."""
    people, wishes = User.objects.in_bulk(plan.lines), preferences()
    for person, lines in plan.lines.items():
        overdue = sum(line.due.is_overdue and not line.is_settled for line in lines)
        made_good = sum(line.due.day != plan.day for line in lines)
        said = [
            f"{route.channel.label}：{route.obstacle or WOULD_BE_SENT}"
            for route in routes(wishes.get(person), has_overdue=bool(overdue))
        ]
        yield Row(people[person], len(lines), overdue, made_good, said)


def recorded(day: date) -> Iterator[Row]:
    """What the ledger has, with what became of it. Two queries."""
    overdue = Q(reminders__rule__kind__in=DEADLINES, reminders__rule__offset__gt=0, reminders__is_settled=False)
    digests = Digest.objects.filter(day=day).annotate(
        reminder_count=Count("reminders"),
        overdue_count=Count("reminders", filter=overdue),
        made_good_count=Count("reminders", filter=~Q(reminders__day=day)),
    )
    for digest in digests.select_related("recipient__agency").prefetch_related("deliveries").order_by("pk"):
        said = [
            f"{delivery.get_channel_display()}：{delivery.error or delivery.get_state_display()}"
            for delivery in digest.deliveries.all()
        ]
        yield Row(digest.recipient, digest.reminder_count, digest.overdue_count, digest.made_good_count, said)
