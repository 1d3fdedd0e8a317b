"""Subjects that nobody was told of yet get the words of the ledger, for the coming days and for calendars."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from agencies.models import Agency, User
from tasks.models import Assignment, Reminder
from tasks.reminders.entries import ledger_entries
from tasks.reminders.subjects import Subject


def describe(subjects: Sequence[Subject], reader: User, at: datetime) -> list[tuple[str, str, str]]:
    """Says what each is, when, and on which page, in their order; three queries at most."""
    day = timezone.localdate(at)
    assignments = Assignment.objects.select_related("item__plan", "agency").defer(
        "item__text", "item__plan__notice_text"
    )
    assigned = assignments.in_bulk({subject.assignment_id for subject in subjects if subject.assignment_id})
    agencies = Agency.objects.in_bulk({subject.agency_id for subject in subjects if not subject.assignment_id})
    reminders = [
        Reminder(
            recipient=reader,
            subject=subject.name,
            kind=subject.kind,
            key=subject.key,
            period_code=subject.period_code,
            assignment=assigned.get(subject.assignment_id),
            period=subject.period,
            agency=agencies.get(subject.agency_id),
            day=day,
            anchor=subject.anchor,
            reason=dict(subject.facts),
        )
        for subject in subjects
    ]
    return [(entry.what, entry.when, entry.path) for entry in ledger_entries(reminders, reader)]
