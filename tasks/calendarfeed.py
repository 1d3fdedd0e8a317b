"""A person's deadlines as a calendar that office programs subscribe to: what waits for the person, each on its day."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from icalendar import Calendar, Event

from agencies.models import User
from tasks.access import can_file_reports
from tasks.models import ReminderRule, WorkdayOverride
from tasks.reminders.deciding import DEADLINES, subjects
from tasks.reminders.described import describe
from tasks.reminders.entries import on_one_line
from tasks.reminders.subjects import Subject

ONE_DAY = timedelta(days=1)


def calendar_of(person: User, at: datetime) -> bytes:
    """Deadlines of the person's agency, or, for those who oversee, of all; as things stand at that moment."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PRODUCT_NAME}//zh-CN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", on_one_line(f"{settings.PRODUCT_NAME}：{person.agency or person}"))
    calendar.add("refresh-interval;value=duration", "PT6H")
    chosen = list(_deadlines(person, at))
    for subject, (what, when, path) in zip(chosen, describe(chosen, person, at), strict=True):
        calendar.add_component(_event(subject, what, when, urljoin(settings.SITE_URL, path), at))
    return bytes(calendar.to_ical())


def _deadlines(person: User, at: datetime) -> Iterator[Subject]:
    for subject in subjects(at, WorkdayOverride.objects.as_overrides()):
        mine = not can_file_reports(person) or subject.agency_id == person.agency_id
        if mine and subject.kind in DEADLINES:
            yield subject


def _event(subject: Subject, what: str, when: str, address: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{subject.kind}-{subject.key}@{urlsplit(settings.SITE_URL).hostname}".replace("/", "-"))
    event.add("dtstamp", at)
    event.add("dtstart", subject.anchor)
    event.add("dtend", subject.anchor + ONE_DAY)
    event.add("summary", f"{ReminderRule.Kind(subject.kind).label}：{what}")
    event.add("description", when)
    event.add("url", address)
    event.add("transp", "TRANSPARENT")
    return event
