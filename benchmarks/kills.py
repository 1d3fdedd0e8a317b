"""A Celery worker is killed at random points of a package's build: is there always a complete set of files, or none?

    python -m benchmarks.kills [--kills 20] [--seed 1]

On the demonstration as `make run` starts it: SQLite and a queue of files. Each kill is SIGKILL to the whole worker,
somewhere between its claim of the package and the time that a build takes. Then its lease is let run out (its end is
set to the past, instead of waiting for 90 seconds) and a new worker does its round. Exits with an error when a set is
incomplete, a file isn't what its row says, the next try fails, or something is left in the storage.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta

from benchmarks.environment import ROOT, environment

LONGEST = 60.0  # seconds that anything here may take


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kills")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        sys.exit(kill_all(options.kills, random.Random(options.seed)))
    with tempfile.TemporaryDirectory(prefix="qa-plan-kills-") as folder:
        known = environment(f"sqlite:///{folder}/demo.sqlite3", REDIS_URL="", QA_PLAN_VAR=folder)
        for command in ("migrate -v0", "load_demo"):
            subprocess.run([sys.executable, "manage.py", *command.split()], cwd=ROOT, env=known, check=True)
        arguments = ["--here", "--kills", str(options.kills), "--seed", str(options.seed)]
        sys.exit(subprocess.run([sys.executable, "-m", "benchmarks.kills", *arguments], cwd=ROOT, env=known).returncode)


class Worker:
    """A Celery worker in a process group of its own."""

    def __init__(self) -> None:
        from qa_plan.management.commands.run import WITH_FILES

        options = f"-m celery -A qa_plan -q worker --loglevel ERROR --concurrency 1 {WITH_FILES}"
        quiet = subprocess.DEVNULL
        command = [sys.executable, *options.split()]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet, start_new_session=True)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def kill_all(kills: int, chance: random.Random) -> int:
    import django

    django.setup()
    from reports.jobs import build_package, tend_packages
    from reports.models import Build

    worker = Worker()
    takes = timed(ask(0))
    print(f"one build takes {takes:.2f} s in the worker", flush=True)
    faults, finished, stages = 0, 0, []
    for number in range(1, kills + 1):
        package = ask(number)
        row = Build.objects.filter(package=package)
        build_package.delay(package)
        wait_for(lambda row=row: row.exclude(state=Build.State.QUEUED).exists())
        time.sleep(takes * chance.random())
        worker.kill()
        stages.append(row.values_list("stage", flat=True).get() or "结束")
        before = judge(package)
        finished += before is True
        row.filter(state=Build.State.BUILDING).update(lease_until="2000-01-01T00:00:00Z")
        worker = Worker()
        tend_packages.delay()
        wait_for(lambda row=row: row.filter(state__in=(Build.State.DONE, Build.State.FAILED)).exists())
        after = judge(package)
        faults += before is None or after is not True
    worker.kill()
    swept, left = sweep()
    print(f"{kills} kills, of them {finished} after the build was complete; killed during: {said(stages)}")
    print(f"afterwards complete: {kills - faults} of {kills}; half-written files swept: {swept}, left: {left}")
    return 1 if faults or left else 0


def ask(number: int) -> int:
    """A package of a day of its own."""
    from agencies.models import User
    from qa_plan import clock
    from reports.packages.asking import request_package
    from tasks.models import Plan

    by, plans = User.objects.get(username="coordinator"), list(Plan.objects.all())
    day = date(2016, 10, 10) - timedelta(days=number % 20)
    period = "2016Q3" if number < 20 else "2016"
    return request_package(plans=plans, period=period, day=day, by=by, at=clock.now()).pk


def timed(package: int) -> float:
    """Seconds from the claim to the end."""
    from reports.jobs import build_package
    from reports.models import Build

    row = Build.objects.filter(package=package)
    build_package.delay(package)
    wait_for(lambda: row.exclude(state=Build.State.QUEUED).exists())
    start = time.perf_counter()
    wait_for(lambda: row.filter(state=Build.State.DONE).exists())
    return time.perf_counter() - start


def judge(package: int) -> bool | None:
    """True for a complete set of whole files, False where there is none, None for anything in between."""
    from reports.models import Build, Edition
    from reports.packages.files import PARTS
    from reports.packages.keeping import is_whole

    edition = Edition.objects.filter(package=package).first()
    is_done = Build.objects.get(package=package).state == Build.State.DONE
    if edition is None:
        return None if is_done else False
    files = list(edition.files.select_related("blob"))
    is_complete = {file.kind for file in files} == {part.kind for part in PARTS}
    return True if is_done and is_complete and all(is_whole(file.blob) for file in files) else None


def sweep() -> tuple[int, int]:
    """How many files were left half-written, as found an hour later, and how many still are after the sweep."""
    from django.utils import timezone

    from reports.packages.keeping import discard, left_over

    soon = timezone.now() + timedelta(seconds=5)
    found = list(left_over(soon))
    for name in found:
        discard(name)
    return len(found), len(list(left_over(soon)))


def said(stages: list[str]) -> str:
    return "、".join(f"{stage} {stages.count(stage)}" for stage in dict.fromkeys(stages))


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.perf_counter() + LONGEST
    while not condition():
        if time.perf_counter() > deadline:
            sys.exit("The worker did not do it in time.")
        time.sleep(0.005)


if __name__ == "__main__":
    main()
