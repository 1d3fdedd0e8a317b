"""机构调整: which assignments go from agencies that end to their successors, and how they stand there."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from agencies.models import Agency, Succession
from tasks.models import ActionItem, Assignment, Closure, InstructedAssignment, UrgedAssignment
from tasks.models.choices import RUNNING
from tasks.standing.filing import Filing
from tasks.standing.rollup import NOT_COUNTED

LEAD, ASSIST = Assignment.Role.LEAD, Assignment.Role.ASSIST


@dataclass(frozen=True, slots=True)
class Transfer:
    """Assignments that become one assignment: whose it will be, with which role, weight and standing.

    No part of an item's mean gets lost or counts twice: the weight is that of the parts that counted, and the percent
    their weighted mean, rounded half up. Where there is no successor, the parts end. A `new_role` is what a coordinator
    gives to an agency that goes on with its own part; else the role is that of the parts.

    They are of one item, unless it was split or merged (拆分, 合并): then `onto` is the item in which an agency goes on
    with its own parts, and `indicators` says which of the new item's targets each of theirs is.
    """

    parts: tuple[Assignment, ...]
    successor: Agency | None
    new_role: str = ""
    onto: ActionItem | None = None
    indicators: Mapping[int, int] = field(default_factory=dict)

    @property
    def item(self) -> ActionItem:
        return self.onto or self.parts[0].item

    def name_of(self, part: Assignment) -> str:
        """Under which name the words of that part stand among those of the others."""
        return part.item.label if self.onto else part.agency.name

    @property
    def role(self) -> str:
        return self.new_role or self._role

    @property
    def _role(self) -> str:
        return LEAD if any(part.role == LEAD for part in self.parts) else ASSIST

    @property
    def bearing(self) -> tuple[Assignment, ...]:
        """The parts that make the new one's standing: those in its role, and of these the ones that count, if any."""
        same = tuple(part for part in self.parts if part.role == self._role)
        return tuple(part for part in same if part.closure not in NOT_COUNTED) or same

    @property
    def weight(self) -> int:
        """Of parts in several items, the greatest: another item's parts are not summed up in it."""
        weights = [part.weight_now for part in self.bearing]
        return max(weights) if self.onto else sum(weights)

    @property
    def percent(self) -> int:
        return self.mean({})

    def mean(self, percents: Mapping[int, int]) -> int:
        """The weighted mean where those parts, given by key, stood at these percentages and the others as they do."""
        done = sum(part.weight_now * percents.get(part.pk, part.percent) for part in self.bearing)
        weight = sum(part.weight_now for part in self.bearing)
        return (2 * done + weight) // (2 * weight)

    @property
    def closure(self) -> str:
        """How the new one has ended, "" while any part runs: 办结 before 中止 before 撤销."""
        kinds = {part.closure for part in self.bearing}
        if kinds & set(RUNNING):
            return ""
        return next(
            kind for kind in (Closure.Kind.CLOSED, Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED) if kind in kinds
        )

    @property
    def is_inferred(self) -> bool:
        """Whether it follows from a list of members alone; what a coordinator gave by hand doesn't."""
        return not self.new_role and all(part.is_inferred for part in self.parts)

    @property
    def answers_from(self) -> date | None:
        """A day from which the first report that is owed is the first that a part owed; None where none owed any yet.

        It is that report's due date: what a part was excused from before is not asked of the one that follows. Who only
        assisted answers as lead from the day of the change.
        """
        if self.new_role == LEAD != self._role:
            return None
        return min((part.first_owed_on for part in self.bearing if part.first_owed_on), default=None)


def parts_of(agencies: Iterable[Agency], at: datetime) -> list[Assignment]:
    """The assignments of those agencies at that moment, each with its standing."""
    parts = Assignment.objects.as_of(at).filter(agency__in=list(agencies)).select_related("item__plan", "agency")
    parts = parts.defer("item__text", "item__plan__notice_text")
    return list(parts.order_by("item__plan", "item__place", "agency__ordinal", "agency_id"))


