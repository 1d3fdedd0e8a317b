"""What waits at a moment: neither decided on, nor replaced, nor taken back by whoever filed or asked for it."""

from django.db.models import Q
from django.db.models.lookups import IsNull

from tasks.models.latest import Latest, Moment


def kept(moment: Moment, report: str = "pk") -> Q:
    """Whether a report had not been taken back by its agency; `report` leads to its key."""
    return Q(IsNull(Latest("ReportWithdrawal", "id", moment, report=report), True))


def unsettled(moment: Moment) -> Q:
    """Whether a report had been neither reviewed, nor replaced by a newer one, nor taken back."""
    return Q(settled_at__isnull=True) | Q(settled_at__gt=moment)


def unanswered(moment: Moment) -> Q:
    """Whether a request had been neither decided nor taken back."""
    undecided = Q(decision__isnull=True) | Q(decision__recorded_at__gt=moment)
    return undecided & Q(IsNull(Latest("RequestWithdrawal", "id", moment, request="pk"), True))
