"""Filing and packages under fire: is all that was acknowledged there, once, when whatever can die does?

    python -m benchmarks.chaos [--minutes 5] [--people 20] [--every 10]

Twenty people file, keep drafts, review and ask for packages, in the product as an installation runs it: two web
services at one door, a worker, a beat, PostgreSQL and Redis of its own. One after the other is killed (`kill -9`) and
started again as systemd would: a web process, a worker process, beat, Redis, PostgreSQL, a web service with all its
processes, the worker with all of its, both web services at once. A reader looks at the dashboard all the while. Exits
with an error when something acknowledged is missing or doubled, a record doesn't hold, or an answer was a 500 while the
database was there.
"""

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from itertools import cycle, product
from pathlib import Path
from typing import NamedTuple

import redis as redis_client

from benchmarks.environment import ROOT, environment
from benchmarks.officework import HOST, Fault, Filer, Journal, Person, Requester, Reviewer
from benchmarks.visitor import Visitor
from qa_plan.management.commands.run import BUFFERED
from tests.services import postgres, redis

DAY = date(2016, 10, 12)
PERIOD, PLAN, PASSWORD = "2016Q3", "/plans/2016-chaos/", "zhi-liang-2016"
ITEMS = 40
SYSTEMD_WAITS = 2.0  # seconds, the longest RestartSec of the services in deploy/systemd
SETTLES = 1.0  # seconds after the database takes connections again, in which an answer may still speak of its absence
PATIENCE = 300.0  # seconds for people to end what they have begun, once nothing is killed any more


@dataclass
class Service:
    """One of the product's own, with all its processes; the first is their parent and leads a session."""

    name: str
    arguments: list[str]
    known: dict[str, str]
    log: int
    door: int | None = None  # a socket that the services before and after it have, too
    parent: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.parent = subprocess.Popen(
            [sys.executable, *self.arguments],
            cwd=ROOT,
            env=self.known,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
            pass_fds=() if self.door is None else (self.door,),
        )

    def kill(self) -> None:
        """All of it."""
        assert self.parent is not None
        with suppress(ProcessLookupError):
            os.killpg(self.parent.pid, signal.SIGKILL)
        self.parent.wait()

    def kill_one(self) -> None:
        """The parent starts another."""
        assert self.parent is not None
        children = Path(f"/proc/{self.parent.pid}/task/{self.parent.pid}/children").read_text().split()
        if children:
            os.kill(int(children[0]), signal.SIGKILL)

    def restart(self) -> None:
        restart(self)


def restart(*services: Service) -> None:
    for service in services:
        service.kill()
    time.sleep(SYSTEMD_WAITS)
    for service in services:
        service.start()


@dataclass
class Server:
    """PostgreSQL or Redis, which comes back with what it keeps."""

    running: Callable[[], AbstractContextManager[None]]
    number: Callable[[], int]  # of its first process
    stack: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        self.stack.enter_context(self.running())

    def restart(self) -> None:
        os.killpg(self.number(), signal.SIGKILL)
        self.stack.close()
        time.sleep(SYSTEMD_WAITS)
        self.start()


class Kill(NamedTuple):
    what: str
    at: float
    started: float  # when it was started again, and for servers took connections


class Look(NamedTuple):
    """One look at the dashboard."""

    since: float
    until: float
    status: int  # 0: no answer


