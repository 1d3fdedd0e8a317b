"""Two hundred people ask for the same package at the same moment: is it built once, and do the pages stay fast?

    python -m benchmarks.crowd [--people 200]

PostgreSQL, Redis, two web processes with four threads each, and a Celery worker, as in production. Everybody asks,
looks at the progress when the answer says, opens the package when it is there, and downloads the workbook. Meanwhile
somebody else, in a process apart, reads the dashboard, one time after the other. So three times, for three days.
Prints how often each was built, how many downloads were whole, and the dashboard's median from the first request to the
last download beside the one in between. Exits with an error unless there was one build of each and every download is
the file whose SHA-256 the database knows.
"""

import argparse
import hashlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any

from benchmarks.environment import ROOT, environment
from benchmarks.servers import HOST, database, run, services, web
from benchmarks.visitor import Visitor

DATABASE = "qa_plan_benchmark_crowd"
PLAN, PASSWORD = "/plans/2016-76/", "zhiliang-2016"  # the demonstration's
DAYS = ("2016-10-07", "2016-10-08", "2016-10-09")
BY_SCRIPT = {"HX-Request": "true"}
PROGRESS = re.compile(rb'hx-get="([^"]+)" hx-trigger="load delay:(\d+)ms')
LONGEST = 120.0  # seconds that anybody waits
TIMES = 60  # that the dashboard is read before each crowd and after the last
POLITE = ("nice", "-n", "10")  # the worker, as `manage.py run` has it; and people, who bring processors of their own


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--result", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--crowd", nargs=2, metavar=("PORT", "DAY"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.result:
        print(json.dumps(result()))
    elif options.crowd:
        port, day = options.crowd
        Crowd(int(port), day, options.people).go()
    else:
        measure(options.people)


def measure(people: int) -> None:
    with services() as (server, queue):
        url = database(server, f"{DATABASE}_{int(time.time())}")
        for command in (("migrate", "-v0"), ("load_demo",), ("collectstatic", "--noinput", "-v0")):
            run(url, queue, "manage.py", *command)
        with worker(url, queue), web(url, queue) as port:
            reader = Visitor(HOST, port)
            reader.sign_in("leader", PASSWORD)
            alone, meanwhile, told = dashboard_times(reader)[TIMES // 3 :], [], []
            for day in DAYS:
                seconds, crowd = read_meanwhile(reader, port, day, people)
                meanwhile += seconds
                told.append(crowd)
                alone += dashboard_times(reader)
            built = json.loads(run(url, queue, "-m", "benchmarks.crowd", "--result"))
    verdicts = [judge(day, crowd, built[day], people) for day, crowd in zip(DAYS, told, strict=True)]
    usual, then = statistics.median(alone), statistics.median(meanwhile)
    print(f"dashboard alone: median {usual * 1000:.0f} ms of {len(alone)}")
    print(f"dashboard meanwhile: median {then * 1000:.0f} ms of {len(meanwhile)}, {then / usual:.2f}×")
    late = statistics.quantiles(meanwhile, n=20)[-1]
    print(f"dashboard meanwhile: 95th percentile {late * 1000:.0f} ms, worst {max(meanwhile) * 1000:.0f} ms")
    sys.exit(0 if all(verdicts) else 1)


def dashboard_times(reader: Visitor) -> list[float]:
    return [dashboard_seconds(reader) for _ in range(TIMES)]


def dashboard_seconds(reader: Visitor) -> float:
    answer = reader.get(PLAN)
    if answer.status != 200:
        sys.exit(f"The dashboard was answered {answer.status}.")
    return answer.seconds


def read_meanwhile(reader: Visitor, port: int, day: str, people: int) -> tuple[list[float], dict[str, Any]]:
    """The dashboard's times while the crowd is there; what the crowd tells."""
    meanwhile: list[float] = []
    command = [*POLITE, sys.executable, "-m", "benchmarks.crowd", "--crowd", str(port), day, "--people", str(people)]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as crowd:
        assert crowd.stdin
        assert crowd.stdout
        crowd.stdin.write(json.dumps(reader.cookies) + "\n")
        crowd.stdin.flush()
        crowd.stdout.readline()  # everybody stands ready, and goes
        lines: list[str] = []
        waiting = threading.Thread(target=lambda: lines.extend(crowd.stdout or ()))
        waiting.start()
        while waiting.is_alive():
            meanwhile.append(dashboard_seconds(reader))
    if not lines:
        sys.exit("The crowd ended before it was done.")
    told: dict[str, Any] = json.loads(lines[-1])
    return meanwhile, told


@contextmanager
def worker(url: str, queue: str) -> Iterator[None]:
    options = "-m celery -A qa_plan -q worker --loglevel ERROR --concurrency 2"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*POLITE, sys.executable, *options.split()],
            cwd=ROOT,
            env=environment(url, REDIS_URL=queue),
            stdout=log,
            stderr=log,
        )
        time.sleep(5)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


