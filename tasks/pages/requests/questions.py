"""What the page asks on which an agency makes a request."""

from datetime import datetime

from tasks.models import Assignment


def assignment_to_ask_for(pk: int, moment: datetime) -> Assignment:
    """With all that tells what can be asked for it: its course, and its due dates, the present and the original one."""
    assignments = Assignment.objects.as_of(moment).with_course(moment).with_due_history(moment)
    return assignments.select_related("item__plan", "agency").get(pk=pk)
