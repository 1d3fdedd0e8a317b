"""All agencies file at the same moment, each in a process of its own: is everything acknowledged there, and once?

    python -m benchmarks.rush [--agencies 50] [--reports 3] [--on postgresql sqlite]

Every process goes through the whole product, from the middleware to the database, and presses each button twice, as
impatient people do. Needs no preparation; exits with an error when a report is missing or doubled, or the record of
changes is broken.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from benchmarks.environment import ROOT, environment
from benchmarks.servers import database, services

ENGINES = ("postgresql", "sqlite")
DATABASE = "qa_plan_benchmark_rush"
CODE = "2016Q3"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rush")
    parser.add_argument("--agencies", type=int, default=50)
    parser.add_argument("--reports", type=int, default=3, help="of each agency")
    parser.add_argument("--on", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        migrated()
        sys.exit(rush(options.agencies, options.reports))
    failed = False
    for engine in options.on:
        with tempfile.TemporaryDirectory(prefix="qa-plan-rush-") as folder:
            failed |= run(engine, Path(folder), options) != 0
    sys.exit(failed)


def run(engine: str, folder: Path, options: argparse.Namespace) -> int:
    """On a new database of that kind, in a process that knows only this one."""
    if engine == "sqlite":
        return run_on(f"sqlite:///{folder / 'rush.sqlite3'}", folder, options)
    with services() as (server, _):
        return run_on(database(server, f"{DATABASE}_{os.getpid()}"), folder, options)


def run_on(url: str, folder: Path, options: argparse.Namespace) -> int:
    (folder / "static").mkdir(exist_ok=True)
    known = environment(url, REDIS_URL="redis://127.0.0.1:1", QA_PLAN_VAR=str(folder), QA_PLAN_DEMO="0")
    numbers = ["--agencies", str(options.agencies), "--reports", str(options.reports)]
    return subprocess.run([sys.executable, "-m", "benchmarks.rush", "--here", *numbers], cwd=ROOT, env=known).returncode


def migrated() -> None:
    """Makes this process the product, and the new database its own."""
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def rush(agencies: int, reports: int) -> int:
    """In the empty database builds a plan, lets every agency's process go at once, and looks at what is there then."""
    from django.db import connection, connections
    from django.test import Client

    tasks = build(agencies, reports)
    Client(SERVER_NAME="127.0.0.1").get("/my/")  # loads the product, which the processes then share
    connections.close_all()
    context = multiprocessing.get_context("fork")
    start, answers = context.Barrier(agencies + 1), context.Queue()
    processes = [context.Process(target=file_all, args=(*task, start, answers)) for task in tasks]
    for process in processes:
        process.start()
    start.wait(120)
    begun = time.perf_counter()
    said = [answer for _ in processes for answer in answers.get(timeout=300)]
    seconds = time.perf_counter() - begun
    for process in processes:
        process.join()
    print(f"{connection.vendor}: {agencies} processes, {len(said)} presses in {seconds:.1f} s", end="; ")
    return judge(said, agencies * reports)


def build(agencies: int, reports: int) -> list[tuple[int, list[int]]]:
    """For each agency its liaison and its assignments, by key."""
    from tests.support.factories import make_agency, make_assignment, make_item, make_period, make_plan, make_user

    plan = make_plan()
    make_period(plan, CODE)
    items = [make_item(plan) for _ in range(reports)]
    tasks = []
    for _ in range(agencies):
        agency = make_agency()
        liaison = make_user(role="liaison", agency=agency)
        tasks.append((liaison.pk, [make_assignment(item, agency).pk for item in items]))
    return tasks


def file_all(liaison: int, assignments: list[int], start, answers) -> None:
    """One agency's process: each report is filed by two presses of the same form; what each press was answered."""
    from django.db import connection
    from django.test import Client

    from agencies.models import User

    client = Client(SERVER_NAME="127.0.0.1", raise_request_exception=False, headers={"HX-Request": "true"})
    client.force_login(User.objects.get(pk=liaison))
    start.wait(120)
    said = []
    for assignment in assignments:
        typed = {"period": CODE, "basis": "0-0", "percent": "80", "progress": f"单位{liaison}办结12件事。"}
        for _ in range(2):
            answer = client.post(f"/my/{assignment}/", {**typed, "action": "submit"})
            said.append((assignment, answer.status_code))
    connection.close()
    answers.put(said)


def judge(said: list[tuple[int, int]], expected: int) -> int:
    """0 where every acknowledged report is there once, no other is, and the record of changes holds."""
    from agencies.changes import verify
    from agencies.models import Change
    from tasks.models import ProgressReport

    acknowledged = Counter(assignment for assignment, status in said if status == 204)
    stored = Counter(ProgressReport.objects.values_list("assignment", flat=True))
    statuses = Counter(status for _, status in said)
    noted = Change.objects.filter(action="报送").count()
    counts = f"{len(acknowledged)} acknowledged, {sum(stored.values())} stored, {noted} on record"
    print(f"answers {dict(sorted(statuses.items()))}; {counts}", flush=True)
    holds = set(acknowledged) == set(stored) and len(stored) == expected == noted and set(stored.values()) == {1}
    return 0 if holds and not verify().problem else 1


if __name__ == "__main__":
    main()
