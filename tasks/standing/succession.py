"""机构调整: what goes from agencies that end to their successors, item by item, and how it stands there."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from agencies.models import Agency, Succession
from tasks.models import Assignment, Closure, UrgedAssignment
from tasks.models.choices import RUNNING
from tasks.standing.rollup import NOT_COUNTED

LEAD, ASSIST = Assignment.Role.LEAD, Assignment.Role.ASSIST


@dataclass(frozen=True, slots=True)
class Move:
    """The parts of one item that become one: whose it will be, and with which role, weight and standing.

    No part of an item's mean gets lost or counts twice: the weight is that of the parts that counted, and the percent
    their weighted mean, rounded half up. Where there is no successor, the parts end.
    """

    parts: tuple[Assignment, ...]
    successor: Agency | None

    @property
    def item(self) -> object:
        return self.parts[0].item

    @property
    def role(self) -> str:
        return LEAD if any(part.role == LEAD for part in self.parts) else ASSIST

    @property
    def bearing(self) -> tuple[Assignment, ...]:
        """The parts that make the new one's standing: those in its role, and of these the ones that count, if any."""
        same = tuple(part for part in self.parts if part.role == self.role)
        return tuple(part for part in same if part.closure not in NOT_COUNTED) or same

    @property
    def weight(self) -> int:
        return sum(part.weight_now for part in self.bearing)

    @property
    def percent(self) -> int:
        done = sum(part.weight_now * part.percent for part in self.bearing)
        return (2 * done + self.weight) // (2 * self.weight)

    @property
    def closure(self) -> str:
        """Ended only where every part is: 办结 before 中止 before 撤销."""
        kinds = {part.closure for part in self.bearing}
        if kinds & set(RUNNING):
            return ""
        return next(
            kind for kind in (Closure.Kind.CLOSED, Closure.Kind.SUSPENDED, Closure.Kind.CANCELLED) if kind in kinds
        )

    @property
    def standing_report(self) -> int | None:
        """The accepted report that goes on speaking for it: only where one part alone makes the standing."""
        return self.bearing[0].standing_report if len(self.bearing) == 1 else None

    @property
    def is_inferred(self) -> bool:
        return all(part.is_inferred for part in self.parts)


def parts_of(agencies: Iterable[Agency], at: datetime) -> list[Assignment]:
    """What those agencies answer for at that moment, with its standing."""
    parts = Assignment.objects.as_of(at).filter(agency__in=list(agencies)).select_related("item__plan", "agency")
    parts = parts.defer("item__text", "item__plan__notice_text")
    return list(parts.order_by("item__plan", "item__number", "agency__ordinal", "agency_id"))


def moves_of(
    predecessors: Sequence[Agency],
    successors: Sequence[Agency],
    successor_of: Callable[[Assignment], Agency | None],
    at: datetime,
) -> list[Move]:
    """What moves, in the order of the items; what a successor does on the same item already becomes one with it."""
    ending = {agency.pk for agency in predecessors}
    found: dict[tuple[int, int | None], list[Assignment]] = defaultdict(list)
    own: dict[tuple[int, int | None], Assignment] = {}
    names = {agency.pk: agency for agency in successors}
    for part in parts_of([*predecessors, *successors], at):
        if part.agency_id in ending:
            successor = successor_of(part)
            found[part.item_id, successor.pk if successor else None].append(part)
        else:
            own[part.item_id, part.agency_id] = part
    moves = []
    for (item, key), parts in found.items():
        if (item, key) in own:
            parts.append(own[item, key])
        moves.append(Move(tuple(parts), names.get(key) if key else None))
    return moves


def lineage(made: Iterable[Assignment], agency: Agency) -> dict[int, list[int]]:
    """By the key of an assignment of the agency, or of one that went into it: the keys of the parts that became it.

    The parts of an item ended at the instant at which the new one began, with the agency or one in whose place it is.
    One query, none without an assignment.
    """
    known: set[tuple[int, int, datetime | None]] = {(one.pk, one.item_id, one.recorded_at) for one in made}
    parts: dict[tuple[int, datetime | None], list[int]] = defaultdict(list)
    if not known:
        return {}
    behind = Agency.objects.followed_by(agency.pk)
    ended = Assignment.objects.filter(
        item__in={item for _, item, _ in known}, agency__in=behind, ended_at__isnull=False
    )
    columns = ended.order_by("agency__ordinal", "pk").values_list("pk", "item_id", "recorded_at", "ended_at")
    for pk, item, began_at, ended_at in columns:
        parts[item, ended_at].append(pk)
        known.add((pk, item, began_at))
    return {pk: parts[item, began_at] for pk, item, began_at in known if (item, began_at) in parts}


def answering(urged: Mapping[int, tuple[int, date | None]], day: date) -> dict[int, set[int]]:
    """By urge, given with the agency that was urged and its end: who has to answer on that day.

    The urged agency, or else the one in its place; of those that share what it did, the ones that got an urged task.
    Two queries at most, none where no urged agency has ended.
    """
    has_ended = any(ended_on and ended_on <= day for _, ended_on in urged.values())
    ended = Succession.objects.filter(predecessor__ended_on__lte=day, successor__isnull=False)
    followers: dict[int, set[int]] = defaultdict(set)
    for predecessor, successor in ended.values_list("predecessor", "successor") if has_ended else ():
        followers[predecessor].add(successor)

    def last(agency: int) -> set[int]:
        return set().union(*map(last, followers[agency])) if agency in followers else {agency}

    found = {urge: last(agency) for urge, (agency, _) in urged.items()}
    shared = [urge for urge, agencies in found.items() if len(agencies) > 1]
    holders: dict[int, set[int]] = defaultdict(set)
    holding = UrgedAssignment.objects.filter(urge__in=shared)
    for urge, agency in holding.values_list("urge", "assignment__item__assignments__agency") if shared else ():
        holders[urge].add(agency)
    return {urge: agencies & holders[urge] or agencies for urge, agencies in found.items()}
