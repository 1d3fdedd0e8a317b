"""Who is told. The roles here say whom a rule concerns; who may see or do what is decided by `tasks.access`."""

from collections import defaultdict
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, QuerySet

from agencies.models import AGENCY_ROLES, Agency, Role, User
from tasks.models import Assignment, ReminderRule

Audience = ReminderRule.Audience
OVERSEERS = {Audience.COORDINATORS: Role.COORDINATOR, Audience.LEADERSHIP: Role.LEADER}


class People:
    """The active people of an installation by role and agency, read once."""

    def __init__(self) -> None:
        self._people: defaultdict[tuple[str, int | None], list[int]] = defaultdict(list)
        for pk, role, agency in (
            User.objects.filter(is_active=True).order_by("pk").values_list("pk", "role", "agency_id")
        ):
            self._people[role, agency].append(pk)

    def of(self, audience: str, agency: int) -> Sequence[int]:
        """An agency's own people for what is the agency's. Where it has no liaison, its head is told instead."""
        if audience in OVERSEERS:
            return self._people[OVERSEERS[Audience(audience)], None]
        approvers = self._people[Role.APPROVER, agency]
        return approvers if audience == Audience.APPROVER else self._people[Role.LIAISON, agency] or approvers


def agencies_without_people() -> QuerySet[Agency]:
    """Those that have a task and nobody who could be told of it; 泛指单位 have no accounts by intention."""
    tasks = Assignment.objects.filter(agency=OuterRef("pk"), ended_at__isnull=True)
    people = User.objects.filter(agency=OuterRef("pk"), role__in=AGENCY_ROLES, is_active=True)
    return Agency.objects.filter(Exists(tasks), ~Exists(people), is_collective=False, ended_on__isnull=True)
