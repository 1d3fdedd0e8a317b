"""A year of the notice's plan, swept by command day by day; and again with days missed: is everybody told the same?

    python -m benchmarks.simulation [--seeds 1 2 3]

From 24 May 2016, the demonstration's story and, after it, an invented fourth quarter. Every run starts from the same
database (SQLite, in a folder of its own) and calls `send_reminders --on` for each of the 365 days that it doesn't miss,
for some of them twice. Exits with an error when the sets of (person, subject, stage) differ, when anything was told
twice, or when a digest stayed unsent. README.md has the latest figures.
"""

import argparse
import io
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

FIRST, DAYS = date(2016, 5, 24), 365
LAST = FIRST + timedelta(days=DAYS - 1)
STORY_ENDS = date(2016, 10, 12)
BETWEEN = [FIRST + timedelta(days=n) for n in range(1, DAYS - 1)]
Told = set[tuple[str, str, str]]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    options = parser.parse_args()
    with product() as database:
        load()
        kept = database.with_suffix(".kept")
        shutil.copy(database, kept)
        expected = swept("every day", [], kept, database)
        for seed in options.seeds:
            missed = days_missed(Random(seed))
            found = swept(f"{len(missed)} days missed (seed {seed})", missed, kept, database)
            if found != expected:
                sys.exit(f"Told with every day swept alone: {expected - found}; with gaps alone: {found - expected}.")
        print("Everybody was told the same.")


def days_missed(chance: Random) -> list[date]:
    """Single days, a third of all, and three weeks on end."""
    start = chance.randrange(len(BETWEEN) - 21)
    return sorted({*chance.sample(BETWEEN, len(BETWEEN) // 3), *BETWEEN[start : start + 21]})


@contextmanager
def product() -> Iterator[Path]:
    """This process is a demonstration that stands on the year's last day, in a folder that goes away."""
    with tempfile.TemporaryDirectory(prefix="qa-plan-year-") as folder:
        for name in ("DATABASE_URL", "REDIS_URL"):
            os.environ.pop(name, None)
        os.environ.update(QA_PLAN_VAR=folder, QA_PLAN_DEMO="1", QA_PLAN_TODAY=f"{LAST + timedelta(days=1)}")
        os.environ["DJANGO_SETTINGS_MODULE"] = "qa_plan.settings"
        import django

        django.setup()
        from django.conf import settings

        yield Path(settings.DATABASES["default"]["NAME"])


def load() -> None:
    from django.core.management import call_command
    from django.db import connection, transaction

    from tasks.demo import playing as demo
    from tasks.workflow.daily import daily_round

    call_command("migrate", verbosity=0)
    demo.REMINDED = ()  # the year begins with nobody told of anything
    demo.load_demo(on=STORY_ENDS)
    list(daily_round(LAST))
    with transaction.atomic():
        fourth_quarter(Random(76))
    connection.close()


def fourth_quarter(chance: Random) -> None:
    """From November to May: reports, reviews, extensions, urges, requests and closures on invented days."""
    from qa_plan.clock import at
    from tasks.models import (
        AgencyRequest,
        Assignment,
        Closure,
        Decision,
        ItemRevision,
        ProgressReport,
        ReportingPeriod,
        Review,
        Urge,
        UrgeReply,
    )

    def moment(first: date, last: date) -> Any:
        day = first + timedelta(days=chance.randrange((last - first).days))
        return at(day) + timedelta(minutes=chance.randrange(8 * 60, 18 * 60))

    period = ReportingPeriod.objects.get(code="2016Q4")
    for number, lead in enumerate(Assignment.objects.filter(role="lead").select_related("item").order_by("pk"), 1):
        if chance.random() < 0.2:
            due_on = date(2017, chance.randrange(1, 5), chance.randrange(1, 28))
            learned = moment(date(2016, 11, 1), LAST)
            ItemRevision.objects.create(item=lead.item, due_on=due_on, reason="顺延", recorded_at=learned)
        if chance.random() < 0.8:
            filed, reviewed = sorted(moment(date(2016, 12, 20), date(2017, 2, 20)) for _ in range(2))
            verdict = chance.choice(["accepted", "accepted", "sent_back"])
            report = ProgressReport.objects.create(
                assignment=lead, period=period, percent=100, progress="完成。", recorded_at=filed, settled_at=reviewed
            )
            Review.objects.create(report=report, verdict=verdict, comment="请核实。", recorded_at=reviewed)
        if chance.random() < 0.3:
            asked, decided = sorted(moment(date(2016, 12, 1), date(2017, 3, 1)) for _ in range(2))
            request = AgencyRequest.objects.create(assignment=lead, kind="completion", reason="完成", recorded_at=asked)
            Decision.objects.create(request=request, is_granted=False, comment="材料不全", recorded_at=decided)
        if chance.random() < 0.3:
            sent, answered = sorted(moment(date(2016, 12, 1), date(2017, 5, 1)) for _ in range(2))
            reply_by = sent.date() + timedelta(days=5)
            urge = Urge.objects.create(
                year=2099, number=number, agency=lead.agency, text="请抓紧", reply_by=reply_by, recorded_at=sent
            )
            UrgeReply.objects.create(urge=urge, text="正在办理", recorded_at=answered)
        if chance.random() < 0.6:
            ended = moment(date(2017, 1, 1), LAST)
            Closure.objects.create(assignment=lead, kind="closed", reason="完成", recorded_at=ended)


def swept(name: str, missed: list[date], kept: Path, database: Path) -> Told:
    """What was told in a year in which these days were missed; printed with its figures."""
    from django.core.management import call_command
    from django.db import connection

    from tasks.models import Delivery, Digest, Reminder

    connection.close()
    shutil.copy(kept, database)
    started = time.process_time()
    for number, day in enumerate([FIRST, *BETWEEN, LAST]):
        if day not in missed:
            for _ in range(1 + (number % 10 == 0)):
                call_command("send_reminders", on=day, stdout=io.StringIO())
    columns = ("recipient__username", "subject", "stage", "anchor", "rule__repeats")
    rows = list(Reminder.objects.values_list(*columns))
    once = [row[:4] for row in rows if not row[4]]
    unsent = Delivery.objects.exclude(state="sent").count()
    made_good = Digest.objects.exclude(missed_since=None).count()
    figures = f"{len(rows):,} reminders in {Digest.objects.count():,} digests, {made_good} of them for missed days"
    told = {row[:3] for row in rows}
    print(f"{name}: {len(told):,} told; {figures}; {time.process_time() - started:.0f} s.", flush=True)
    if unsent or len(once) != len(set(once)):
        sys.exit(f"{unsent} digests unsent, {len(once) - len(set(once))} stages told twice.")
    return told


if __name__ == "__main__":
    main()
