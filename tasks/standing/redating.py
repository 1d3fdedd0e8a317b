"""What a new due date would do to the lights, asked before it is set. Nothing is written.

The rule is the one of every page: the same columns are reckoned twice, once with the date in force and once with the
new one.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from tasks.models import ActionItem, Assignment, Plan
from tasks.rules.asof import AsOf
from tasks.rules.status import Light, worst
from tasks.standing.rollup import COLUMNS, Standing, standings_from_rows


@dataclass(frozen=True, slots=True)
class LeadTurn:
    """One lead's light now and with the new date."""

    agency: str
    now: Standing
    then: Standing

    @property
    def turns(self) -> bool:
        return self.now.light != self.then.light


@dataclass(frozen=True, slots=True)
class ItemTurn:
    """One item, read with its due date in force and with `revision_count`, and what the new date does to its leads."""

    item: ActionItem
    due_on: date | None
    leads: list[LeadTurn]

    @property
    def is_moved(self) -> bool:
        """Whether the date is another one than that in force."""
        return self.item.due_on != self.due_on

    @property
    def now(self) -> Light:
        return worst(lead.now.light for lead in self.leads if lead.now.light)

    @property
    def then(self) -> Light:
        return worst(lead.then.light for lead in self.leads if lead.then.light)

    @property
    def turned(self) -> list[LeadTurn]:
        return [lead for lead in self.leads if lead.turns]


def items_to_redate(plan: Plan, numbers: Collection[int], as_of: AsOf) -> QuerySet[ActionItem]:
    """Those items of the plan, each with its due date in force and how often it was revised."""
    items = ActionItem.objects.existing(as_of.moment).as_of(as_of.moment).filter(plan=plan, number__in=numbers)
    return items.annotate(revision_count=Count("revisions", distinct=True)).defer("text").order_by("place")


def item_turns(items: Sequence[ActionItem], due_on: date | None, plan: Plan, as_of: AsOf) -> list[ItemTurn]:
    """What the date would do to each of the items. One query, whatever their number."""
    leads = Assignment.objects.as_of(as_of.moment).filter(item__in=[item.pk for item in items], role="lead")
    read = list(leads.order_by("agency__ordinal", "agency_id").values_list("agency__name", *COLUMNS))
    now = standings_from_rows([row[1:] for row in read], plan, as_of.day)
    then = standings_from_rows([(*row[1:-1], due_on) for row in read], plan, as_of.day)
    by_item: dict[int, list[LeadTurn]] = defaultdict(list)
    for row, before, after in zip(read, now, then, strict=True):
        by_item[before.item_id].append(LeadTurn(row[0], before, after))
    return [ItemTurn(item, due_on, by_item[item.pk]) for item in items]
