"""节点 that a notice's own deadlines name, as a coordinator is offered them. Nothing is planned by it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tasks.models import ActionItem, Duty, Measure, Milestone, Plan
from tasks.notice import Deadline, Notice
from tasks.rules.texts import shortened

NAME = 30  # signs of a measure that its milestone is called by


@dataclass(frozen=True, slots=True)
class Proposal:
    """A day that the notice writes for a measure or duty, in its words, with the name that the milestone would get."""

    item: ActionItem
    name: str
    planned_on: date
    words: str
    measure: Measure | None = None
    duty: Duty | None = None

    @property
    def place(self) -> str:
        """Where the notice writes it, as long as the notice is read so: the same before and after its plan is made."""
        part = self.measure or self.duty
        return f"{'m' if self.measure else 'd'}{self.item.number}-{part.number if part else 0}"

    @property
    def key(self) -> str:
        """What tells it from the plan's others for good: its measure or duty, and the day on which it was offered."""
        part = self.measure or self.duty
        return f"{'m' if self.measure else 'd'}{part.pk if part else 0}-{self.planned_on:%Y%m%d}"

    @property
    def reason(self) -> str:
        return f"公文载明“{self.words}”" if self.words else "公文载明"


def proposals_of_plan(plan: Plan, *, also_planned: bool = False) -> list[Proposal]:
    """Those of a plan that there is; what is planned already is left out unless it is asked for. Three queries."""
    dated = {"item__plan": plan, "item__ended_at__isnull": True, "due_on__isnull": False}
    measures = Measure.objects.filter(**dated).select_related("item")
    duties = Duty.objects.filter(**dated).select_related("item")
    planned = Milestone.objects.filter(item__plan=plan, withdrawal__isnull=True)
    found = proposals(
        measures.defer("item__text").order_by("item__place", "number"),
        duties.defer("item__text").order_by("item__place", "number"),
        planned=() if also_planned else set(planned.values_list("item__number", "name")),
        issued_on=plan.issued_on,
    )
    for each in found:
        each.item.plan = plan
    return found


def proposals_of_notice(notice: Notice) -> list[Proposal]:
    """Those that the plan will have which is made of the notice as it is read: the same, in the same places."""
    if notice.issued_on is None:
        return []
    measures, duties = [], []
    for number, read in enumerate(notice.items, start=1):
        item = ActionItem(number=number, label=read.label, title=read.title)
        measures += [
            Measure(item=item, number=each.number, text=each.text, **_day_of(each.deadline))
            for each in read.measures
            if each.deadline
        ]
        duties += [
            Duty(item=item, number=place, **_day_of(each.deadline))
            for place, each in enumerate(read.duties, start=1)
            if each.deadline
        ]
    return proposals(measures, duties, issued_on=notice.issued_on)


def _day_of(deadline: Deadline) -> dict[str, Any]:
    return {"due_on": deadline.on, "due_words": deadline.text, "due_start": deadline.start}


def proposals(
    measures: Iterable[Measure],
    duties: Iterable[Duty],
    *,
    planned: Collection[tuple[int, str]] = (),
    issued_on: date,
) -> list[Proposal]:
    """Proposes a milestone for every measure with a day of its own, and for duties whose day no measure tells.

    In the notice's order. `planned` are the items' numbers and the names of milestones that there are already; what
    lies before the plan was issued, or only recurs, is none.
    """
    found: list[Proposal] = []
    told: set[tuple[int, int | None]] = set()  # where the words of a measure's deadline stand
    for measure in measures:
        if measure.due_on:
            told.add((measure.item.number, measure.due_start))
            name = shortened(measure.text.strip().rstrip("。；;"), NAME)
            found.append(Proposal(measure.item, name, measure.due_on, measure.due_words, measure=measure))
    for duty in duties:
        if duty.due_on and (duty.item.number, duty.due_start) not in told:
            name = f"完成{shortened(duty.item.title, NAME - 2)}"
            found.append(Proposal(duty.item, name, duty.due_on, duty.due_words, duty=duty))
    named = _named_apart(each for each in found if each.planned_on >= issued_on)
    return sorted((each for each in named if (each.item.number, each.name) not in planned), key=_place_and_day)


def _place_and_day(each: Proposal) -> tuple[float, date, str]:
    """In the notice's order; an item that isn't made yet has no place but its number."""
    return each.item.place if each.item.pk else each.item.number, each.planned_on, each.place


def _named_apart(found: Iterable[Proposal]) -> Iterable[Proposal]:
    """Of one item, each name once, whatever is planned: two measures that begin alike are told apart by number."""
    seen: set[tuple[int, str]] = set()
    for each in found:
        if (each.item.number, each.name) in seen:
            part = each.measure or each.duty
            name = f"{each.name}（{part.number if part else len(seen)}）"
            each = Proposal(each.item, name, each.planned_on, each.words, each.measure, each.duty)
        seen.add((each.item.number, each.name))
        yield each
