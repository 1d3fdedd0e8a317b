"""A ledger of national size, 100,000 rows × 14 columns: the product's writer beside openpyxl's plain dump of the same.

    python -m benchmarks.bigledger [--rows 100000] [--rounds 3]

Every write is a process of its own, the two in turn, so that both meet the same machine; the ratio is of medians.
Memory is what the process had at most (ru_maxrss), interpreter and libraries included. Rows are made on the way.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

ROWS, ROUNDS = 100_000, 3
MOST_TIME, MOST_MEMORY = 1.3, 150  # times openpyxl's; MB
COLUMNS = (
    *(("序号", 7, "0"), ("部分", 16, "General"), ("公文序号", 9, "General"), ("任务", 26, "General")),
    *(("单位", 18, "General"), ("角色", 7, "General"), ("原定时限", 12, "yyyy-mm-dd"), ("现时限", 12, "yyyy-mm-dd")),
    *(("进度", 8, "0.0%"), ("序时进度", 9, "0.0%"), ("亮灯", 12, "General"), ("本期报送", 9, "General")),
    *(("报送时间", 17, "yyyy-mm-dd hh:mm"), ("进展情况", 50, "General")),
)
LIGHTS = ("■ 红 逾期", "▲ 黄 欠进度", "◆ 蓝 临期", "● 绿 正常", "√ 灰 已办结")
TEXT = "已完成第{}批企业质量信用档案，抽查产品{}批次，合格率{}%；下一步开展专项整治，12月底前完成。"


def rows(count: int) -> Iterator[list[object]]:
    """The same rows every time; every text of its own, as in life."""
    first, filed = date(2016, 9, 30), datetime(2016, 10, 8, 9, 15)
    for number in range(1, count + 1):
        yield [
            number,
            f"第{number % 9 + 1}部分",
            f"（{number % 400 + 1}）",
            f"深入开展质量提升行动之{number % 2000}",
            f"第{number % 500 + 1}市人民政府",
            "负责" if number % 3 else "协助",
            first + timedelta(days=number % 90),
            first + timedelta(days=number % 120),
            number % 101 / 100,
            0.638,
            LIGHTS[number % 5],
            "已通过" if number % 4 else "未报",
            filed + timedelta(minutes=number % 10_000),
            TEXT.format(number % 97, number, 90 + number % 10),
        ]


def ours(target: Path, count: int) -> None:
    from reports.xlsx.sheets import Column
    from reports.xlsx.streaming import write_rows

    columns = [Column(title, width, shape, is_wrapped=width > 40) for title, width, shape in COLUMNS]
    with target.open("wb") as stream:
        write_rows(stream, columns, rows(count), title="台账", written_at=datetime(2016, 10, 12, 18))  # type: ignore[arg-type]


def plain(target: Path, count: int) -> None:
    from openpyxl import Workbook

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("台账")
    sheet.append([title for title, _, _ in COLUMNS])
    for row in rows(count):
        sheet.append(row)
    workbook.save(target)


WRITERS = {"product": ours, "openpyxl": plain}


def measured(writer: str, target: Path, count: int) -> dict[str, float]:
    """In a process of its own; the time is of the writing alone, with what it imports."""
    command = [sys.executable, "-m", "benchmarks.bigledger", "--write", writer, str(target), "--rows", str(count)]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def write_once(writer: str, target: Path, count: int) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    WRITERS[writer](target, count)
    print(
        json.dumps(
            {
                "wall": time.perf_counter() - wall,
                "cpu": time.process_time() - cpu,
                "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                "size": target.stat().st_size / 1024**2,
            }
        )
    )


def compare(count: int, rounds: int) -> bool:
    """Prints the table; whether both bars are kept."""
    results: dict[str, list[dict[str, float]]] = {name: [] for name in WRITERS}
    with TemporaryDirectory() as folder:
        for _ in range(rounds):
            for name in WRITERS:
                results[name].append(measured(name, Path(folder) / f"{name}.xlsx", count))
    median = {
        name: {key: statistics.median(one[key] for one in runs) for key in runs[0]} for name, runs in results.items()
    }
    for name, found in median.items():
        print(
            f"{name:9} wall {found['wall']:6.2f} s   cpu {found['cpu']:6.2f} s   "
            f"memory {found['memory']:6.1f} MB   file {found['size']:5.1f} MB"
        )
    wall, cpu = (median["product"][key] / median["openpyxl"][key] for key in ("wall", "cpu"))
    memory = max(run["memory"] for run in results["product"])
    print(f"{count} rows: time × {wall:.2f}, cpu × {cpu:.2f} (bar {MOST_TIME}); {memory:.0f} MB (bar {MOST_MEMORY})")
    return cpu <= MOST_TIME and wall <= MOST_TIME and memory <= MOST_MEMORY


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--write", nargs=2, metavar=("WRITER", "FILE"))
    given = parser.parse_args()
    if given.write:
        write_once(given.write[0], Path(given.write[1]), given.rows)
    else:
        sys.exit(not compare(given.rows, given.rounds))
