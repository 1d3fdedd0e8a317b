"""Who is told. The roles here say whom a rule concerns; who may see or do what is decided by `tasks.access`."""

from collections import defaultdict
from collections.abc import Sequence

from agencies.models import Role, User
from tasks.models import ReminderRule

Audience = ReminderRule.Audience
OVERSEERS = {Audience.COORDINATORS: Role.COORDINATOR, Audience.LEADERSHIP: Role.LEADER}


class People:
    """The active people of an installation by role and agency, read once, with their names."""

    def __init__(self) -> None:
        self._people: defaultdict[tuple[str, int | None], list[User]] = defaultdict(list)
        active = User.objects.filter(is_active=True).select_related("agency").order_by("pk")
        for person in active.only("username", "display_name", "role", "agency__name"):
            self._people[person.role, person.agency_id].append(person)

    def of(self, audience: str, agency: int) -> Sequence[User]:
        """An agency's own people for what is the agency's. Where it has no liaison, its head is told instead."""
        if audience in OVERSEERS:
            return self._people[OVERSEERS[Audience(audience)], None]
        approvers = self._people[Role.APPROVER, agency]
        return approvers if audience == Audience.APPROVER else self._people[Role.LIAISON, agency] or approvers
