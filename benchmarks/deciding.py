"""Measures what it takes to decide a day's reminders, and to write them down, with a tenth of the load and with all.

    python -m benchmarks.deciding

500 agencies; 2,000 tasks, then 20,000. Each figure comes from a process of its own, so that its peak of memory is its
own; what is written is undone. README.md has the latest table.
"""

import argparse
import json
import os
import resource
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.environment import set_up_django
from benchmarks.servers import LOAD_DATABASE, database, run, services

TENTH_DATABASE, TENTH_PLANS = "qa_plan_benchmark_tenth", 4
DAYS = {
    "2016-10-12": "an ordinary day",
    "2016-10-17": "reports are overdue since the day before",
    "2017-01-03": "what was due at the end of the year is overdue, 95 % of all",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.deciding")
    parser.add_argument("--measure", nargs=2, metavar=("WHAT", "DAY"), help="one figure, in a process of its own")
    options = parser.parse_args()
    if options.measure:
        what, day = options.measure
        print(json.dumps(measured(what, date.fromisoformat(day))))
        return
    with services() as (server, queue):
        tenth, whole = database(server, TENTH_DATABASE), database(server, LOAD_DATABASE)
        run(tenth, queue, "-m", "benchmarks.load", "--plans", str(TENTH_PLANS))
        run(whole, queue, "-m", "benchmarks.load")
        print("| day | | tasks | reminders | queries | CPU s: Python | PostgreSQL | seconds | peak MB |")
        print("| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
        for day, meaning in DAYS.items():
            for what in ("decide", "write"):
                for url in (tenth, whole):
                    found = json.loads(run(url, queue, "-m", "benchmarks.deciding", "--measure", what, day))
                    print(f"| {day}: {meaning} | {what} | {row(found)} |", flush=True)


def row(found: dict[str, float]) -> str:
    counts = f"{found['tasks']:,} | {found['reminders']:,} | {found['queries']}"
    return f"{counts} | {found['cpu']:.2f} | {found['server']:.2f} | {found['seconds']:.2f} | {found['peak']:.0f}"


def measured(what: str, day: date) -> dict[str, float]:
    set_up_django()
    from django.db import connection, transaction

    from tasks.models import ActionItem
    from tasks.reminders.deciding import due_on, moment_of
    from tasks.reminders.sweeping import plan_day

    queries = 0

    def count(execute: Callable[..., Any], *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    tasks = ActionItem.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = cursor.fetchone()[0]
    with transaction.atomic(), connection.execute_wrapper(count):
        started, cpu, server_cpu = time.perf_counter(), time.process_time(), cpu_of(server)
        if what == "decide":
            reminders = sum(1 for _ in due_on(day))
        else:
            sweep = plan_day(day, at=moment_of(day))
            reminders = sweep.counts["reminders"] if sweep else 0
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
        server_cpu = cpu_of(server) - server_cpu
        transaction.set_rollback(True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "tasks": tasks,
        "reminders": reminders,
        "queries": queries,
        "seconds": seconds,
        "cpu": cpu,
        "server": server_cpu,
        "peak": peak,
    }


def cpu_of(pid: int) -> float:
    """How many seconds a process of this machine has used the processor: other work counts on a clock, not here."""
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
