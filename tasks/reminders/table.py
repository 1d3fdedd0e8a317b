"""The command prints a table: what a day's digests hold and how they were sent, one row for each person."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from agencies.models import User
from tasks.models import Digest, Reminder
from tasks.reminders.preferences import preferences, routes
from tasks.reminders.sweeping import DayPlan

WOULD_BE_SENT = "将发送"
LAST = 10**9  # after all agencies


@dataclass(frozen=True, slots=True)
class PersonRow:
    """What one person's digest of the day holds, and how it goes out."""

    person: User
    rules: Counter[str]  # how many reminders by each
    made_good: int  # of them, for days that were missed
    channels: list[str]

    @property
    def where(self) -> str:
        return str(self.person.agency) if self.person.agency else self.person.get_role_display()

    @property
    def place(self) -> tuple[int, int]:
        return (self.person.agency.ordinal if self.person.agency else LAST, self.person.pk)


def planned(plan: DayPlan) -> list[PersonRow]:
    """The rows of what would be told: nothing of it is written."""
    people, wishes = User.objects.in_bulk(plan.lines), preferences()
    return in_order(
        PersonRow(
            people[person],
            Counter(line.due.rule.name for line in lines),
            sum(line.due.day != plan.day for line in lines),
            [
                f"{route.channel.label}：{route.obstacle or WOULD_BE_SENT}"
                for route in routes(wishes.get(person), has_overdue=plan.has_overdue(person))
            ],
        )
        for person, lines in plan.lines.items()
    )


def recorded(day: date) -> list[PersonRow]:
    """The rows of what the ledger has, with what became of it. Three queries."""
    rules: dict[int, Counter[str]] = {}
    made_good: Counter[int] = Counter()
    counts = Reminder.objects.filter(digest__day=day).order_by().values_list("digest_id", "rule__name")
    for digest_id, name, count, late in counts.annotate(n=Count("pk"), late=Count("pk", filter=~Q(day=day))):
        rules.setdefault(digest_id, Counter())[name] += count
        made_good[digest_id] += late
    digests = Digest.objects.filter(day=day).select_related("recipient__agency").prefetch_related("deliveries")
    return in_order(
        PersonRow(
            digest.recipient,
            rules.get(digest.pk, Counter()),
            made_good[digest.pk],
            [
                f"{delivery.get_channel_display()}：{delivery.error or delivery.get_state_display()}"
                for delivery in digest.deliveries.all()
            ],
        )
        for digest in digests
    )


def in_order(rows: Iterable[PersonRow]) -> list[PersonRow]:
    """Puts agencies first, as everywhere."""
    return sorted(rows, key=lambda row: row.place)
