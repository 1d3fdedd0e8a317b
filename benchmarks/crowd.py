"""Two hundred people ask for the same package at the same moment: is it built once, and do the pages stay fast?

    python -m benchmarks.crowd [--people 200]

PostgreSQL, Redis, two web processes with four threads each, and a Celery worker, as in production. Everybody asks,
looks at the progress as often as the page does, and downloads the workbook when it is there. Meanwhile somebody else
reads the dashboard, one time after the other. Prints how often it was built, how many downloads were whole, and the
dashboard's median before and from the first request to the last download. Exits with an error unless there was one
build and every download is the file whose SHA-256 the database knows.
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

from benchmarks.environment import ROOT, environment
from benchmarks.servers import HOST, database, run, services, web
from benchmarks.visitor import Visitor

DATABASE = "qa_plan_benchmark_crowd"
PLAN, PASSWORD = "/plans/2016-76/", "zhiliang-2016"  # the demonstration's
DAY = "2016-10-09"
EVERY = 2.0  # seconds between two looks at the progress
LONGEST = 120.0  # seconds that anybody waits
TIMES = 60  # that the dashboard is read before


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.crowd")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--result", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.result:
        print(json.dumps(result()))
        return
    with services() as (server, queue):
        url = database(server, f"{DATABASE}_{int(time.time())}")
        for command in (("migrate", "-v0"), ("load_demo",), ("collectstatic", "--noinput", "-v0")):
            run(url, queue, "manage.py", *command)
        with worker(url, queue), web(url, queue) as port:
            crowd = Crowd(port, options.people)
            crowd.go()
            built = json.loads(run(url, queue, "-m", "benchmarks.crowd", "--result"))
    sys.exit(judge(crowd, built))


@contextmanager
def worker(url: str, queue: str) -> Iterator[None]:
    options = "-m celery -A qa_plan -q worker --loglevel ERROR --concurrency 2"
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, *options.split()], cwd=ROOT, env=environment(url, REDIS_URL=queue), stdout=log, stderr=log
        )
        time.sleep(5)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


class Crowd:
    """Everybody, each over a connection of their own, and what happened to them. Somebody only reads the dashboard."""

    def __init__(self, port: int, people: int) -> None:
        self.reader = Visitor(HOST, port)
        self.reader.sign_in("leader", PASSWORD)
        self.people = [self.reader.colleague() for _ in range(people)]
        self.before: list[float] = []
        self.meanwhile: list[float] = []
        self.hashes: list[str] = []
        self.faults: list[str] = []
        self.page, self.file = "", ""
        self.asked = threading.Barrier(people, action=self._find_page)
        self.built = threading.Barrier(people, action=self._find_file)
        self.built_after = 0.0

    def go(self) -> None:
        for _ in range(TIMES):
            self._read(self.before)
        self.start = time.perf_counter()
        threads = [threading.Thread(target=self._guarded, args=(person,)) for person in self.people]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            self._read(self.meanwhile)
        self.seconds = time.perf_counter() - self.start

    def _read(self, times: list[float]) -> None:
        answer = self.reader.get(PLAN)
        if answer.status != 200:
            self.faults.append(f"dashboard {answer.status}")
        times.append(answer.seconds)

    def _guarded(self, person: Visitor) -> None:
        try:
            self._ask_and_fetch(person)
        except Exception as error:
            self.faults.append(repr(error))
            self.asked.abort()
            self.built.abort()

    def _ask_and_fetch(self, person: Visitor) -> None:
        """One request, a look at the progress every other second as the page does it, and one download."""
        sent = {"csrfmiddlewaretoken": person.cookies["csrftoken"], "period": "2016Q3", "as_of": DAY}
        status = person.post(f"{PLAN}reports/", sent).status
        if status != 302:
            raise AssertionError(f"asking was answered {status}")
        self.asked.wait(LONGEST)
        while person.get(self.page, {"HX-Request": "true"}).body:
            if time.perf_counter() > self.start + LONGEST:
                raise AssertionError("the package was not built in time")
            time.sleep(EVERY)
        self.built.wait(LONGEST)
        self.hashes.append(hashlib.sha256(person.get(self.file).body).hexdigest())

    def _find_page(self) -> None:
        """The newest of the list is the package that was asked for."""
        body = self.people[0].get(f"{PLAN}reports/").body.decode()
        links = [part.split('"', 1)[0] for part in body.split('href="') if part.startswith("/reports/")]
        self.page = next(link for link in links if re.fullmatch(r"/reports/\d+/", link))

    def _find_file(self) -> None:
        self.built_after = time.perf_counter() - self.start
        body = self.people[0].get(self.page).body.decode()
        [file] = [part for part in body.split('href="') if "/files/" in part[:60] and ".xlsx" in part[:200]]
        self.file = file.split('"', 1)[0]


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


def judge(crowd: Crowd, built: dict) -> int:
    whole = sum(crowd.hashes.count(digest) for digest in built["hashes"])
    print(f"packages {built['packages']}, builds {built['builds']}, whole downloads {whole} of {len(crowd.people)}")
    before, meanwhile = statistics.median(crowd.before), statistics.median(crowd.meanwhile)
    print(f"built for everybody after {crowd.built_after:.1f} s, downloaded by all after {crowd.seconds:.1f} s")
    print(f"dashboard before: median {before * 1000:.0f} ms of {len(crowd.before)}")
    print(f"dashboard meanwhile: median {meanwhile * 1000:.0f} ms of {len(crowd.meanwhile)}, {meanwhile / before:.2f}×")
    for fault in sorted(set(crowd.faults)):
        print(fault)
    is_right = built["packages"] == built["builds"] == len(built["hashes"]) == 1
    return 0 if is_right and whole == len(crowd.people) and not crowd.faults else 1


if __name__ == "__main__":
    main()
