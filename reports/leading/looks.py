"""When a person last looked at a plan, by days: what is told as new since then stays so for the rest of the day."""

from datetime import date

from agencies.models import User
from reports.models import LastLook
from tasks.models import Plan


def look(user: User, plan: Plan, today: date) -> date | None:
    """Remembers that the person looks today; the day of the look before, None at the first."""
    known = LastLook.objects.filter(user=user, plan=plan)
    last = known.first()
    if last is None:
        LastLook.objects.bulk_create([LastLook(user=user, plan=plan, day=today)], ignore_conflicts=True)
        return None
    if last.day >= today:
        return last.before
    known.filter(day=last.day).update(before=last.day, day=today)
    return last.day
