"""节点 of a plan's items, as they stood at the moment of the package."""

from datetime import datetime

from reports.quarter.records import PlanState
from reports.quarter.row_facts import MilestoneRow
from tasks.standing.milestones import MilestoneStanding, in_force, milestones_of_items


def milestone_rows(now: PlanState, moment: datetime) -> tuple[MilestoneRow, ...]:
    """Those that were not withdrawn, in the order of items and days; one query."""
    numbers = {item.pk: item.number for item in now.items}
    found = in_force(milestones_of_items(numbers, moment, now.day, now.plan.soon_days))
    rows = [_row(each, numbers[each.item_id]) for each in found]
    return tuple(sorted(rows, key=lambda row: (row.item, row.planned_on, row.pk)))


def _row(each: MilestoneStanding, number: int) -> MilestoneRow:
    return MilestoneRow(
        pk=each.pk,
        item=number,
        name=each.name,
        agency=each.agency,
        measure=each.measure,
        former=each.former,
        planned_on=each.planned_on,
        reason=each.reason if each.is_moved else "",
        state=each.state.value,
        state_word=each.state.label,
        done_on=each.done_on,
        tail=each.tail,
    )
