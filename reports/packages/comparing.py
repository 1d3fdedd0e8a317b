"""Two packages are compared from the facts that each keeps: nothing is read anew, whatever became of the plan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from reports.quarter import ItemFacts, PlanFacts, SectionFacts, Snapshot, Totals
from reports.quarter.book.words import USUAL_LIGHTS
from tasks.rules.rounding import half_up
from tasks.rules.status import Light


@dataclass(frozen=True, slots=True)
class Side:
    """An item as one of the packages says it."""

    item: ItemFacts
    has_accepted: bool  # any report that counts for it

    @property
    def due(self) -> str:
        return _due(self.item.due_on)


@dataclass(frozen=True, slots=True)
class ItemChange:
    """An item of which something differs; it is on one side only where the other package doesn't have it."""

    before: Side | None
    after: Side | None
    kinds: tuple[str, ...]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def item(self) -> ItemFacts:
        side = self.after or self.before
        assert side is not None
        return side.item


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What differs between two packages of one plan."""

    before: PlanFacts
    after: PlanFacts
    items: tuple[ItemChange, ...]

    @property
    def sections(self) -> Iterator[tuple[SectionFacts, Totals | None]]:
        """Each section as it is in the later package, with its totals in the earlier one."""
        known = {section.number: section.totals for section in self.before.sections}
        return ((section, known.get(section.number)) for section in self.after.sections)

    @property
    def lights(self) -> list[tuple[str, int, int]]:
        """How many items show each light, before and after; the less usual ones only where there are any."""
        counts = ((light, getattr(self.before.totals, light), getattr(self.after.totals, light)) for light in Light)
        return [
            (light.value, before, after) for light, before, after in counts if light in USUAL_LIGHTS or before or after
        ]

    @property
    def unchanged(self) -> int:
        return len(self.after.items) - sum(1 for change in self.items if change.after)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two packages, plan by plan."""

    plans: tuple[PlanChange, ...]
    only_before: tuple[PlanFacts, ...]
    only_after: tuple[PlanFacts, ...]


def compare(before: Snapshot, after: Snapshot) -> Comparison:
    """Compares plan by plan, known by their documents, and within a plan item by item, known by their numbers."""
    earlier = {plan.document_number: plan for plan in before.plans}
    later = {plan.document_number: plan for plan in after.plans}
    return Comparison(
        tuple(_plan(earlier[number], plan) for number, plan in later.items() if number in earlier),
        tuple(plan for number, plan in earlier.items() if number not in later),
        tuple(plan for number, plan in later.items() if number not in earlier),
    )


def _plan(before: PlanFacts, after: PlanFacts) -> PlanChange:
    earlier = {item.number: item for item in before.items}
    later = {item.number: item for item in after.items}
    numbers = sorted(earlier.keys() | later.keys())
    changes = (_item(before, after, earlier.get(number), later.get(number)) for number in numbers)
    return PlanChange(before, after, tuple(change for change in changes if change.kinds))


def _item(before: PlanFacts, after: PlanFacts, old: ItemFacts | None, new: ItemFacts | None) -> ItemChange:
    if old is None or new is None:
        sides = [_side(plan, item) if item else None for plan, item in ((before, old), (after, new))]
        return ItemChange(sides[0], sides[1], ("新增",) if new else ("取消",))
    had, has = set(old.leads) | set(old.assists), set(new.leads) | set(new.assists)
    roles_differ = (set(old.leads), set(old.assists)) != (set(new.leads), set(new.assists))
    differs = {
        "进度": half_up(old.percent) != half_up(new.percent),
        "亮灯": (old.light, old.light_word) != (new.light, new.light_word),
        "时限": old.due_on != new.due_on,
        "单位": roles_differ,
    }
    kinds = tuple(kind for kind, is_so in differs.items() if is_so)
    added = tuple(name for name in (*new.leads, *new.assists) if name not in had)
    removed = tuple(name for name in (*old.leads, *old.assists) if name not in has)
    return ItemChange(before=_side(before, old), after=_side(after, new), kinds=kinds, added=added, removed=removed)


def _side(plan: PlanFacts, item: ItemFacts) -> Side:
    return Side(item, any(row.has_accepted and row.counts for row in plan.rows_of(item)))


def _due(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else "持续推进"
