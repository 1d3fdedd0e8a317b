"""A person's deadlines as a calendar that office programs subscribe to: what waits for the person, each on its day.

Those who oversee all agencies have one entry for each day, with how many deadlines it has. No calendar grows with the
plan: it reaches from a month ago to a year ahead, and of one agency holds the deadlines nearest to today.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from urllib.parse import urljoin, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar, Event

from agencies.models import Agency, User
from tasks.access import can_file_reports, is_home
from tasks.models import Plan, WorkdayOverride
from tasks.reminders.deciding import DEADLINES
from tasks.reminders.described import describe
from tasks.reminders.entries import on_one_line
from tasks.reminders.subjects import ReminderKind, Subject
from tasks.reminders.waiting import Waiting

BEFORE, AHEAD = timedelta(days=31), timedelta(days=366)
MOST = 500  # entries of one agency's calendar
ONE_DAY = timedelta(days=1)
COUNTED = {
    ReminderKind.DUE: "项",
    ReminderKind.FILING: "个单位",
    ReminderKind.RECEIPT: "项",
    ReminderKind.URGE: "件",
    ReminderKind.MILESTONE: "个",
    ReminderKind.INSTRUCTION: "件",
}


def calendar_of(person: User, at: datetime) -> bytes:
    """Deadlines of the person's agency, or, for those who oversee, of their office; as things stand at that moment."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{settings.PRODUCT_NAME}//zh-CN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", on_one_line(f"{settings.PRODUCT_NAME}：{person.agency or person}"))
    calendar.add("refresh-interval;value=duration", "PT6H")
    for event in _own(person, at) if can_file_reports(person) else _counted(person, at):
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _own(person: User, at: datetime) -> Iterator[Event]:
    today = timezone.localdate(at)
    deadlines = _deadlines(Waiting(at, WorkdayOverride.objects.as_overrides(), agency=person.agency_id), today)
    nearest = sorted(deadlines, key=lambda subject: abs(subject.anchor - today))[:MOST]
    chosen = sorted(nearest, key=lambda subject: subject.anchor)
    for subject, (what, when, path) in zip(chosen, describe(chosen, person, at), strict=True):
        key = f"{subject.kind}-{subject.name}".replace("/", "-")
        yield _event(key, subject.anchor, f"{ReminderKind(subject.kind).label}：{what}", when, path, at)


def _counted(person: User, at: datetime) -> Iterator[Event]:
    """Of the person's office."""
    theirs = set(Agency.objects.of_office(person.scope).values_list("pk", flat=True))
    waiting = Waiting(at, WorkdayOverride.objects.as_overrides())
    days: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for subject in _deadlines(waiting, timezone.localdate(at)):
        if subject.agency_id in theirs:
            days[subject.anchor][subject.kind] += 1
    plans = [plan for plan in waiting.known.plans.values() if is_home(person, plan)]
    for day, counts in sorted(days.items()):
        summary = "、".join(f"{kind.label}{counts[kind]}{unit}" for kind, unit in COUNTED.items() if counts[kind])
        path = _page_of(day, plans, has_due=ReminderKind.DUE in counts)
        yield _event(f"deadlines-{day}", day, summary, "各单位合计，点击链接查看。", path, at)


def _deadlines(subjects: Iterable[Subject], today: date) -> Iterator[Subject]:
    for subject in subjects:
        if subject.kind in DEADLINES and today - BEFORE <= subject.anchor <= today + AHEAD:
            yield subject


def _page_of(day: date, plans: list[Plan], *, has_due: bool) -> str:
    """The tasks that are due on that day; where nothing else is told apart, the plan, or all of them."""
    if len(plans) != 1:
        return reverse("tasks:plan-list")
    if not has_due:
        return plans[0].get_absolute_url()
    return f"{reverse('tasks:item-list', args=[plans[0].slug])}?due_after={day}&due_before={day}"


def _event(key: str, day: date, summary: str, description: str, path: str, at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{key}@{urlsplit(settings.SITE_URL).hostname}")
    event.add("dtstamp", at)
    event.add("dtstart", day)
    event.add("dtend", day + ONE_DAY)
    event.add("summary", summary)
    event.add("description", description)
    event.add("url", urljoin(settings.SITE_URL, path))
    event.add("transp", "TRANSPARENT")
    return event
