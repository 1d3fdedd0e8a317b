"""Made-up offices below the notice's: cities, their counties and directly governed ones, with plans of their own."""

from collections.abc import Iterator
from random import Random

from agencies.models import Agency, AgencyGroup, GroupMembership, Level, Office, Role, User
from benchmarks.facts import Cast
from benchmarks.plans import PlanMaker
from benchmarks.rows import Rows
from benchmarks.wording import Wording
from qa_plan.clock import now, today
from tasks.models import ActionItem, Correspondence, CorrespondingItem, Plan

CITIES, DIRECT_COUNTIES, COUNTIES = 16, 2, 105
BUREAUS = 6  # of each office
UNISSUED = 0.05  # of the offices
LEFT_OUT = 0.08  # of the parent's items
OWN = 2  # items of each plan that nobody above has asked for
FIRST = 1000  # number of the first local plan: behind the others


class CityMaker:
    """Makes the offices and their plans; `password` is everybody's."""

    def __init__(self, parent: Plan, *, rows: Rows, wording: Wording, random: Random, password: str, by: User) -> None:
        self.parent, self.rows, self.wording, self.random = parent, rows, wording, random
        self.password, self.by = password, by
        self.made = 0

    def make(self, cities: int = CITIES, direct: int = DIRECT_COUNTIES, counties: int = COUNTIES) -> None:
        items = list(self.parent.items.order_by("place"))
        tops = [self._office(f"第{n}市", Level.CITY, n) for n in range(1, cities + 1)]
        plans = [self._plan(office, self.parent, items) for office in tops]
        for n in range(1, direct + 1):
            self._plan(self._office(f"直管第{n}县", Level.COUNTY, cities + n), self.parent, items)
        for n in range(counties):
            office, above = tops[n % cities], plans[n % cities]
            county = self._office(f"{office.area}第{n // cities + 1}县", Level.COUNTY, n // cities + 1, office)
            if above is not None:
                self._plan(county, *above)
            self.rows.write()

    def _office(self, area: str, level: str, ordinal: int, parent: Office | None = None) -> Office:
        code = f"{990000 + 100 * ordinal}" if parent is None else f"{int(parent.code) + 20 + ordinal}"
        return self.rows.add(
            Office(
                name=f"{area}质量工作领导小组办公室",
                urge_prefix=area[:20],
                level=level,
                area=area,
                code=code,
                path=f"{parent.path if parent else ''}{code}/",
                parent=parent,
                ordinal=ordinal,
            )
        )

    def _plan(self, office: Office, parent: Plan, items: list[ActionItem]) -> tuple[Plan, list[ActionItem]] | None:
        """Its plan with most of the parent's items, each of them carried out by one of its own, and some more."""
        self.made += 1
        if self.random.random() < UNISSUED:
            return None
        kept = [item for item in items if self.random.random() > LEFT_OUT]
        what = {"rows": self.rows, "cast": self._cast(office), "wording": self.wording, "random": self.random}
        maker = LocalPlanMaker(FIRST + self.made, **what, today=today())
        plan = maker.make_below(parent, office, item_count=len(kept) + OWN)
        for item, target in zip(maker.items, [*kept, *[None] * OWN], strict=True):
            decided = self.rows.add(Correspondence(item=item, recorded_at=plan.imported_at, recorded_by=self.by))
            if target:
                self.rows.add(CorrespondingItem(correspondence=decided, parent_item=target))
        return plan, maker.items

    def _cast(self, office: Office) -> Cast:
        agencies = [
            self.rows.add(Agency(name=f"{office.area}第{n}局", ordinal=n, office=office)) for n in range(1, BUREAUS + 1)
        ]
        group = self.rows.add(AgencyGroup(name=f"{office.area}质量工作领导小组", office=office))
        for agency in agencies:
            self.rows.add(GroupMembership(group=group, agency=agency, is_inferred=True))
        return Cast(agencies, dict(self._liaisons(agencies)), group, self.by)

    def _liaisons(self, agencies: list[Agency]) -> Iterator[tuple[int, User]]:
        for agency in agencies:
            name = {"username": f"local-{agency.pk}", "display_name": "联络员", "role": Role.LIAISON}
            person = User(**name, agency=agency, password=self.password, date_joined=now())
            yield agency.pk, self.rows.add(person)


class LocalPlanMaker(PlanMaker):
    """A plan of an office below, and the items that it was made of."""

    def make_below(self, parent: Plan, office: Office, *, item_count: int) -> Plan:
        self.above, self.office = parent, office
        self.items: list[ActionItem] = []
        return self.make(item_count=item_count, agency_count=BUREAUS)

    def _plan(self) -> Plan:
        plan = super()._plan()
        plan.parent, plan.office = self.above, self.office
        plan.issuer = f"{self.office.area}人民政府办公室"
        return plan

    def _begun(self, item: ActionItem) -> ActionItem:
        self.items.append(super()._begun(item))
        return item
