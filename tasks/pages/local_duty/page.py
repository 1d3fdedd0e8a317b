"""Who is asked for a local plan, who can take the task, and how far each is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from agencies.models import Office, User
from tasks.models import ActionItem, Assignment, LocalDuty, Plan
from tasks.standing.correspondence import running_items
from tasks.standing.course import state_of_read


@dataclass(frozen=True, slots=True)
class Asked:
    """An office below that was asked: its part of the task, and its plan where it has one."""

    office: Office
    part: Assignment
    plan: Plan | None

    @property
    def state(self) -> str:
        return state_of_read(self.part).label


class DutyPage:
    def __init__(self, plan: Plan, moment: datetime) -> None:
        self.plan, self.moment = plan, moment
        below = Office.objects.directly_below(plan.home).select_related("government")
        self.below: list[Office] = list(below.order_by("ordinal", "pk"))
        self.duty = LocalDuty.objects.filter(parent=plan).select_related("plan").defer("plan__notice_text").first()

    @cached_property
    def items(self) -> list[ActionItem]:
        """The plan's items that local plans can be asked to cover."""
        return list(running_items(self.plan, self.moment).defer("text"))

    @cached_property
    def due_on(self) -> date | None:
        """Until when, as it is in force."""
        return self.asked[0].part.due_on if self.asked else None

    @cached_property
    def named_items(self) -> list[ActionItem]:
        """Those that the duty names; none where it asks for all."""
        return list(self.duty.items.order_by("place").defer("text")) if self.duty else []

    @cached_property
    def people(self) -> Counter[int]:
        """How many sign in for each government."""
        keys = [office.government_id for office in self.below]
        active = User.objects.filter(agency__in=keys, is_active=True).order_by()
        return Counter(active.values_list("agency", flat=True))

    @cached_property
    def asked(self) -> list[Asked]:
        if self.duty is None:
            return []
        parts = Assignment.objects.as_of(self.moment).with_course(self.moment).filter(item__plan=self.duty.plan)
        by_agency = {part.agency_id: part for part in parts.select_related("item__plan").defer("item__text")}
        plans = Plan.objects.filter(parent=self.plan, office__in=self.below).defer("notice_text")
        by_office = {plan.office_id: plan for plan in plans}
        return [
            Asked(office, by_agency[office.government_id], by_office.get(office.path))
            for office in self.below
            if office.government_id in by_agency
        ]

    @property
    def open(self) -> list[Office]:
        """Those that have a government to ask, and were not asked yet."""
        left_out = {row.office.pk for row in self.asked} | {office.pk for office in self.bare}
        return [office for office in self.below if office.pk not in left_out]

    @property
    def bare(self) -> list[Office]:
        """Those without a government in the register, or whose government has ended: they can't be asked."""
        return [office for office in self.below if office.government is None or office.government.ended_on]

    def without_account(self, offices: Sequence[Office]) -> list[Office]:
        return [office for office in offices if not self.people[office.government_id or 0]]

    def told(self, offices: Sequence[Office]) -> int:
        """How many people get a message."""
        return sum(self.people[office.government_id or 0] for office in offices)