class Reader(threading.Thread):
    """Looks at the dashboard five times a second, each time over a new connection, as who just opens a browser."""

    def __init__(self, port: int, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.over = port, over
        visitor = Visitor(HOST, port)
        visitor.sign_in("leader", PASSWORD)
        self.cookies = visitor.cookies
        self.looks: list[Look] = []

    def await_page(self) -> None:
        """Until a look that begins from now on is answered well."""
        begun, until = time.monotonic(), time.monotonic() + PATIENCE
        while not any(look.status == 200 and look.since > begun for look in self.looks[-10:]):
            if time.monotonic() > until:
                sys.exit("The pages don't come back.")
            time.sleep(0.1)

    def run(self) -> None:
        while not self.over.wait(0.2):
            since, status = time.monotonic(), 0
            with suppress(Exception):
                status = Visitor(HOST, self.port, self.cookies).get(PLAN).status
            self.looks.append(Look(since, time.monotonic(), status))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos")
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--every", type=float, default=10, help="seconds between two kills")
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--judge", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        print(json.dumps(build(options.build)))
    elif options.judge:
        sys.exit(judge(json.loads(options.judge.read_text())))
    else:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that nothing is left running
        with tempfile.TemporaryDirectory(prefix="qa-plan-chaos-", ignore_cleanup_errors=True) as folder:
            sys.exit(attack(Path(folder), options))


def attack(folder: Path, options: argparse.Namespace) -> int:
    with postgres.cluster() as cluster, redis.prepared() as (queue_url, queue_running):
        data = Path(cluster.command[cluster.command.index("-D") + 1])
        database = Server(
            lambda: cluster.running("synchronous_commit=on", stop=signal.SIGQUIT),
            lambda: int((data / "postmaster.pid").read_text().split()[0]),
        )
        queue = Server(queue_running, lambda: int(redis_client.Redis.from_url(queue_url).info()["process_id"]))
        known = environment(
            cluster.url, REDIS_URL=queue_url, QA_PLAN_VAR=str(folder), QA_PLAN_DEMO="0", QA_PLAN_TODAY=f"{DAY}"
        )
        with database.stack, queue.stack:
            database.start()
            queue.start()
            for command in ("migrate -v0", "collectstatic --noinput -v0"):
                here(known, "manage.py", *command.split())
            cast = json.loads(here(known, "-m", "benchmarks.chaos", "--build", str(options.people)))
            journal, looks, kills = under_fire(folder, known, cast, database, queue, options)
            told = folder / "journal.json"
            told.write_text(json.dumps(asdict(journal)))
            within = fell_within(journal, kills)
            report(journal, looks, kills, within, (folder / "log").read_text(errors="replace"))
            judged = [sys.executable, "-m", "benchmarks.chaos", "--judge", str(told)]
            wrong = subprocess.run(judged, cwd=ROOT, env=known).returncode
    return 1 if wrong or journal.broken or any(not there for there in within) else 0


def here(known: dict[str, str], *arguments: str) -> str:
    run = subprocess.run([sys.executable, *arguments], cwd=ROOT, env=known, stdout=subprocess.PIPE, text=True)
    if run.returncode:
        sys.exit(f"{arguments} ended with {run.returncode}.")
    return run.stdout


def build(people: int) -> dict[str, list[list[object]]]:
    """A plan that several agencies answer for, and its people; who of them does what."""
    import django

    django.setup()
    from tests.support.factories import make_agency, make_assignment, make_item, make_period, make_plan, make_user

    plan = make_plan(slug=PLAN.split("/")[2])
    for code in ("2016Q2", PERIOD):
        make_period(plan, code)
    items = [make_item(plan) for _ in range(ITEMS)]
    make_user("leader", role="leader", password=PASSWORD)
    filers: list[list[object]] = []
    for number in range(people * 7 // 10):
        agency = make_agency()
        liaison = make_user(f"filer{number}", role="liaison", agency=agency, password=PASSWORD)
        filers.append([liaison.username, [make_assignment(item, agency).pk for item in items]])
    others = people - len(filers)
    reviewers = [make_user(f"reviewer{number}", password=PASSWORD).username for number in range(others // 2)]
    requesters = [make_user(f"asker{number}", password=PASSWORD).username for number in range(others - len(reviewers))]
    return {"filers": filers, "reviewers": [reviewers], "requesters": [requesters]}


def under_fire(
    folder: Path,
    known: dict[str, str],
    cast: dict[str, list[list[object]]],
    database: Server,
    queue: Server,
    options: argparse.Namespace,
) -> tuple[Journal, list[Look], list[Kill]]:
    journal, over = Journal(), threading.Event()
    with socket.create_server((HOST, 0), backlog=100) as door, started(folder, known, door) as running:
        port, (web, other_web, worker, beat) = door.getsockname()[1], running
        everybody = gathered(port, cast, journal, over)
        reader = Reader(port, over)
        for person in [*everybody, reader]:
            person.start()
        targets: list[tuple[str, Callable[[], None]]] = [
            ("a web process", web.kill_one),
            ("a worker process", worker.kill_one),
            ("beat", beat.restart),
            ("Redis", queue.restart),
            ("PostgreSQL", database.restart),
            ("a web service of two", web.restart),
            ("the worker", worker.restart),
            ("both web services", lambda: restart(web, other_web)),
        ]
        kills, begun = [], time.monotonic()
        for what, kill in cycle(targets):
            reader.await_page()
            time.sleep(options.every)
            if time.monotonic() > begun + 60 * options.minutes:
                break
            at = time.monotonic()
            kill()
            kills.append(Kill(what, at, time.monotonic()))
        over.set()
        until = time.monotonic() + PATIENCE
        for person in everybody:
            person.join(max(0, until - time.monotonic()))
        journal.broken += [f"{person.name} hasn't come to an end" for person in everybody if person.is_alive()]
    return journal, reader.looks, kills


@contextmanager
def started(folder: Path, known: dict[str, str], door: socket.socket) -> Iterator[list[Service]]:
    """Two web services at the door, which stays open whatever becomes of them, a worker and a beat."""
    gunicorn = f"-m gunicorn qa_plan.wsgi --bind fd://{door.fileno()} --preload --workers 2 --threads 4 {BUFFERED}"
    celery = "-m celery -A qa_plan -q"
    with (folder / "log").open("wb") as log:
        services = [
            Service(name, arguments.split(), known, log.fileno(), at)
            for name, arguments, at in (
                ("web", f"{gunicorn} --log-level critical --no-control-socket", door.fileno()),
                ("other web", f"{gunicorn} --log-level critical --no-control-socket", door.fileno()),
                ("worker", f"{celery} worker --concurrency 2 --loglevel CRITICAL", None),
                ("beat", f"{celery} beat --pidfile= --loglevel CRITICAL", None),
            )
        ]
        for service in services:
            service.start()
        try:
            await_pages(door.getsockname()[1])
            yield services
        finally:
            for service in services:
                service.kill()


def await_pages(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(Exception):
            if Visitor(HOST, port).get("/accounts/login/").status == 200:
                return
        time.sleep(0.2)
    sys.exit("The pages don't come up.")


def gathered(port: int, cast: dict[str, list[list[object]]], journal: Journal, over: threading.Event) -> list[Person]:
    people: list[Person] = [
        Filer(port, username, PASSWORD, journal, over, assignments=assignments)
        for username, assignments in cast["filers"]
    ]
    people += [Reviewer(port, str(username), PASSWORD, journal, over) for username in cast["reviewers"][0]]
    # Of past days: today's package is another after each change.
    days = [f"{DAY - timedelta(days=back)}" for back in range(1, 13)]
    asked = list(product((PERIOD, "2016Q2", "2016"), days))
    askers = cast["requesters"][0]
    for number, username in enumerate(askers):
        mine = asked[number :: len(askers)]
        people.append(Requester(port, str(username), PASSWORD, journal, over, plan=PLAN, asked=mine))
    return people


def fell_within(journal: Journal, kills: list[Kill]) -> list[bool]:
    """Of each answer of 500 and above, whether the database was away at some moment between question and answer."""
    away = [(kill.at, kill.started + SETTLES) for kill in kills if kill.what == "PostgreSQL"]
    errors = [fault for fault in journal.faults if fault.status]
    return [any(since < fault.until and fault.since < until for since, until in away) for fault in errors]


def of_request(number: str, log: str) -> str:
    """What the log has of a request: the lines with its number, each with the trace that follows it."""
    events = re.split(r"^(?=\d{4}-\d\d-\d\d )", log, flags=re.M)
    return "".join(event for event in events if number and number in event.partition("\n")[0])


def report(journal: Journal, looks: list[Look], kills: list[Kill], within: list[bool], log: str) -> None:
    counted = Counter(journal.answers)
    print(f"{len(journal.answers)} answers: {dict(sorted(counted.items()))} (0: none came)")
    print(f"{len(within)} of 500 and above, {within.count(False)} of them while the database was there")
    errors: list[Fault] = [fault for fault in journal.faults if fault.status]
    for fault, there in zip(errors, within, strict=True):
        if not there:
            print(f"  {fault.status} {fault.asked}, {when(fault, kills)}\n{of_request(fault.number, log)}")
    for what in dict.fromkeys(kill.what for kill in kills):
        away = [absence(looks, kill, after) for kill, after in neighbours(kills) if kill.what == what]
        began = [kill.started - kill.at for kill in kills if kill.what == what]
        since = [max(0.0, one - start) for one, start in zip(away, began, strict=True)]
        longest = [slowest(looks, kill, after) for kill, after in neighbours(kills) if kill.what == what]
        print(
            f"{what}: killed {len(away)} times; pages back {said(away)} s after the kill, "
            f"{said(since)} s after it was started again; longest look {said(longest)} s"
        )
    good = sorted(look.until - look.since for look in looks if look.status == 200)
    late = statistics.quantiles(good, n=20)[-1]
    print(f"dashboard: {len(good)} looks, median {statistics.median(good):.2f} s, 95th percentile {late:.2f} s")
    if journal.built:
        print(f"packages were there {said(journal.built)} s after they were asked for")
    if journal.refused:
        kinds = Counter((status, re.sub(r"\d+", "…", what.split(" 20")[0])) for status, what in journal.refused)
        print(f"refused: {dict(kinds)}")
    for line in journal.broken:
        print(line)


def when(fault: Fault, kills: list[Kill]) -> str:
    before = [kill for kill in kills if kill.at <= fault.until]
    if not before:
        return "before anything was killed"
    return f"{fault.since - before[-1].started:.1f} s after {before[-1].what} was there again"


def neighbours(kills: list[Kill]) -> list[tuple[Kill, float]]:
    ends = [*(kill.at for kill in kills[1:]), float("inf")]
    return list(zip(kills, ends, strict=True))


def absence(looks: list[Look], kill: Kill, end: float) -> float:
    """Seconds from the kill to the end of the first good look after the last that was bad; 0 where none was bad."""
    mine = [look for look in looks if kill.at <= look.until <= end]
    bad = [number for number, look in enumerate(mine) if look.status != 200]
    if not bad:
        return 0.0
    good = [look for look in mine[bad[-1] + 1 :] if look.status == 200]
    return (good[0].until if good else mine[-1].until) - kill.at


def slowest(looks: list[Look], kill: Kill, end: float) -> float:
    """Seconds of the longest look of those that ended between the kill and the next: who waits at the door waits."""
    return max((look.until - look.since for look in looks if kill.at <= look.until <= end), default=0.0)


def said(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.1f} (at most {max(seconds):.1f})"


def judge(told: dict[str, list[list[object]]]) -> int:
    """Compares what was acknowledged with what is there; 0 where nothing is lost or doubled."""
    import django

    django.setup()
    from agencies import changes, security
    from agencies.models import Change
    from reports.models import Package, PackageFile
    from reports.packages.keeping import is_whole
    from tasks.models import ProgressReport, ReportDraft, Review

    reports = Counter(ProgressReport.objects.values_list("assignment", "progress"))
    drafts = Counter(ReportDraft.objects.values_list("assignment", "progress"))
    reviews = Counter(Review.objects.values_list("report", flat=True))
    packages = Counter(f"{one.period} {one.day}" for one in Package.objects.all())
    acknowledged = {(int(str(key)), str(text)) for key, text in told["reports"]}
    filed = {key for key, _ in reports}
    kept = {(int(str(key)), str(text)) for key, text in told["drafts"] if int(str(key)) not in filed}
    files = {f"/{file.blob.sha256}": file for file in PackageFile.objects.select_related("blob")}
    digests = {digest for _, digest in told["downloads"]}
    lost = {
        "reports": len(acknowledged - set(reports)),
        "drafts": len(kept - set(drafts)),
        "reviews": len(set(told["reviews"]) - set(reviews)),
        "packages": len(set(told["packages"]) - set(packages)),
        "workbooks": len({f"/{digest}" for digest in digests} - set(files)),
    }
    doubled = {
        "reports": sum(count - 1 for count in Counter(key for key, _ in reports.elements()).values()),
        "drafts": sum(count - 1 for count in Counter(key for key, _ in drafts.elements()).values()),
        "reviews": sum(count - 1 for count in reviews.values()),
        "packages": sum(count - 1 for count in packages.values()),
        "editions": sum(one.editions.count() > 1 for one in Package.objects.all()),
    }
    noted = {"reports": Change.objects.filter(action="报送").count() - reports.total()}
    unbuilt = sum(not one.editions.exists() for one in Package.objects.all())
    damaged = sum(not is_whole(file.blob) for file in files.values())
    problems = [verdict.problem for verdict in (changes.verify(), security.verify()) if verdict.problem]
    print(
        f"acknowledged: {len(acknowledged)} reports, {len(set(map(tuple, told['drafts'])))} drafts, "
        f"{len(set(map(str, told['reviews'])))} reviews, {len(set(map(str, told['packages'])))} packages, "
        f"{len(told['downloads'])} workbooks saved"
    )
    print(
        f"found: {reports.total()} reports, {drafts.total()} drafts, {reviews.total()} reviews, "
        f"{packages.total()} packages ({unbuilt} unbuilt), {len(files)} files ({damaged} damaged)"
    )
    print(f"lost {lost}; doubled {doubled}; on record beyond {noted}; chains {problems or 'hold'}", flush=True)
    idle = [what for what in ("reports", "drafts", "reviews", "packages") if not told[what]]
    if idle:
        print(f"Nothing was acknowledged of {', '.join(idle)}: what was held against what is there says nothing.")
    wrong = [*lost.values(), *doubled.values(), *noted.values(), unbuilt, damaged, len(problems), len(idle)]
    return 1 if any(wrong) else 0


if __name__ == "__main__":
    main()
