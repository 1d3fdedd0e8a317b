"""Who is told of what a rule finds: each rule names an audience, which the roles of people make up."""

from collections import defaultdict
from collections.abc import Sequence

from agencies.models import User
from tasks.access import can_steer, is_approver, is_leader, is_liaison
from tasks.models import ReminderRule

Audience = ReminderRule.Audience
OVERSEERS = (Audience.COORDINATORS, Audience.LEADERSHIP)
BELONGS = {
    Audience.LIAISON: is_liaison,
    Audience.APPROVER: is_approver,
    Audience.COORDINATORS: can_steer,
    Audience.LEADERSHIP: is_leader,
}


class People:
    """The active people of an installation by audience and agency, read once, with their names."""

    def __init__(self) -> None:
        self._people: defaultdict[tuple[str, int | None], list[User]] = defaultdict(list)
        active = User.objects.filter(is_active=True).select_related("agency").order_by("pk")
        for person in active.only("username", "display_name", "role", "agency__name"):
            for audience, belongs in BELONGS.items():
                if belongs(person):
                    self._people[audience, person.agency_id].append(person)

    def of(self, audience: str, agency: int) -> Sequence[User]:
        """The people of an audience, for an agency's matters its own. Where it has no liaison, its head stands in."""
        if audience in OVERSEERS:
            return self._people[audience, None]
        return self._people[audience, agency] or self._people[Audience.APPROVER, agency]
