"""节点 that a notice's own deadlines name, as a coordinator is offered them. Pure, and nothing is planned by it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from tasks.models import ActionItem, Duty, Measure
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
    def key(self) -> str:
        """What tells it from the others of the plan, the same whenever it is asked."""
        return f"m{self.measure.pk}" if self.measure else f"d{self.duty.pk if self.duty else 0}"

    @property
    def reason(self) -> str:
        return f"公文载明“{self.words}”" if self.words else "公文载明"


def proposals(
    measures: Iterable[Measure],
    duties: Iterable[Duty],
    *,
    planned: Collection[tuple[int, str]] = (),
    issued_on: date,
) -> list[Proposal]:
    """Proposes a milestone for every measure with a day of its own, and for duties whose day no measure tells.

    In the notice's order. `planned` are the items and names of milestones that there are already; what lies before the
    plan was issued, or only recurs, is none.
    """
    found: list[Proposal] = []
    told: set[tuple[int, int | None]] = set()  # where the words of a measure's deadline stand
    for measure in measures:
        if measure.due_on:
            told.add((measure.item_id, measure.due_start))
            name = shortened(measure.text.strip().rstrip("。；;"), NAME)
            found.append(Proposal(measure.item, name, measure.due_on, measure.due_words, measure=measure))
    for duty in duties:
        if duty.due_on and (duty.item_id, duty.due_start) not in told:
            name = f"完成{shortened(duty.item.title, NAME - 2)}"
            found.append(Proposal(duty.item, name, duty.due_on, duty.due_words, duty=duty))
    fresh = [each for each in found if (each.item.pk, each.name) not in planned and each.planned_on >= issued_on]
    return sorted(_named_apart(fresh), key=lambda each: (each.item.number, each.planned_on, each.key))


def _named_apart(found: Iterable[Proposal]) -> Iterable[Proposal]:
    """Of one item, each name once: two measures that begin alike are told apart by their number."""
    seen: set[tuple[int, str]] = set()
    for each in found:
        if (each.item.pk, each.name) in seen:
            part = each.measure or each.duty
            name = f"{each.name}（{part.number if part else len(seen)}）"
            each = Proposal(each.item, name, each.planned_on, each.words, each.measure, each.duty)
        seen.add((each.item.pk, each.name))
        yield each