def transfers_of(
    predecessors: Sequence[Agency],
    successors: Sequence[Agency],
    successor_of: Callable[[Assignment], Agency | None],
    at: datetime,
) -> list[Transfer]:
    """A transfer for each item and successor, in the order of the items.

    What a successor does on the same item already becomes one with what it gets.
    """
    ending = {agency.pk for agency in predecessors}
    parts_by_item: dict[tuple[int, int | None], list[Assignment]] = defaultdict(list)
    own: dict[tuple[int, int | None], Assignment] = {}
    successors_by_key = {agency.pk: agency for agency in successors}
    for part in parts_of([*predecessors, *successors], at):
        if part.agency_id in ending:
            successor = successor_of(part)
            parts_by_item[part.item_id, successor.pk if successor else None].append(part)
        else:
            own[part.item_id, part.agency_id] = part
    transfers = []
    for (item, key), parts in parts_by_item.items():
        if (item, key) in own:
            parts.append(own[item, key])
        transfers.append(Transfer(tuple(parts), successors_by_key.get(key) if key else None))
    return transfers


def joined_filing(states: Collection[Filing], *, is_closed: bool) -> Filing:
    """Where the one report stands that takes the place of those of several parts (docs/rules.md 4).

    While the period is open it is filed where all parts had filed, and accepted where all were accepted; `states` are
    those of the parts that owe it. Once it has closed, the parts' own reports are counted for ever, and `states` are
    those of the parts that filed: what waits can still be reviewed, and what was sent back can be mended.
    """
    open_order = (Filing.SENT_BACK, Filing.MISSING, Filing.WAITING)
    closed_order = (Filing.WAITING, Filing.SENT_BACK)
    order = closed_order if is_closed else open_order
    return next((state for state in order if state in states), Filing.ACCEPTED)


def of_urged(urges: Collection[int]) -> Iterable[tuple[int, int]]:
    """Which agencies have a part in the tasks that each urge is about."""
    holding = UrgedAssignment.objects.filter(urge__in=urges)
    return holding.values_list("urge", "assignment__item__assignments__agency")


def of_instructed(parts: Collection[int]) -> Iterable[tuple[int, int]]:
    """Which agencies have a part in the item of which each of those that an instruction names has one."""
    holding = InstructedAssignment.objects.filter(pk__in=parts)
    return holding.values_list("pk", "assignment__item__assignments__agency")


def answering(
    urged: Mapping[int, tuple[int, date | None]],
    day: date,
    holding: Callable[[Collection[int]], Iterable[tuple[int, int]]] = of_urged,
) -> dict[int, set[int]]:
    """The agencies that have to answer each urge, or what an instruction asks, on that day.

    They are given with the agency that was urged or asked, and its end.

    It is the urged agency itself until that has ended, and its successor from then on. Where several successors share
    what it did, those that got an urged task. Two queries at most, none where no urged agency has ended.
    """
    has_ended = any(ended_on and ended_on <= day for _, ended_on in urged.values())
    ended = Succession.objects.filter(predecessor__ended_on__lte=day, successor__isnull=False)
    followers: dict[int, set[int]] = defaultdict(set)
    for predecessor, successor in ended.values_list("predecessor", "successor") if has_ended else ():
        followers[predecessor].add(successor)

    def last(agency: int) -> set[int]:
        return set().union(*map(last, followers[agency])) if agency in followers else {agency}

    answerers = {urge: last(agency) for urge, (agency, _) in urged.items()}
    shared = [urge for urge, agencies in answerers.items() if len(agencies) > 1]
    holders: dict[int, set[int]] = defaultdict(set)
    for urge, agency in holding(shared) if shared else ():
        holders[urge].add(agency)
    return {urge: agencies & holders[urge] or agencies for urge, agencies in answerers.items()}
