"""Reminders under fire: are all of them delivered, once, when whatever can fail does?

    python -m benchmarks.faults [--people 10000] [--workers 4] [--kill-every 1] [--seed 1]

Everybody is told of one overdue task, in the product and by mail. Four worker processes under two parents and two
beats decide, record and send, with a Redis, a PostgreSQL and a mail server of their own. Meanwhile a random worker is
killed every second (every tenth time its parent, with all that it has), as is now and then a beat; the queue is
stopped once and comes back empty, the database once as in a crash; the mail server refuses 5 % at random. Exits with an
error when a reminder is lost, a row of the ledger is missing or wrong, or a double can't be explained.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import psycopg2

from benchmarks.environment import ROOT, environment
from benchmarks.sink import Accepted, Sink
from tests.services import postgres, redis

DAY = "2016-10-12"
# Short times, so that what waits for a time-out does so here too: a claim is free after 15 seconds instead of 300.
HURRY = {"CHANNEL_TIMEOUT": "1", "CHANNEL_SECONDS": "1", "SEND_AGAIN_AFTER": "1", "SEND_TRIES": "60"}
AWAKE = {"QUIET_FROM": "23:59:59", "QUIET_UNTIL": "00:00:00"}
OUTAGE = 2.0  # seconds
SPARED = 8  # a sweep is one transaction: with a worker killed every second, none would end
EXPLAINS = 5.0  # seconds at most between a mail that is taken over and what kept the worker from recording it
COUNTS = {
    "digests": "tasks_digest",
    "reminders": "tasks_reminder",
    "sweeps": "tasks_sweep",
    "deliveries": "tasks_delivery",
    "sent": "tasks_delivery WHERE state = 'sent' AND sent_at IS NOT NULL",
    "inbox": "tasks_message",
    "people with one inbox message": "(SELECT 1 FROM tasks_message GROUP BY recipient_id HAVING count(*) = 1) AS once",
}
LEFT = "SELECT channel, state, attempts, error, next_try_at - now() FROM tasks_delivery WHERE state <> 'sent' LIMIT 20"


class Kill(NamedTuple):
    worker: int
    at: float


@dataclass
class Fleet:
    """The product's processes; each parent leads a session, and is known with its children by its number."""

    environment: dict[str, str]
    folder: Path
    nodes: int
    per_node: int
    log: int
    parents: list[subprocess.Popen[bytes]] = field(default_factory=list)
    beats: list[subprocess.Popen[bytes]] = field(default_factory=list)
    kills: list[Kill] = field(default_factory=list)

    def start(self, beats: int) -> None:
        self.parents = [self._worker(number) for number in range(self.nodes)]
        self.beats = [self._beat(number) for number in range(beats)]

    def stop(self) -> None:
        for process in [*self.parents, *self.beats]:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def supervise(self) -> None:
        """What ended by itself is started again: a parent whose children die while it starts gives up."""
        for number, parent in enumerate(self.parents):
            if parent.poll() is not None:
                self._kill_all(parent)
                self.parents[number] = self._worker(number)

    def kill_one(self, choice: random.Random, count: int) -> None:
        """A worker; every tenth time the parent and all its workers, every twentieth a beat too."""
        number = choice.randrange(self.nodes)
        children = self.children(self.parents[number])
        if count % 20 == 0 and self.beats:
            which = choice.randrange(len(self.beats))
            self._kill_all(self.beats[which])
            self.beats[which] = self._beat(which)
        if count % 10 == 0:
            self.kills += [Kill(child, time.monotonic()) for child in children]
            self._kill_all(self.parents[number])
            self.parents[number] = self._worker(number)
        elif children:
            victim = choice.choice(children)
            with suppress(ProcessLookupError):
                os.kill(victim, signal.SIGKILL)
                self.kills.append(Kill(victim, time.monotonic()))

    @staticmethod
    def children(process: subprocess.Popen[bytes]) -> list[int]:
        try:
            return [
                int(child) for child in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            ]
        except OSError:
            return []

    @staticmethod
    def _kill_all(process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def _worker(self, number: int) -> subprocess.Popen[bytes]:
        options = f"--concurrency {self.per_node} --without-gossip --without-mingle --loglevel CRITICAL"
        return self._run(f"worker -n node{number}@%h {options}")

    def _beat(self, number: int) -> subprocess.Popen[bytes]:
        return self._run(f"beat --pidfile= --loglevel CRITICAL --schedule {self.folder / f'schedule{number}'}")

    def _run(self, arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "qa_plan", "-q", *arguments.split()],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )


