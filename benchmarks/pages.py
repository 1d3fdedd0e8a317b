"""Measures how long every page takes, as a multiple of the least that a page can take here.

    python -m benchmarks.pages [--rounds 12] [--clients 1 8] [--only TEXT]

Needs no preparation: PostgreSQL and Redis are started, and the data loaded, for the run. To keep them between runs,
start `python -m tests.services` elsewhere and name its servers in the shell. Exits with an error when a page fails,
never because it is slow. README.md says how to read the table.
"""

import argparse
import json
import sys
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from statistics import median, quantiles
from typing import Any

from benchmarks.servers import (
    HOST,
    LOAD_DATABASE,
    NOTICE_DATABASE,
    count_reports,
    database,
    run,
    services,
    web,
)
from benchmarks.visitor import Visitor, read_form

# At most so many times the floor, for one person and for eight at once (docs/architecture.md promises them).
BARS = {
    ("any other page", "any"): (10, 12),
    ("dashboard, first view", "1,000 tasks"): (25, 25),
    ("my tasks", "all plans"): (20, 20),
    ("filing a report", "all plans"): (4, 4),
}
USUAL = BARS["any other page", "any"]
COMPARED = "stock admin, 100 rows"  # beside the ledger's; it has no bar
MOST_QUERIES = 12
# What this page tells is reckoned anew after every change, and kept between them.
CHANGING, FIRST_VIEW = ("dashboard", "1,000 tasks"), "dashboard, first view"
ALONE_IN_A_ROW = 3  # requests of a single client for each page and round


@dataclass(slots=True)
class Row:
    """One page: what it is, and what was measured, in seconds by number of clients."""

    name: str
    of: str
    queries: str = ""
    size: int = 0
    times: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def label(self) -> str:
        return f"{self.name} ({self.of})"


Turn = Callable[[int], list[float]]  # one page's turn in a round: the times that so many clients measured


def main() -> None:
    options = read_options()
    with services() as (server, queue):
        small, large = (database(server, name) for name in (NOTICE_DATABASE, LOAD_DATABASE))
        run(small, queue, "-m", "benchmarks.load", "--only-the-notice")
        run(large, queue, "-m", "benchmarks.load")
        run(small, queue, "manage.py", "collectstatic", "--no-input", "--verbosity=0")
        compared = json.loads(run(small, queue, "-m", "benchmarks.queries"))
        catalogue = json.loads(run(large, queue, "-m", "benchmarks.queries"))
        before = count_reports(large)
        with web(large, queue) as port, ThreadPoolExecutor(max(options.clients)) as clients:
            measurement = Measurement(port, clients, catalogue, compared, options.only)
            measurement.take(options.rounds, options.clients)
        filed = count_reports(large) - before
    if filed != measurement.filed:
        sys.exit(f"{measurement.filed} reports were filed, but {filed} are in the database.")
    print_table(measurement.rows, options.clients)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages")
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--only", default="", metavar="TEXT", help="pages whose name has this text; the floor anyway")
    return parser.parse_args()


