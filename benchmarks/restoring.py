"""The large drill: 20,000 tasks and their files are backed up while people write, destroyed, and restored elsewhere.

    python -m benchmarks.restoring [--on sqlite] [--plans 60] [--files 2000] [--writers 4]

Prints how long each step took. It fails where anything that was acknowledged before the backup began is missing
afterwards, where a record doesn't hold, or a file isn't as it was.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

from benchmarks.environment import ROOT, VAR, environment
from benchmarks.servers import database
from tests.services import postgres

SIZE = 200_000  # bytes of a file
Places = tuple[dict[str, str], dict[str, str], Callable[[], None]]  # here, there, and what destroys the first


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.restoring")
    parser.add_argument("--plans", type=int, default=60, help="made-up plans: the first has 1,000 tasks, others 322")
    parser.add_argument("--files", type=int, default=2000, help="evidence of 200 KB each")
    parser.add_argument("--writers", type=int, default=4, help="people who go on working, one deed after the other")
    parser.add_argument("--on", choices=("postgresql", "sqlite"), default="postgresql")
    parser.add_argument("--at-work", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.at_work:
        work(options.at_work, options.files, options.writers)
    else:
        with tempfile.TemporaryDirectory(prefix="qa-plan-drill-", ignore_cleanup_errors=True) as name:
            places = on_sqlite if options.on == "sqlite" else on_postgresql
            with places(Path(name)) as (here, there, destroy):
                drill(Path(name), here, there, destroy, options)


@contextmanager
def on_postgresql(folder: Path) -> Iterator[Places]:
    with postgres.cluster() as cluster, cluster.running():
        programs = str(Path(cluster.command[0]).parent)
        here, there = (
            environment(database(cluster.url, which), REDIS_URL="", QA_PLAN_VAR=str(folder / which), PG_BIN=programs)
            for which in ("here", "there")
        )

        def destroy() -> None:
            with closing(psycopg2.connect(cluster.url)) as connection:
                connection.autocommit = True
                connection.cursor().execute("DROP DATABASE here WITH (FORCE)")

        yield here, there, destroy


@contextmanager
def on_sqlite(folder: Path) -> Iterator[Places]:
    files = [folder / which / "demo.sqlite3" for which in ("here", "there")]
    for file in files:
        file.parent.mkdir()
    here, there = (environment(f"sqlite:///{file}", REDIS_URL="", QA_PLAN_VAR=str(file.parent)) for file in files)

    def destroy() -> None:
        for file in files[0].parent.glob("demo.sqlite3*"):
            file.unlink()

    yield here, there, destroy


def drill(
    folder: Path,
    here: dict[str, str],
    there: dict[str, str],
    destroy: Callable[[], None],
    options: argparse.Namespace,
) -> None:
    timed("fill", here, "-m", "benchmarks.load", "--plans", str(options.plans), migrate=True)
    shutil.copytree(VAR / "demo-media", folder / "here" / "demo-media")  # the load has a place of its own
    backups = folder / "backups"
    work_ = ["-m", "benchmarks.restoring", "--at-work", str(backups), "--files", str(options.files)]
    told = json.loads(timed("files, and backup", here, *work_, "--writers", str(options.writers)).splitlines()[-1])
    [archive] = backups.glob("*.tar")
    print(f"backup alone: {told['seconds']:.0f} s, {archive.stat().st_size / 1024**2:,.0f} MB", flush=True)
    destroy()
    if told["after"] == told["before"]:
        sys.exit("Nobody wrote while it was backed up: nothing was shown.")
    restored = timed("restore and verify", there, "manage.py", "restore", str(backups))
    count = int(re.search(r"变更记录共(\d+)行", restored)[1])
    print(restored)
    print(f"acknowledged before the backup {told['before']}, restored {count}, after it {told['after']}")
    if not told["before"] <= count <= told["after"]:
        sys.exit("Something that was acknowledged before the backup is lost.")


def timed(what: str, place: dict[str, str], *arguments: str, migrate: bool = False) -> str:
    began = time.monotonic()
    for command in ([["manage.py", "migrate", "-v0"]] if migrate else []) + [list(arguments)]:
        run = subprocess.run([sys.executable, *command], cwd=ROOT, env=place, stdout=subprocess.PIPE, text=True)
        if run.returncode:
            sys.exit(f"{what}: {command} ended with {run.returncode}.")
    print(f"{what}: {time.monotonic() - began:.0f} s", flush=True)
    return run.stdout


def work(backups: Path, files: int, writers: int) -> None:
    """Within the installation: stores the files, and backs up while its people write."""
    import django

    django.setup()
    from django.core.management import call_command

    from agencies.models import ChangeChain, User
    from tasks.models import Assignment
    from tests.support.drill import Writing
    from tests.support.factories import ISSUED
    from tests.support.uploads import PDF, kept

    person, assignment = User.objects.order_by("pk").first(), Assignment.objects.order_by("pk").first()
    for number in range(files):
        head, rest = PDF[:9], PDF[9:]
        data = b"%s%%%s\n%s" % (head, os.urandom(SIZE // 2).hex().encode(), rest)
        kept(assignment, person, at=ISSUED, name=f"{number}.pdf", data=data)
    writing = [Writing(person) for _ in range(writers)]
    for each in writing:
        each.thread.start()
        each.has_begun.wait(60)
    before, began = ChangeChain.objects.get(pk=1).count, time.monotonic()
    call_command("backup", backups, stdout=sys.stderr)
    seconds = time.monotonic() - began
    if not all(each.thread.is_alive() for each in writing):
        sys.exit("Somebody could not go on writing while it was backed up.")
    for each in writing:
        each.is_over.set()
        each.thread.join()
    print(json.dumps({"before": before, "after": ChangeChain.objects.get(pk=1).count, "seconds": seconds}))


if __name__ == "__main__":
    main()