@dataclass
class Service:
    """A server that can be stopped and started again."""

    running: Callable[[], AbstractContextManager[None]]
    stack: ExitStack = field(default_factory=ExitStack)
    stopped_at: float = 0.0
    started_at: float = 0.0

    def start(self) -> None:
        self.stack.enter_context(self.running())

    def restart(self) -> None:
        self.stopped_at = time.monotonic()
        self.stack.close()
        time.sleep(OUTAGE)
        self.start()
        self.started_at = time.monotonic()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--beats", type=int, default=2)
    parser.add_argument("--kill-every", type=float, default=1, help="seconds")
    parser.add_argument("--refusing", type=float, default=0.05, help="share of the mails")
    parser.add_argument("--look-every", type=float, default=10, help="seconds between two looks at what is due")
    parser.add_argument("--no-outages", action="store_true", help="queue and database keep running")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=1200, help="seconds after which it is given up")
    parser.add_argument("--build", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.build:
        build(options.build)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that nothing is left running
    sink = Sink(options.refusing, options.seed)
    with (
        servers() as (url, database, queue_url, queue),
        sink.serving() as port,
        tempfile.TemporaryDirectory(prefix="qa-plan-faults-") as folder,
    ):
        known = product(url, queue_url, port, Path(folder), options.look_every)
        prepare(known, options.people)
        sys.exit(attack(known, Path(folder), url, sink, database, queue, options))


@contextmanager
def servers() -> Iterator[tuple[str, Service, str, Service]]:
    """A database that keeps what was committed when it is stopped as in a crash, and a queue that keeps nothing."""
    with postgres.cluster() as cluster, redis.prepared() as (url, started):
        crashing = Service(lambda: cluster.running("synchronous_commit=on", stop=signal.SIGQUIT))
        queue = Service(started)
        with closing(crashing.stack), closing(queue.stack):
            crashing.start()
            queue.start()
            yield cluster.url, crashing, url, queue


def product(database: str, queue: str, port: int, folder: Path, look_every: float) -> dict[str, str]:
    (folder / "static").mkdir()
    return environment(
        database,
        REDIS_URL=queue,
        QA_PLAN_VAR=str(folder),
        QA_PLAN_DEMO="0",
        QA_PLAN_TODAY=DAY,
        EMAIL_URL=f"smtp://127.0.0.1:{port}",
        SEND_EVERY=str(look_every),
        DJANGO_SETTINGS_MODULE="benchmarks.faultsettings",
        **HURRY,
        **AWAKE,
    )


def prepare(known: dict[str, str], people: int) -> None:
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=known, check=True)
    subprocess.run([sys.executable, "-m", "benchmarks.faults", "--build", str(people)], cwd=ROOT, env=known, check=True)


def build(people: int) -> None:
    """A task that is one day overdue, an agency that leads it, its liaisons with their addresses; no day off near."""
    import django

    django.setup()
    from datetime import date, timedelta

    from django.utils import timezone

    from agencies.models import Role, User
    from tasks.models import ReminderPreference, ReminderRule, WorkdayOverride
    from tests.support.factories import make_agency, make_assignment, make_item, make_plan, moment, sign_receipt

    ReminderRule.objects.exclude(code="overdue").update(is_active=False)
    today = timezone.localdate()
    WorkdayOverride.objects.bulk_create(
        WorkdayOverride(day=today + timedelta(days=days), is_workday=True, name="故障测试") for days in range(3)
    )
    agency = make_agency("省商务厅")
    item = make_item(make_plan(due_on=date(2016, 12, 31)), due_on=date(2016, 10, 11), title="实施品牌战略")
    sign_receipt(make_assignment(item, agency), at=moment("2016-06-01"))
    liaisons = User.objects.bulk_create(
        User(username=f"p{number}", display_name=f"联络员{number}", role=Role.LIAISON, agency=agency)
        for number in range(people)
    )
    ReminderPreference.objects.bulk_create(
        ReminderPreference(user=person, email=f"{person.username}@example.gov.cn", channels=["email"])
        for person in liaisons
    )


