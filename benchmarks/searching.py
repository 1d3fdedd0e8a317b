"""How long the search takes, with 200,000 reports or fewer, on PostgreSQL and on SQLite.

    DATABASE_URL=postgres://… python -m benchmarks.searching [--plans 60] [--sqlite FILE]

Fills the database that DATABASE_URL names where it is empty: 60 plans have 200,000 reports, 6 have 26,000. With
`--sqlite` its rows are copied into that file, unless it is there, and sought there. The page asks eight kinds of things
one after the other, here as a coordinator, who sees all. Exits with an error where two words take over a second.
"""

import argparse
import os
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.environment import ROOT, environment, set_up_django

ROUNDS, BATCH = 5, 2000
LONGEST = 1.0  # seconds, for two words
SOUGHT = {
    "two that many reports hold": "质量攻关 培训",
    "two that few hold together": "宣城 137家",
    "two that none holds": "飞船 发射",
    "one sign alone": "省",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.searching")
    parser.add_argument("--plans", type=int, default=60, help="made-up plans, where the database is still empty")
    parser.add_argument("--sqlite", type=Path, help="a file that gets a copy, and is searched instead")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        import django

        django.setup()
        sys.exit(measure())
    set_up_django()
    from benchmarks.filling import fill_all

    fill_all(options.plans)
    if options.sqlite is None:
        sys.exit(measure())
    known = environment(f"sqlite:///{options.sqlite.resolve()}", REDIS_URL=os.environ.get("REDIS_URL", ""))
    if not options.sqlite.exists():
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=known, check=True)
        copy_to(options.sqlite)
    sys.exit(subprocess.run([sys.executable, "-m", "benchmarks.searching", "--here"], cwd=ROOT, env=known).returncode)


def copy_to(file: Path) -> None:
    """Every row of ours; what the migrations wrote there is there already."""
    from django.apps import apps
    from django.db import connections

    engine: dict[str, Any] = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(file), "OPTIONS": {}}
    connections.settings["copy"] = connections.settings["default"] | engine
    with connections["copy"].constraint_checks_disabled():
        for model in apps.get_models(include_auto_created=True):
            if model._meta.app_label not in ("agencies", "tasks", "reports"):
                continue
            rows = model._base_manager.order_by("pk").iterator(BATCH)
            while batch := list(islice(rows, BATCH)):
                model._base_manager.using("copy").bulk_create(batch, ignore_conflicts=True)
    with connections["copy"].cursor() as cursor:
        cursor.execute("ANALYZE")
    connections["copy"].close()


def measure() -> int:
    """Prints a line for each; 1 where one was too slow."""
    from django.db import connection

    from agencies.models import User
    from tasks.models import ProgressReport

    print(f"{connection.vendor}, {ProgressReport.objects.count():,} reports")
    person, is_slow = User.objects.get(username="coordinator"), False
    for what, typed in SOUGHT.items():
        seconds, found = measured(person, typed)
        is_slow |= seconds > LONGEST and " " in typed
        print(f"| {what}: {typed} | {seconds:.2f} | {found} |", flush=True)
    return int(is_slow)


def measured(person: Any, typed: str) -> tuple[float, str]:
    """The median of some rounds, after one that warms up; and of which kinds there was something."""
    from qa_plan import clock
    from tasks.pages.search.page import SearchPage

    times = []
    for _ in range(ROUNDS + 1):
        start = time.perf_counter()
        page = SearchPage(person, typed, "", 1, clock.now())
        times.append(time.perf_counter() - start)
    return median(times[1:]), "、".join(of.kind.name for of in page.results) or "nothing"


if __name__ == "__main__":
    main()
