"""Rows of the reminders' ledger as a sweep writes them, for tests of what is made of them."""

import re
from datetime import date, datetime
from typing import Any

from agencies.models import User
from tasks.models import Assignment, Channel, Delivery, Digest, Reminder, ReminderRule, ReportingPeriod, Urge
from tests.support.factories import moment

DAY = date(2016, 10, 12)
PLANNED = moment("2016-10-12 08:00")
Kind = ReminderRule.Kind


def make_digest(recipient: User, *, day: date = DAY, **fields: Any) -> Digest:
    return Digest.objects.create(**{"recipient": recipient, "day": day, "planned_at": PLANNED, **fields})


def remind(
    digest: Digest,
    kind: str = Kind.DUE,
    *,
    anchor: date = date(2016, 9, 30),
    assignment: Assignment | None = None,
    period: ReportingPeriod | None = None,
    subject: str = "",
    day: date | None = None,
    offset: int | None = None,
    is_settled: bool = False,
    **facts: Any,
) -> Reminder:
    """By the rule of that kind and offset, or the kind's first one where none is given."""
    rule = rule_of(kind, offset)
    subject = subject or f"assignment:{assignment.pk if assignment else 0}"
    key, code = re.match(r"\w+:(\d+)(?:-(\w+))?", subject).groups(default="")
    return Reminder.objects.create(
        digest=digest,
        recipient=digest.recipient,
        rule=rule,
        stage=f"{kind}{rule.offset:+d}",
        subject=subject,
        kind=kind,
        key=int(key),
        period_code=period.code if period else code,
        assignment=assignment,
        period=period,
        agency=assignment.agency if assignment else digest.recipient.agency,
        day=day or digest.day,
        anchor=anchor,
        is_settled=is_settled,
        reason={"kind": kind, "offset": rule.offset, **facts},
        planned_at=PLANNED,
    )


def rule_of(kind: str, offset: int | None) -> ReminderRule:
    """Made where a test that commits has emptied the database, the rules of the migration with it."""
    rules = ReminderRule.objects.filter(kind=kind)
    found = rules.first() if offset is None else rules.filter(offset=offset).first()
    return found or ReminderRule.objects.create(
        code=f"{kind}-{offset}", name="规则", kind=kind, offset=offset or 1, audience=ReminderRule.Audience.LIAISON
    )


def make_delivery(digest: Digest, channel: str = Channel.EMAIL, *, at: datetime = PLANNED, **fields: Any) -> Delivery:
    return Delivery.objects.create(**{"digest": digest, "channel": channel, "next_try_at": at, **fields})


def make_urge(assignment: Assignment, *, number: int = 5, reply_by: date, at: datetime) -> Urge:
    return Urge.objects.create(
        year=2016, number=number, agency=assignment.agency, text="请抓紧。", reply_by=reply_by, recorded_at=at
    )