def attack(
    known: dict[str, str],
    folder: Path,
    url: str,
    sink: Sink,
    database: Service,
    queue: Service,
    options: argparse.Namespace,
) -> int:
    log = folder / "log"
    with log.open("wb") as output:
        fleet = Fleet(known, folder, 2 if options.workers > 1 else 1, max(1, options.workers // 2), output.fileno())
        fleet.start(options.beats)
        begun = time.monotonic()
        try:
            sweep(known)
            finished = fire(url, sink, fleet, database, queue, options)
        finally:
            fleet.stop()
    seconds = time.monotonic() - begun
    found = counted(url)
    explained = doubles(sink, fleet.kills, database)
    print(f"{options.people} reminders in {seconds:.0f} s: {len(fleet.kills)} workers killed", end=", ")
    print(f"{sink.refused} mails refused")
    print(", ".join(f"{name} {count}" for name, count in found.items()))
    for row in rows(url, LEFT):
        print("  left:", *row)
    lost = options.people - len(sink.accepted)
    print(f"lost {lost}; doubled {sum(explained.values())}", flush=True)
    for reason, count in explained.items():
        print(f"  {count}: {reason}")
    expected = dict.fromkeys(COUNTS, options.people) | {"sweeps": 1}
    expected |= {"deliveries": 2 * options.people, "sent": 2 * options.people}
    return 0 if finished and found == expected and lost == 0 and not explained[UNEXPLAINED] else 1


def sweep(known: dict[str, str]) -> None:
    """Asked for twice at once; beat does it every twenty minutes."""
    command = [sys.executable, "-m", "celery", "-A", "qa_plan", "-q", "call", "tasks.jobs.sweep_reminders"]
    for process in [subprocess.Popen(command, cwd=ROOT, env=known, stdout=subprocess.DEVNULL) for _ in range(2)]:
        process.wait()


def fire(url: str, sink: Sink, fleet: Fleet, database: Service, queue: Service, options: argparse.Namespace) -> bool:
    """Kills until all is sent; False where it was not in time."""
    choice = random.Random(options.seed)
    outages = [] if options.no_outages else [(0.3, queue), (0.6, database)]
    begun, count = time.monotonic(), 0
    while time.monotonic() - begun < options.limit:
        time.sleep(options.kill_every)
        found = counted(url)
        if found.get("deliveries") and found["sent"] == found["deliveries"]:
            return True
        count += 1
        fleet.supervise()
        if found.get("sweeps") or count % SPARED == 0:
            fleet.kill_one(choice, count)
        if not found.get("sweeps") and count % (3 * SPARED) == 0:
            sweep(fleet.environment)
        if outages and len(sink.accepted) > outages[0][0] * options.people:
            outages.pop(0)[1].restart()
    return False


def counted(url: str) -> dict[str, int]:
    """What the ledger has; nothing while the database is away."""
    found = rows(url, " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {what}" for name, what in COUNTS.items()))
    return {str(name): int(str(count)) for name, count in found}


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    with suppress(psycopg2.Error), closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()
    return []


UNEXPLAINED = "no reason found"


def doubles(sink: Sink, kills: list[Kill], database: Service) -> Counter[str]:
    """Why mails were taken over more than once: what happened to the worker of every time but the last."""
    killed = {kill.worker: kill.at for kill in kills}
    return Counter(
        reason(taken, killed.get(taken.worker), database)
        for several in sink.accepted.values()
        for taken in several[:-1]
    )


def reason(taken: Accepted, killed_at: float | None, database: Service) -> str:
    """A worker that is killed with the mail on its way dies before the mail server has read it."""
    outage = database.started_at > 0 and database.stopped_at - EXPLAINS < taken.at < database.started_at + EXPLAINS
    if killed_at is None or abs(killed_at - taken.at) > EXPLAINS:
        return "the database was away for longer than the worker could wait" if outage else UNEXPLAINED
    if killed_at <= taken.at:
        return "its worker was killed while the mail was on its way"
    waited = " waiting for the database" if outage else ""
    return f"its worker was killed{waited} {_rounded(killed_at - taken.at)} ms after the mail was taken over"


def _rounded(seconds: float) -> str:
    return next((f"up to {bound}" for bound in (1, 10, 100, 1000) if seconds * 1000 <= bound), "more than 1000")


if __name__ == "__main__":
    main()
