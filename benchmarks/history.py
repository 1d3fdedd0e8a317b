"""Measures what the same pages cost with two years and with seven of the same plan: none may cost more for its past.

    python -m benchmarks.history [--years 5]

The load with one made-up plan of 1,000 tasks, whose every assignment has four reports a year, each reviewed, accepted
and told to its liaison, every day a snapshot and every task a change of its light in each quarter. Each page is read
alone, once with nothing kept and then again, before and after the further years. Ratios within this run, by the middle
of the times. Exits with an error where a page takes more than half as long again. README.md has the table.
"""

import argparse
import json
import sys
import time
from datetime import date, timedelta
from statistics import median

from benchmarks.environment import set_up_django
from benchmarks.servers import database, run, services

DATABASE = "qa_plan_benchmark_history"
BEFORE = 2  # years
TIMES = 15
MOST = 1.5
NOT_COMPARED = ("stock admin, 100 rows", "filing a report")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history")
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        set_up_django()
        add_history(date(2016, 1, 1), BEFORE)
        json.dump([costs(), add_history(date(2016 - BEFORE, 1, 1), options.years), costs()], sys.stdout)
        return
    with services() as (server, queue):
        load = database(server, DATABASE)
        run(load, queue, "-m", "benchmarks.load", "--plans", "1")
        told = run(load, queue, "-m", "benchmarks.history", "--here", f"--years={options.years}")
    before, reports, after = json.loads(told)
    print(f"{reports[0]:,} reports, then {reports[1]:,}")
    print("| page | anew: before, ms | after | × | kept: before | after | × |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    worst = 0.0
    for page, was in before.items():
        ratios = [now / then for then, now in zip(was, after[page], strict=True)]
        worst = max(worst, *ratios)
        cells = (f"{was[at]:.1f} | {after[page][at]:.1f} | {ratios[at]:.2f}" for at in (0, 1))
        print(f"| {page} | {' | '.join(cells)} |")
    if worst > MOST:
        sys.exit(f"A page takes {worst:.1f} times as long as with less behind it.")


def costs() -> dict[str, tuple[float, float]]:
    """By page the milliseconds that it takes read anew, and with what the process keeps.

    All pages take turns, so that whatever else the machine does hits all alike.
    """
    from django.conf import settings
    from django.test import Client

    from agencies.models import User
    from benchmarks.catalogue import catalogue
    from reports.dashboard import overview_cache
    from tasks.standing import pending

    clients: dict[str, Client] = {}
    found: dict[str, tuple[list[float], list[float]]] = {}
    pages = [page for page in catalogue().pages if page.name not in NOT_COMPARED]
    for _ in range(TIMES):
        for page in pages:
            if page.visitor not in clients:
                clients[page.visitor] = Client(headers={"host": "127.0.0.1"})
                if page.visitor:
                    person = User.objects.get(username=page.visitor)
                    clients[page.visitor].force_login(person, settings.AUTHENTICATION_BACKENDS[-1])
            anew, kept = found.setdefault(f"{page.name}, {page.of}", ([], []))
            overview_cache.clear()
            pending.forget()
            for times in (anew, kept):
                began = time.perf_counter()
                clients[page.visitor].get(page.path)
                times.append(1000 * (time.perf_counter() - began))
    return {page: (median(anew), median(kept)) for page, (anew, kept) in found.items()}


def add_history(until: date, years: int) -> tuple[int, int]:
    """So many years before that day, with all that the assignments said; how many reports there were, and are."""
    from django.db import connection

    from agencies.models import User
    from benchmarks.filling import LARGE_PLAN
    from benchmarks.rows import Rows
    from qa_plan.clock import at
    from tasks.models import (
        AcceptedProgress,
        Assignment,
        DailySnapshot,
        LightChange,
        Message,
        Plan,
        ProgressReport,
        ReportingPeriod,
        Review,
    )
    from tasks.rules.periods import period_of
    from tasks.rules.status import Light

    counted = ProgressReport.objects.count()
    rows, plan = Rows(), Plan.objects.get(slug=LARGE_PLAN)
    items = list(plan.items.all())
    assignments = list(Assignment.objects.filter(item__plan=plan, ended_at=None))
    liaisons = dict(User.objects.filter(agency__isnull=False).values_list("agency", "pk"))
    quarters = [(until.year - back, number) for back in range(1, years + 1) for number in range(1, 5)]
    for year, number in quarters:
        quarter = period_of(f"{year}Q{number}", filing_day=plan.filing_day, overrides={})
        days = {name: getattr(quarter, name) for name in ("starts_on", "ends_on", "opens_on", "due_on")}
        period = rows.add(ReportingPeriod(plan=plan, code=quarter.code, **days))
        filed, reviewed = (at(period.due_on - timedelta(days=days)) for days in (3, 1))
        for assignment in assignments:
            by = liaisons[assignment.agency_id]
            report = rows.add(
                ProgressReport(
                    assignment=assignment,
                    period=period,
                    percent=10,
                    progress="本季度按计划推进，完成阶段任务。",
                    recorded_at=filed,
                    recorded_by_id=by,
                    settled_at=reviewed,
                )
            )
            rows.add(Review(report=report, verdict=Review.Verdict.ACCEPTED, recorded_at=reviewed))
            rows.add(AcceptedProgress(assignment=assignment, report=report, percent=10, recorded_at=reviewed))
            rows.add(
                Message(
                    recipient_id=by,
                    kind=Review.Verdict.ACCEPTED,
                    text="报告已通过",
                    link="/my/",
                    assignment=assignment,
                    sent_at=reviewed,
                    read_at=reviewed,
                )
            )
        for item in items:
            day = period.ends_on
            rows.add(LightChange(item=item, day=day, light=Light.GREEN, previous=Light.YELLOW, reason="各单位均在线上"))
        rows.write()
    first = until.replace(year=until.year - years)
    for days in range((until - first).days):
        rows.add(DailySnapshot(plan=plan, day=first + timedelta(days=days), percent=10, expected_percent=10))
    rows.finish()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return counted, ProgressReport.objects.count()


if __name__ == "__main__":
    main()