class Measurement:
    """Visits the pages in turns, the floor among them, so that whatever else the machine does hits all alike."""

    def __init__(
        self, port: int, clients: ThreadPoolExecutor, catalogue: dict[str, Any], compared: dict[str, Any], only: str
    ) -> None:
        self.clients = clients
        self.filed = 0
        self.password: str = catalogue["password"]
        self.port = port
        self.signed_in: dict[str, list[Visitor]] = {}
        self.turns: list[tuple[Row, Turn]] = []
        queries = {(page["name"], page["of"]): page["queries"] for page in compared["pages"]}
        for page in catalogue["pages"]:
            row = Row(page["name"], page["of"], compared_queries(page, queries), page["size"])
            if page["name"] == "floor" or only in row.label:
                self.turns.append((row, self.reading(page)))
            if (page["name"], page["of"]) == CHANGING and only in (row := Row(FIRST_VIEW, page["of"])).label:
                self.turns.append((row, self.first_view(page)))
        self.stocks = {name: deque(paths) for name, paths in catalogue["filings"].items()}
        if only in (row := Row("filing a report", "all plans")).label:
            self.turns.append((row, self.filing))

    @property
    def rows(self) -> list[Row]:
        return [row for row, _ in self.turns]

    def take(self, rounds: int, client_counts: list[int]) -> None:
        # Before anything counts, every process and thread has its templates, connections and caches.
        for _, turn in self.turns:
            turn(max(client_counts))
        for clients in client_counts:
            for number in range(rounds):
                print(f"\r{clients} client(s), round {number + 1} of {rounds} ", end="", file=sys.stderr, flush=True)
                for row, turn in self.turns:
                    row.times[clients] += turn(clients)
            print(file=sys.stderr)

    def visitors(self, username: str, count: int) -> list[Visitor]:
        """That many browsers of the person, signed in once through the real form."""
        known = self.signed_in.setdefault(username, [])
        if not known:
            known.append(Visitor(HOST, self.port))
            if username:
                known[0].sign_in(username, self.password)
        while len(known) < count:
            known.append(known[0].colleague())
        return known[:count]

    # ── turns ────────────────────────────────────────────────────────────────────────────────────────────────────

    def reading(self, page: dict[str, Any], in_a_row: int = ALONE_IN_A_ROW) -> Turn:
        def visit(visitor: Visitor, times: int) -> list[float]:
            answers = [visitor.get(page["path"]) for _ in range(times)]
            if wrong := [answer.status for answer in answers if answer.status != page["status"]]:
                raise AssertionError(f"{page['path']} answered {wrong}")
            return [answer.seconds for answer in answers]

        def turn(count: int) -> list[float]:
            visitors = self.visitors(page["visitor"], count)
            times = [in_a_row if count == 1 else 1] * count
            return [seconds for some in self.clients.map(visit, visitors, times) for seconds in some]

        return turn

    def first_view(self, page: dict[str, Any]) -> Turn:
        """As whoever looks first after a change gets it, or all clients at once: a report is filed before each look."""
        look = self.reading(page, in_a_row=1)

        def turn(count: int) -> list[float]:
            looks = []
            for _ in range(ALONE_IN_A_ROW if count == 1 else 1):
                self.file(1, map)
                looks += look(count)
            return looks

        return turn

    def filing(self, count: int) -> list[float]:
        return self.file(ALONE_IN_A_ROW, map) if count == 1 else self.file(count, self.clients.map)

    def file(self, count: int, each: Callable[..., Iterator[float]]) -> list[float]:
        """Each client is another liaison and files a fresh report; the form is fetched before, outside of the time.

        A liaison who has nothing left to file rests.
        """
        ready = sorted(self.stocks, key=lambda name: -len(self.stocks[name]))
        names = [name for name in ready[:count] if self.stocks[name]]
        visitors = [self.visitors(name, 1)[0] for name in names]
        paths = [self.stocks[name].popleft() for name in names]
        forms = [filled_in(visitor, path) for visitor, path in zip(visitors, paths, strict=True)]
        times = list(each(file_report, visitors, paths, forms))
        self.filed += len(times)
        return times


def filled_in(visitor: Visitor, path: str) -> dict[str, str]:
    """The fields of the report's form as a liaison would send them."""
    form = read_form(visitor.get(path).body, having="percent")
    text = "组织开展专项检查，走访企业126家，发现问题58个，已整改49个；举办培训3期，参训480人次。"
    # A reading stays what it was: one that falls would be pointed out instead of filed.
    numbers = {name: form.fields.get(name) or "100" for name in form.numbers}
    return {**form.fields, **numbers, "percent": "100", "progress": text, "action": "submit"}


def file_report(visitor: Visitor, path: str, fields: dict[str, str]) -> float:
    answer = visitor.post(path, fields)
    if answer.status != HTTPStatus.FOUND:
        raise AssertionError(f"Filing at {path} answered {answer.status}:\n{answer.body.decode()}")
    return answer.seconds


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────────


def compared_queries(page: dict[str, Any], small: dict[tuple[str, str], int]) -> str:
    """`9` where the page asks as much of a small installation, `7 ≠ 9` where it doesn't; over the bar it says so.

    The small one has no cities: their pages stand alone.
    """
    of, many = "notice" if page["of"] == "1,000 tasks" else page["of"], page["queries"]
    few = small.get((page["name"], of), many)
    counts = str(many) if few == many else f"{few} ≠ {many}"
    return counts if many <= MOST_QUERIES else f"{counts} > {MOST_QUERIES}"


def print_table(rows: list[Row], client_counts: list[int]) -> None:
    """Markdown. Times in milliseconds; × is the page's median by the floor's at the same number of clients."""
    floor = {clients: median(rows[0].times[clients]) for clients in client_counts}
    head = ["page", "of", "KB", "queries"]
    for clients in client_counts:
        head += [f"{clients}: median", "p95", "×"]
    print(f"| {' | '.join([*head, 'bar'])} |")
    print(f"| --- | --- |{' ---: |' * (len(head) - 2)} --- |")
    for row in rows:
        cells = [row.name, row.of, f"{row.size / 1024:.0f}" if row.size else "", row.queries]
        ratios: dict[int, float] = {}
        for clients in client_counts:
            times = row.times[clients]
            if len(times) < 2:
                cells += ["none left", "", ""]
                continue
            ratios[clients] = median(times) / floor[clients]
            late = quantiles(times, n=20, method="inclusive")[-1]
            cells += [f"{1000 * median(times):.1f}", f"{1000 * late:.1f}", f"{ratios[clients]:.1f}"]
        print(f"| {' | '.join([*cells, verdict(row, ratios)])} |")


def verdict(row: Row, ratios: dict[int, float]) -> str:
    if row.name in ("floor", COMPARED) or not ratios:
        return ""
    alone, together = BARS.get((row.name, row.of), USUAL)
    over = any(ratio > (alone if clients == 1 else together) for clients, ratio in ratios.items())
    return f"{alone}, {together}: {'OVER' if over else 'held'}"


if __name__ == "__main__":
    main()
