"""分责: which agencies answer for which measures of an item, and until when, as the notice writes it.

Who answers for a measure is a question, never a copy: the duty in which it lies.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from tasks.models import ActionItem, Duty, Measure
from tasks.models.choices import AssignmentRole
from tasks.standing.questions import ItemPart, parts_of


class Named(NamedTuple):
    """An agency by the name that the notice means; its key leads to its page."""

    pk: int
    name: str


@dataclass(frozen=True, slots=True)
class DutyLine:
    """A duty with the measures that lie in it; of measures outside of every duty the `duty` is None."""

    duty: Duty | None
    measures: tuple[Measure, ...]
    leads: tuple[Named, ...] = ()
    assists: tuple[Named, ...] = ()

    @property
    def dated(self) -> tuple[Measure, ...]:
        """The measures with a deadline of their own beside the duty's."""
        words = self.duty.due_words if self.duty else ""
        return tuple(measure for measure in self.measures if measure.due_words and measure.due_words != words)


def measures_and_duties(item: ActionItem) -> tuple[list[Measure], list[DutyLine]]:
    """The item's measures and duties in the notice's order; last, what lies in no duty but has a deadline.

    One query, which reads of each row what pages show: they are not to be saved.
    """
    rows = [ItemPart(*row) for row in parts_of(item=item.pk)]
    measures = [
        Measure(item=item, number=row.number, text=row.words, start=row.start, end=row.end, **row.deadline)
        for row in rows
        if not row.is_duty
    ]
    if then := getattr(item, "former", None):
        measures = [Measure(item=item, **{**row, "due_on": _day(row["due_on"])}) for row in then["measures"]]
    duties: list[Duty] = []
    named: list[list[ItemPart]] = []
    for _, group in groupby((row for row in rows if row.is_duty), key=attrgetter("number")):
        first, *others = group
        span = {"start": first.start, "end": first.end}
        duties.append(
            Duty(item=item, number=first.number, ending=first.words, assist_rule=first.rule, **span, **first.deadline)
        )
        named.append([first, *others])
    return measures, _lines(item, measures, duties, named)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _lines(
    item: ActionItem, measures: Sequence[Measure], duties: Sequence[Duty], named: Sequence[Sequence[ItemPart]]
) -> list[DutyLine]:
    found = [(measure, places_of(measure, item, duties)) for measure in measures]
    lines = [
        DutyLine(
            duty,
            tuple(measure for measure, places in found if place in places),
            _of_role(named[place], AssignmentRole.LEAD),
            _of_role(named[place], AssignmentRole.ASSIST),
        )
        for place, duty in enumerate(duties)
    ]
    outside = tuple(measure for measure, places in found if not places and measure.due_words)
    return [*lines, DutyLine(None, outside)] if outside else lines


def _of_role(named: Sequence[ItemPart], role: str) -> tuple[Named, ...]:
    return tuple(Named(row.agency, row.name or "") for row in named if row.agency and row.role == role)


def places_of(measure: Measure, item: ActionItem, duties: Sequence[Duty]) -> range:
    """The places of the duties that answer for the measure: the one in which it lies, else all that are inherited.

    What stands behind the last ending lies in none; an item without an ending of its own has those of the heading
    above, which lie before it.
    """
    if all(duty.end <= item.start for duty in duties):
        return range(len(duties))
    lies_in = (duty.start >= item.start and measure.end <= duty.end for duty in duties)
    own = next((place for place, holds in enumerate(lies_in) if holds), None)
    return range(0) if own is None else range(own, own + 1)


def tells_more(lines: Sequence[DutyLine]) -> bool:
    """Whether the duties say more than the item does: several of them, or a measure with a deadline of its own."""
    return len(lines) > 1 or any(line.dated for line in lines)
