"""Who is told of what a rule finds: each rule names an audience, which the roles of people make up."""

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from agencies.models import TOP, Agency, User
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
        self._people: defaultdict[tuple[str, int | str], list[User]] = defaultdict(list)
        self._has_local = False
        active = User.objects.filter(is_active=True).select_related("agency").order_by("pk")
        for person in active.only("username", "display_name", "role", "office", "agency__name", "agency__office"):
            self._has_local |= bool(person.scope)
            for audience, belongs in BELONGS.items():
                if belongs(person):
                    self._people[audience, person.agency_id or person.scope].append(person)

    @cached_property
    def _offices(self) -> dict[int, str]:
        """For whose plans each agency works that doesn't work for the top office's; not asked where nobody does."""
        if not self._has_local:
            return {}
        return dict(Agency.objects.exclude(office=None).values_list("pk", "office__path"))

    def of(self, audience: str, agency: int) -> Sequence[User]:
        """The people of an audience: of an agency its own, and those who oversee it, of its office.

        Where the agency has no liaison, its head stands in.
        """
        if audience in OVERSEERS:
            return self._people[audience, self._offices.get(agency, TOP)]
        return self._people[audience, agency] or self._people[Audience.APPROVER, agency]
