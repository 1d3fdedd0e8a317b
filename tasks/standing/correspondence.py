"""对应关系: which items of the parent's plan a local one's carry out, as of a moment, and what is proposed of it.

An item counts where it exists and runs: what was split or merged goes on in others, and what is closed, suspended or
cancelled altogether is asked for no more (docs/rules.md 15).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from qa_plan.addresses import address_of
from qa_plan.compile_once import Param
from tasks.models import ActionItem, Assignment, Correspondence, Lineage, LocalDuty, Plan
from tasks.models.choices import AssignmentRole
from tasks.models.collected import Collected

BETWEEN = "\x1f"  # the parts of a value; no title has it


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided of a local item: the keys of the parent's items, none where it is 本地增加."""

    key: int
    targets: frozenset[int]


def decisions(items: Iterable[int] | QuerySet[Any, Any], moment: datetime) -> dict[int, Decision]:
    """The newest decision of each of those local items, by the item's key; what nobody decided on isn't there."""
    made = Correspondence.objects.filter(item__in=items, recorded_at__lte=moment).order_by("recorded_at", "pk")
    newest: dict[int, int] = {}  # of each item the last one stays
    targets: dict[int, set[int]] = {}
    for item, pk, parent_item in made.values_list("item_id", "pk", "targets__parent_item"):
        newest[item] = pk
        targets.setdefault(pk, set()).update([parent_item] if parent_item else ())
    return {item: Decision(pk, frozenset(targets[pk])) for item, pk in newest.items()}


class CarriedOut(NamedTuple):
    """An item of the parent's, as a page points at it."""

    slug: str
    number: int
    label: str
    title: str

    def get_absolute_url(self) -> str:
        return address_of("tasks:item-detail", self.slug, self.number)


def carried_out_by(parent_items: Iterable[ActionItem], moment: datetime) -> dict[ActionItem, list[ActionItem]]:
    """The local items that correspond to any of these of a parent's, each with those that it carries out."""
    by_key = {item.pk: item for item in parent_items}
    ever = Correspondence.objects.filter(targets__parent_item__in=by_key, recorded_at__lte=moment)
    known = decisions(ActionItem.objects.filter(pk__in=ever.order_by().values("item")), moment)
    local = ActionItem.objects.existing(moment).filter(pk__in=known).select_related("plan").order_by("plan", "place")
    found = {
        item: [by_key[key] for key in by_key if key in known[item.pk].targets]
        for item in local.defer("text", "plan__notice_text")
    }
    return {item: parents for item, parents in found.items() if parents}


def runs(moment: datetime) -> Q:
    """Whether an item is still asked for at the moment: some lead works at it, or it has no lead yet."""
    leads = Assignment.objects.in_force(moment).filter(item=OuterRef("pk"), role=AssignmentRole.LEAD)
    return Q(Exists(leads.running(moment))) | ~Q(Exists(leads))


def all_decisions(moment: datetime | Param) -> Collected:
    """As a column of items: every decision on it, newest first, once for each of the parent's items that it names."""
    made = Correspondence.objects.filter(item=OuterRef("pk"), recorded_at__lte=moment)
    made = made.order_by("-recorded_at", "-pk", "targets__parent_item__place")
    named = [f"targets__parent_item__{name}" for name in ("plan__slug", "number", "label", "title")]
    values = [Cast(name, CharField()) for name in ("pk", *named)]
    parts = [part for value in values for part in (value, Value(BETWEEN))][:-1]
    return Collected(made.values(said=Concat(*parts, output_field=CharField())))


def corresponding_items(item: ActionItem) -> list[CarriedOut] | None:
    """What of the parent's the local item carries out, nothing where it is 本地增加; None where nobody has decided.

    Of an item that comes with `all_decisions`.
    """
    rows = [said.split(BETWEEN) for said in item.all_decisions or []]
    newest = [named for pk, *named in rows if pk == rows[0][0]]
    carried = [CarriedOut(slug, int(number), label, title) for slug, number, label, title in newest if slug]
    return carried if rows else None


def running_items(plan: Plan, moment: datetime) -> QuerySet[ActionItem]:
    """The plan's items that some lead still works at, and those that have no lead yet."""
    return plan.items.existing(moment).filter(runs(moment)).order_by("place")


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of the items that were asked for those to which no local item corresponds, and how many have one."""

    asked: tuple[ActionItem, ...]
    missing: tuple[ActionItem, ...]

    @property
    def covered(self) -> int:
        return len(self.asked) - len(self.missing)

    @property
    def is_whole(self) -> bool:
        return bool(self.asked) and not self.missing


def coverage_of(plan: Plan, moment: datetime, duty: LocalDuty | None = None) -> Coverage:
    """Of a local plan: what its confirmed correspondence covers, of all the parent's items or of those of the duty."""
    assert plan.parent is not None, "only a local plan covers anything"
    asked = running_items(plan.parent, moment).only("pk", "label", "title", "number", "plan_id", "place")
    if duty is not None:
        named = duty.items.order_by().values("pk")
        asked = asked.filter(Q(pk__in=named) | ~Exists(named))  # without any named, all of them
    local = ActionItem.objects.existing(moment).filter(plan=plan).order_by().values("pk")
    carried = frozenset[int]().union(*(each.targets for each in decisions(local, moment).values()))
    items = tuple(asked)
    return Coverage(items, tuple(item for item in items if item.pk not in carried))


def goes_on_in(items: Iterable[int]) -> dict[int, list[int]]:
    """Of items that were split or merged, by key, the keys of those that exist today and go on with them."""
    found: dict[int, list[int]] = {}
    open_ends = {key: {key} for key in items}
    while open_ends:
        lines = Lineage.objects.filter(former__in=open_ends).order_by("successor__place")
        following: dict[int, set[int]] = {}
        for former, successor, ended_at in lines.values_list("former", "successor", "successor__ended_at"):
            for origin in open_ends[former]:
                if ended_at is None:
                    found.setdefault(origin, []).append(successor)
                else:
                    following.setdefault(successor, set()).add(origin)
        open_ends = following
    return found
