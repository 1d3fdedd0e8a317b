"""What the page asks on which an agency makes a request."""

from datetime import datetime

from django.db.models import QuerySet

from agencies.models import Agency
from tasks.models import AgencyRequest, Assignment, Measure


def assignment_to_ask_for(pk: int, moment: datetime) -> Assignment:
    """With all that tells what can be asked for it: its course, and its due dates, the present and the original one."""
    assignments = Assignment.objects.as_of(moment).with_course(moment).with_due_history(moment)
    return assignments.select_related("item__plan", "agency").get(pk=pk)


def measures_of(assignment: Assignment) -> QuerySet[Measure]:
    return Measure.objects.filter(item=assignment.item_id).order_by("number")


def agencies_instead_of(request: AgencyRequest) -> QuerySet[Agency] | None:
    """Who can have what the agency declines; None where it asks for something else."""
    if request.kind != AgencyRequest.Kind.DECLINE:
        return None
    others = Agency.objects.of_office(request.assignment.item.plan.office_id).exclude(pk=request.assignment.agency_id)
    return others.filter(ended_on=None, is_collective=False)
