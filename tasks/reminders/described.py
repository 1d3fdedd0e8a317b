"""Subjects that nobody was told of yet, in the words of the ledger: for the coming days and for calendars."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import prefetch_related_objects
from django.utils import timezone

from agencies.models import User
from tasks.models import Reminder
from tasks.reminders.entries import told
from tasks.reminders.subjects import Subject


def describe(subjects: Sequence[Subject], reader: User, at: datetime) -> list[tuple[str, str, str]]:
    """What, when and the page of each, in their order; at most five queries."""
    day = timezone.localdate(at)
    reminders = [
        Reminder(
            recipient=reader,
            subject=subject.key,
            assignment_id=subject.assignment_id,
            period_id=subject.period_id,
            agency_id=subject.agency_id,
            day=day,
            anchor=subject.anchor,
            reason={"kind": subject.kind, **subject.facts},
        )
        for subject in subjects
    ]
    prefetch_related_objects(reminders, "assignment", "period__plan", "agency")
    assignments = [reminder.assignment for reminder in reminders if reminder.assignment]
    prefetch_related_objects(assignments, "item__plan", "agency")
    return [(entry.what, entry.when, entry.path) for entry in told(reminders, reader)]
