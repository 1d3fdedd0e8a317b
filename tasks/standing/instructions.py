"""批示 that wait for an answer: of one agency or of all, the one that is due first before the others."""

from datetime import datetime

from django.db.models import QuerySet

from agencies.models import Agency
from tasks.models import InstructedAssignment


def waiting_instructions(moment: datetime, agency: Agency | None = None) -> QuerySet[InstructedAssignment]:
    """What had been asked by then and not answered, with instruction, item and agency; one query.

    Of an agency, what was asked of those that it follows as well.
    """
    parts = InstructedAssignment.objects.unanswered(moment)
    if agency is not None:
        parts = parts.filter(assignment__agency__in=Agency.objects.followed_by(agency.pk))
    return (
        parts.select_related("instruction__item__plan", "assignment__agency")
        .defer("instruction__item__text", "instruction__item__plan__notice_text")
        .order_by("instruction__answer_by", "instruction__recorded_at", "pk")
    )