class Crowd:
    """Everybody, each over a connection of their own; prints what happened to them."""

    def __init__(self, port: int, day: str, people: int) -> None:
        self.day = day
        cookies = json.loads(sys.stdin.readline())
        self.people = [Visitor(HOST, port, cookies) for _ in range(people)]
        self.hashes: list[str] = []
        self.faults: list[str] = []
        self.built_after = 0.0

    def go(self) -> None:
        threads = [threading.Thread(target=self._guarded, args=(person,)) for person in self.people]
        print(flush=True)
        self.start = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        told = {"hashes": self.hashes, "faults": self.faults, "built_after": self.built_after}
        print(json.dumps(told | {"seconds": time.perf_counter() - self.start}))

    def _guarded(self, person: Visitor) -> None:
        try:
            self._ask_and_fetch(person)
        except Exception as error:
            self.faults.append(repr(error))

    def _ask_and_fetch(self, person: Visitor) -> None:
        """As a browser: asks, looks at the progress when it is told to, shows the package, saves the workbook."""
        sent = {"csrfmiddlewaretoken": person.cookies["csrftoken"], "period": "2016Q3", "as_of": self.day}
        looked = person.post(f"{PLAN}reports/", sent, BY_SCRIPT)
        while progress := PROGRESS.search(looked.body):
            if time.perf_counter() > self.start + LONGEST:
                raise AssertionError("the package was not built in time")
            time.sleep(int(progress[2]) / 1000)
            looked = person.get(progress[1].decode(), BY_SCRIPT)
        self.built_after = self.built_after or time.perf_counter() - self.start
        links = Links()
        links.feed(person.get(looked.location).body.decode())
        file = next(href for href, text in links.found if "/files/" in href and ".xlsx" in text)
        self.hashes.append(hashlib.sha256(person.get(file).body).hexdigest())


def result() -> dict[str, dict[str, Any]]:
    """Of the package of each day: how often a build of it began, its editions, the workbook's hash."""
    import django

    django.setup()
    from reports.models import Package

    return {day: made_of([one for one in Package.objects.all() if f"{one.day:%Y-%m-%d}" == day]) for day in DAYS}


def made_of(packages: list[Any]) -> dict[str, Any]:
    editions = [edition for package in packages for edition in package.editions.all()]
    return {
        "packages": len(packages),
        "builds": sum(package.build.attempt for package in packages),
        "hashes": [edition.files.get(kind="xlsx").blob.sha256 for edition in editions],
    }


class Links(HTMLParser):
    """The addresses of a page with the words that lead to them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_open = tag == "a"
        if self._is_open:
            self.found.append((dict(attrs).get("href") or "", ""))

    def handle_data(self, data: str) -> None:
        if self._is_open:
            href, text = self.found[-1]
            self.found[-1] = href, text + data


def judge(day: str, told: dict[str, Any], built: dict[str, Any], people: int) -> bool:
    """Says how one crowd fared."""
    whole = sum(told["hashes"].count(digest) for digest in built["hashes"])
    print(
        f"{day}: packages {built['packages']}, builds {built['builds']}, whole downloads {whole} of {people}; "
        f"there after {told['built_after']:.1f} s, downloaded by all after {told['seconds']:.1f} s"
    )
    for fault in sorted(set(told["faults"])):
        print(fault)
    is_once = built["packages"] == built["builds"] == len(built["hashes"]) == 1
    return is_once and whole == people and not told["faults"]


if __name__ == "__main__":
    main()
