"""The offline workbook of an agency with a thousand tasks: built, sent back filled in, previewed.

    python -m benchmarks.workbook [--rows 1000] [--rounds 3]

On PostgreSQL. Seconds of this process, and as multiples of what openpyxl alone needs to write and to read as many cells
without any of the formats, checks and comparisons. Exits with an error above two seconds for building or three for the
preview of a thousand rows.
"""

import argparse
import io
import os
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from benchmarks.environment import set_up_django
from benchmarks.servers import database, services

DATABASE = "qa_plan_benchmark_workbook"
BUILT_WITHIN, PREVIEWED_WITHIN = 2.0, 3.0  # seconds, for a thousand rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workbook")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with services() as (server, queue):
        os.environ |= {"DATABASE_URL": database(server, f"{DATABASE}_{os.getpid()}"), "REDIS_URL": queue}
        set_up_django()
        times = measure(options.rows, options.rounds)
    built, previewed = median(times["built"]), median(times["previewed"])
    print(
        f"{options.rows} rows, built: {built:.2f} s, {built / median(times['written']):.1f} × openpyxl's plain writing"
    )
    print(
        f"uploaded and previewed: {previewed:.2f} s, {previewed / median(times['read']):.1f} × openpyxl's plain reading"
    )
    per_thousand = options.rows / 1000
    sys.exit(built > BUILT_WITHIN * per_thousand or previewed > PREVIEWED_WITHIN * per_thousand)


def measure(rows: int, rounds: int) -> dict[str, list[float]]:
    from django.core.files.uploadedfile import SimpleUploadedFile
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from qa_plan.clock import now
    from reports.fillin.layout import FORM
    from tests.support.factories import make_agency, make_period, make_plan, make_user
    from tests.support.thousand import give_many_tasks
    from tests.support.workbooks import edited, issued

    setup_test_environment()  # answers tell what they show
    call_command("migrate", verbosity=0)
    plan, agency = make_plan(), make_agency()
    period, liaison = make_period(plan, "2016Q3"), make_user(role="liaison", agency=agency)
    give_many_tasks(period, agency, rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(liaison)

    def fill_in(workbook: Any) -> None:
        for row in range(4, 4 + rows):
            workbook[FORM][f"H{row}"], workbook[FORM][f"I{row}"] = 60, f"本期完成{row}件，进展顺利。" * 10

    def preview(content: bytes) -> None:
        sent = {"workbook": SimpleUploadedFile("填报表.xlsx", content), "plan": plan.slug, "period": period.code}
        assert client.post("/my/workbook/", sent, follow=True).context["page"].paginator.count == rows

    times: dict[str, list[float]] = {"built": [], "written": [], "previewed": [], "read": []}
    for _ in range(rounds):
        content = timed(times["built"], lambda: issued(agency, period, now()))
        filled = edited(content, fill_in)
        cells = timed(times["read"], lambda content=filled: plain_cells(content))
        timed(times["written"], lambda cells=cells: plain_copy(cells))
        timed(times["previewed"], lambda content=filled: preview(content))
    return times


def timed(times: list[float], work: Callable[[], Any]) -> Any:
    start = time.process_time()
    done = work()
    times.append(time.process_time() - start)
    return done


def plain_cells(content: bytes) -> dict[str, list[tuple[Any, ...]]]:
    from openpyxl import load_workbook

    workbook = load_workbook(io.BytesIO(content), read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in workbook}


def plain_copy(cells: dict[str, list[tuple[Any, ...]]]) -> None:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    for title, rows in cells.items():
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append(row)
    workbook.save(io.BytesIO())


if __name__ == "__main__":
    main()
