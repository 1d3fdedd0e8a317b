"""What the rules will ask for on days to come, if nothing happens until then."""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise

from tasks.models import Plan, ReminderRule, WorkdayOverride
from tasks.periods import quarters_between
from tasks.reminders.audience import People
from tasks.reminders.deciding import Due, Stages, subjects
from tasks.workdays import DAY, Calendar, Overrides, is_workday


def coming(first: date, last: date, *, at: datetime, agency: int | None = None) -> Iterator[Due]:
    """Of the working days from the first to the last, in order; of all agencies, or what concerns one.

    The facts are read once as of the moment, and once more for each day on which periods will open: one or none in a
    month, however many tasks and agencies there are.
    """
    overrides = WorkdayOverride.objects.as_overrides()
    rules = list(ReminderRule.objects.filter(is_active=True))
    people = People()
    for start, end in pairwise([*_beginnings(first, last, overrides), last + DAY]):
        found = list(subjects(at, overrides, day=start, agency=agency))
        days = (start + DAY * n for n in range((end - start).days))
        for day in (day for day in days if is_workday(day, overrides)):
            stages = Stages(rules, Calendar(day, overrides))
            for subject in found:
                for rule in stages.reached(subject.kind, subject.anchor, subject.since):
                    for person in people.of(rule.audience, subject.agency_id):
                        yield Due(person, rule, subject, day)


def _beginnings(first: date, last: date, overrides: Overrides) -> list[date]:
    """The first day, and those on which a plan's next period opens."""
    found = {first}
    for plan in Plan.objects.defer("notice_text").order_by():
        end = max(plan.due_on, last)
        quarters = quarters_between(plan.begins_on, end, filing_day=plan.filing_day, overrides=overrides)
        found.update(quarter.opens_on for quarter in quarters if first < quarter.opens_on <= last)
    return sorted(found)
