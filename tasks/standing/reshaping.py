"""拆分与合并: of what an item's text consists, who answers for which part of it, and which items go on in which."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.db.models import Count

from tasks.models import ActionItem, AgencyRequest, Assignment, Closure, Duty, Lineage, Measure, ProgressReport
from tasks.standing.quotation import cut
from tasks.standing.steering import basis_of, parts_of_items

LEAD, ASSIST = Assignment.Role.LEAD, Assignment.Role.ASSIST
TITLE_SHOWN = 40  # characters of a unit's words that are proposed as the new item's title


@dataclass(frozen=True, slots=True)
class Unit:
    """A duty or a measure of an item, of which its pieces are made. `named` is who answers for it, as printed."""

    start: int
    end: int
    words: str
    title: str
    due_words: str
    due_on: date | None
    named: dict[int, str]


def duty_units(item: ActionItem) -> list[Unit]:
    """The item's own duties; one that it inherits of a heading above is no part of its text."""
    duties = Duty.objects.filter(item=item, start__gte=item.start, end__lte=item.end).order_by("number")
    rows = list(duties.prefetch_related("named"))
    measures = list(Measure.objects.filter(item=item).order_by("number"))
    return [_unit(item, duty, [m for m in measures if duty.start <= m.start < duty.end], _named(duty)) for duty in rows]


def measure_units(item: ActionItem) -> list[Unit]:
    measures = Measure.objects.filter(item=item).order_by("number")
    return [_unit(item, measure, [measure], {}) for measure in measures]


def _named(duty: Duty) -> dict[int, str]:
    return {named.agency_id: named.role for named in duty.named.all()}


def _unit(item: ActionItem, part: Duty | Measure, measures: Sequence[Measure], named: dict[int, str]) -> Unit:
    words = cut(item, part.start, part.end)
    first = measures[0].text if measures else words
    title = first.split("。", 1)[0].split("；", 1)[0].strip()
    if len(title) > TITLE_SHOWN:
        title = title.split("，", 1)[0][:TITLE_SHOWN]
    return Unit(part.start, part.end, words, title, part.due_words, part.due_on, named)


def role_in(units: Iterable[Unit], part: Assignment, *, named_anywhere: bool) -> str:
    """As what an agency answers for a piece of those units: a lead in any is a lead; "" where another piece names it.

    Whom no ending names, because it came later, answers for every piece as it did for the whole.
    """
    if not named_anywhere:
        return part.role
    roles = {unit.named[part.agency_id] for unit in units if part.agency_id in unit.named}
    return LEAD if LEAD in roles else ASSIST if roles else ""


def spans_of(item: ActionItem, units: Sequence[Unit], *, to_the_end: bool) -> list[tuple[int, int]]:
    """The runs of the notice that those units are; what stands between two of them is blank or parts them.

    With `to_the_end` the last one reaches to where the item's text ends, so that no words get lost.
    """
    runs: list[tuple[int, int]] = []
    for unit in units:
        if runs and not cut(item, runs[-1][1], unit.start).strip():
            runs[-1] = (runs[-1][0], unit.end)
        else:
            runs.append((unit.start, unit.end))
    if to_the_end:
        runs[-1] = (runs[-1][0], max(item.end, runs[-1][1]))
    return runs


def reshaping_basis(items: Sequence[ActionItem], moment: datetime) -> str:
    """Stands for the items as they were shown: their text, dates, milestones, who answers and how far each is."""
    links = ("corrections", "revisions", "milestones", "milestones__plans", "milestones__reports")
    counts = ActionItem.objects.filter(pk__in=[item.pk for item in items]).order_by("pk")
    shown = counts.values_list("pk", "ended_at", *(Count(link, distinct=True) for link in links))
    parts = basis_of(parts_of_items([item.pk for item in items], moment))
    return sha256(repr([list(shown), parts]).encode()).hexdigest()[:32]


def mergeable(item: ActionItem, moment: datetime) -> list[ActionItem]:
    """The other items of its section that there are, in their order: what it can be merged with."""
    others = ActionItem.objects.existing(moment).as_of(moment).filter(section=item.section_id).exclude(pk=item.pk)
    return list(others.defer("text").order_by("place"))


def came_from(item: ActionItem) -> list[Lineage]:
    """From which items it was made; oldest first in their order."""
    lines = Lineage.objects.filter(successor=item).select_related("reshaping", "former__plan")
    return list(lines.defer("former__text", "former__plan__notice_text").order_by("former__place"))


def is_untouched_since(lines: Sequence[Lineage], moment: datetime) -> bool:
    """Whether the new items are all there still, and nobody has filed or asked for anything of them since the deed."""
    items, since = [line.successor_id for line in lines], lines[0].reshaping.recorded_at
    facts = [each.objects.filter(assignment__item__in=items) for each in (ProgressReport, AgencyRequest, Closure)]
    if any(rows.filter(recorded_at__gt=since, recorded_at__lte=moment).exists() for rows in facts):
        return False
    return all(line.successor.ended_at is None for line in lines)


def became(item: ActionItem) -> list[Lineage]:
    """Into which items it was split or merged."""
    lines = Lineage.objects.filter(former=item).select_related("reshaping", "successor__plan")
    return list(lines.defer("successor__text", "successor__plan__notice_text").order_by("successor__place"))
