"""Measures what three levels cost: a day's reminders over all of them, and the quarter's package with its cities.

    python -m benchmarks.levels

The load: beside sixty plans a notice with 16 cities, two directly governed counties and 105 counties of the cities
below it, some 2,000 local tasks. Each figure comes from a process of its own. README.md has the latest table.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from benchmarks.deciding import cpu_of
from benchmarks.environment import set_up_django
from benchmarks.servers import LOAD_DATABASE, database, run, services

DAYS = ("2016-10-12", "2016-10-17", "2017-01-03")
PERIOD = "2016Q3"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.levels")
    parser.add_argument("--measure", metavar="WHAT", help="a day, or `package`, in a process of its own")
    parser.add_argument("--plans", type=int, default=60, help="made-up plans of the load, 1 for a first look")
    options = parser.parse_args()
    if options.measure:
        set_up_django()
        found = package() if options.measure == "package" else reminders(date.fromisoformat(options.measure))
        print(json.dumps(found, ensure_ascii=False))
        return
    with services() as (server, queue):
        load = database(server, LOAD_DATABASE)
        run(load, queue, "-m", "benchmarks.load", "--plans", str(options.plans))
        print("| what | | CPU s: Python | PostgreSQL | seconds |")
        print("| --- | --- | ---: | ---: | ---: |")
        for what in (*DAYS, "package"):
            for row in json.loads(run(load, queue, "-m", "benchmarks.levels", "--measure", what)):
                figures = " | ".join(f"{row[name]:.2f}" for name in ("cpu", "server", "seconds"))
                print(f"| {row['what']} | {row['of']} | {figures} |", flush=True)


def reminders(day: date) -> list[dict[str, Any]]:
    """All that every rule asks for on that day, in every office."""
    from agencies.models import Agency
    from tasks.reminders.deciding import due_on

    rows: list[dict[str, Any]] = []
    local = set(Agency.objects.filter(office__isnull=False).values_list("pk", flat=True))
    with measured(rows, f"reminders of {day}"):
        found = [due.subject.agency_id in local for due in due_on(day)]
    rows[0]["of"] = f"{len(found):,}, of them {sum(found):,} in cities and counties"
    return rows


def package() -> list[dict[str, Any]]:
    """The notice's quarter, from its facts to both files, with all that lies below it."""
    from qa_plan import clock
    from reports.briefing import build_briefing
    from reports.quarter import Definition, take_snapshot
    from reports.quarter.book import build_workbook
    from tasks.models import Plan

    rows: list[dict[str, Any]] = []
    plan = Plan.objects.filter(office=None, local_plans__isnull=False).distinct().get()
    definition = Definition(plans=(plan.slug,), period=PERIOD, as_of=clock.now())
    with measured(rows, "package: facts"):
        snapshot = take_snapshot(definition)
    with measured(rows, "package: workbook"):
        book = build_workbook(snapshot)
    with measured(rows, "package: briefing"):
        briefing = build_briefing(snapshot, {}, "统筹办公室")
    for row, size in zip(rows, (0, len(book), len(briefing)), strict=True):
        row["of"] = f"{size / 1000:,.0f} kB" if size else f"{plan.local_plans.count()} local plans under it"
    return rows


@contextmanager
def measured(rows: list[dict[str, Any]], what: str) -> Iterator[None]:
    """Adds a row with the time that the block takes here, in this connection's server process, and by the clock."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = cursor.fetchone()[0]
    row = {"what": what, "of": ""}
    rows.append(row)
    clocks: list[Callable[[], float]] = [time.process_time, lambda: cpu_of(server), time.perf_counter]
    before = [clock() for clock in clocks]
    yield
    after = [clock() for clock in clocks]
    row |= {name: end - begin for name, begin, end in zip(("cpu", "server", "seconds"), before, after, strict=True)}


if __name__ == "__main__":
    main()
