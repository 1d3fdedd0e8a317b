"""Where every assignment of a plan stands on a day, kept and brought up to date as `tasks.standing.kept` does it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from tasks.models import Plan, ReportingPeriod
from tasks.rules.asof import AsOf
from tasks.standing.filing import Filed, reports_by_task
from tasks.standing.kept import Readings
from tasks.standing.questions import due_dates_of_plan, due_dates_of_tasks, standings_of_plan, standings_of_tasks
from tasks.standing.rollup import Standing, standings_from_rows

DueDates = Mapping[int, date | None]


def due_dates(readings: Readings, plan: Plan, as_of: AsOf) -> DueDates:
    """By task, of those that there were, in the notice's order."""

    def read(tasks: Collection[int] | None) -> Iterable[tuple[int, date | None]]:
        if tasks is None:
            return due_dates_of_plan(plan=plan.pk, moment=as_of.moment)
        return due_dates_of_tasks(items=tasks, moment=as_of.moment)

    return readings.part("due dates", read)


def standings(
    readings: Readings, plan: Plan, as_of: AsOf, period: ReportingPeriod | None, due: DueDates | None = None
) -> dict[int, list[Standing]]:
    """By task, in the notice's order, the standings of its assignments in force, agencies in order.

    With what they owe in the period. `due` are the due dates of all tasks, from a caller who has read them.
    """

    def read(tasks: Collection[int] | None) -> Iterable[tuple[int, tuple[float, list[Standing]]]]:
        terms = period.terms_at(as_of.moment) if period else None
        asked: dict[str, Any] = {
            "moment": as_of.moment,
            "period": terms and terms.period,
            "closing": terms and terms.closing,
            "has_period": terms is not None,
            "assists": terms is not None and terms.assists,
        }
        if tasks is None and due is None:
            rows = standings_of_plan(plan=plan.pk, **asked)
        else:
            keys = due if tasks is None else tasks
            due_on = due or dict(due_dates_of_tasks(items=keys, moment=as_of.moment))
            rows = [(*row, due_on[row[2]]) for row in standings_of_tasks(items=keys, **asked)]
        by_task: dict[int, tuple[float, list[Standing]]] = {}
        columns = (row[1:] for row in rows)
        for (place, *_), standing in zip(rows, standings_from_rows(columns, plan, as_of.day), strict=True):
            by_task.setdefault(standing.item_id, (place, []))[1].append(standing)
        return by_task.items()

    name = f"standings {period.pk if period else ''}"

    known = readings.part(name, read)

    def in_order() -> dict[int, list[Standing]]:
        return {task: known[task][1] for task in sorted(known, key=lambda task: known[task][0])}

    return readings.derived(name, in_order, known)


def reports(readings: Readings, as_of: AsOf, periods: Sequence[ReportingPeriod]) -> dict[int, list[tuple[int, Filed]]]:
    """By task, newest first: every report of the last of these periods, and of the earlier ones those that wait.

    Each with the section of its task; also of tasks that were split or merged since.
    """

    def read(tasks: Collection[int] | None) -> Iterable[tuple[int, list[tuple[int, Filed]]]]:
        by_task: dict[int, list[tuple[int, Filed]]] = defaultdict(list)
        for task, section, report in reports_by_task(periods, as_of.moment, tasks):
            by_task[task].append((section, report))
        return by_task.items()

    return readings.part("reports", read)
