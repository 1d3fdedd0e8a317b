"""Two hundred people ask for the same package at the same moment: is it built once, and do the pages stay fast?

    python -m benchmarks.crowd [--people 200]

PostgreSQL, Redis, two web processes with four threads each, and a Celery worker, as in production. Everybody asks,
looks at the progress as often as the page does, and downloads the workbook when it is there. Meanwhile somebody else,
in a process apart, reads the dashboard, one time after the other. Prints how often it was built, how many downloads
were whole, and the dashboard's median before and from the first request to the last download. Exits with an error
unless there was one build and every download is the file whose SHA-256 the database knows.
"""

import argparse
import hashlib
import json
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
DAY = "2016-10-09"
EVERY = 2.0  # seconds between two looks at the progress
LONGEST = 120.0  # seconds that anybody waits
TIMES = 60  # that the dashboard is read before
POLITE = ("nice", "-n", "10")  # the worker, as `manage.py run` has it; and people, who bring processors of their own


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--result", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--crowd", type=int, metavar="PORT", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.result:
        print(json.dumps(result()))
    elif options.crowd:
        Crowd(options.crowd, options.people).go()
    else:
        measure(options.people)


def measure(people: int) -> None:
    with services() as (server, queue):
        url = database(server, f"{DATABASE}_{int(time.time())}")
        for command in (("migrate", "-v0"), ("load_demo",), ("collectstatic", "--noinput", "-v0")):
            run(url, queue, "manage.py", *command)
        with worker(url, queue), web(url, queue) as port:
            told = read_meanwhile(port, people)
            built = json.loads(run(url, queue, "-m", "benchmarks.crowd", "--result"))
    sys.exit(judge(told, built, people))


def read_meanwhile(port: int, people: int) -> dict[str, Any]:
    """The dashboard's times before and while the crowd is there; what the crowd tells."""
    reader = Visitor(HOST, port)
    reader.sign_in("leader", PASSWORD)
    read = [reader.get(PLAN) for _ in range(TIMES)]
    before, meanwhile = read[TIMES // 3 :], []
    command = [*POLITE, sys.executable, "-m", "benchmarks.crowd", "--crowd", str(port), "--people", str(people)]
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
            meanwhile.append(reader.get(PLAN))
    if not lines:
        sys.exit("The crowd ended before it was done.")
    told: dict[str, Any] = json.loads(lines[-1])
    told["faults"] += [f"dashboard {answer.status}" for answer in (*read, *meanwhile) if answer.status != 200]
    return told | {"before": [one.seconds for one in before], "meanwhile": [one.seconds for one in meanwhile]}


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

    def __init__(self, port: int, people: int) -> None:
        cookies = json.loads(sys.stdin.readline())
        self.people = [Visitor(HOST, port, cookies) for _ in range(people)]
        self.hashes: list[str] = []
        self.faults: list[str] = []
        self.file = ""
        self.finding = threading.Lock()
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
        """One request, a look at the progress every other second as the page does it, and one download."""
        sent = {"csrfmiddlewaretoken": person.cookies["csrftoken"], "period": "2016Q3", "as_of": DAY}
        asked = person.post(f"{PLAN}reports/", sent)
        if asked.status != 302:
            raise AssertionError(f"asking was answered {asked.status}")
        while person.get(asked.location, {"HX-Request": "true"}).body:
            if time.perf_counter() > self.start + LONGEST:
                raise AssertionError("the package was not built in time")
            time.sleep(EVERY)
        self.hashes.append(hashlib.sha256(person.get(self._file(person, asked.location)).body).hexdigest())

    def _file(self, person: Visitor, page: str) -> str:
        """Where the workbook is, as the page of the package says to whoever comes first."""
        with self.finding:
            if not self.file:
                self.built_after = time.perf_counter() - self.start
                links = Links()
                links.feed(person.get(page).body.decode())
                self.file = next(href for href, text in links.found if "/files/" in href and ".xlsx" in text)
        return self.file


def result() -> dict[str, object]:
    """Of the package that was asked for: how often a build of it began, its editions, the workbook's hash."""
    import django

    django.setup()
    from reports.models import Build, Package, PackageFile

    packages = [package for package in Package.objects.all() if f"{package.day:%Y-%m-%d}" == DAY]
    files = PackageFile.objects.filter(edition__package__in=packages, kind="xlsx")
    return {
        "packages": len(packages),
        "builds": sum(Build.objects.filter(package__in=packages).values_list("attempt", flat=True)),
        "hashes": list(files.values_list("blob__sha256", flat=True)),
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


def judge(told: dict[str, Any], built: dict[str, Any], people: int) -> int:
    whole = sum(told["hashes"].count(digest) for digest in built["hashes"])
    print(f"packages {built['packages']}, builds {built['builds']}, whole downloads {whole} of {people}")
    before, meanwhile = statistics.median(told["before"]), statistics.median(told["meanwhile"])
    print(f"built for everybody after {told['built_after']:.1f} s, downloaded by all after {told['seconds']:.1f} s")
    print(f"dashboard before: median {before * 1000:.0f} ms of {len(told['before'])}")
    print(
        f"dashboard meanwhile: median {meanwhile * 1000:.0f} ms of {len(told['meanwhile'])}, {meanwhile / before:.2f}×"
    )
    for fault in sorted(set(told["faults"])):
        print(fault)
    is_right = built["packages"] == built["builds"] == len(built["hashes"]) == 1
    return 0 if is_right and whole == people and not told["faults"] else 1


if __name__ == "__main__":
    main()
