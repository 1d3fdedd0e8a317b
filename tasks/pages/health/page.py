"""What /metrics tells, in the text format of Prometheus: one family after the other, each with what it means."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from django.conf import settings

from qa_plan.counters import KINDS, answered
from qa_plan.version import VERSION
from tasks.pages.health.questions import waiting
from tasks.reminders.watch import look, troubles

WATCHED = ("reminders", "mail", "jobs")


class Family(NamedTuple):
    """A name, what it means, its kind, and its samples: labels and value."""

    name: str
    meaning: str
    kind: str
    samples: list[tuple[dict[str, str], float]]


def in_text(families: Iterator[Family]) -> str:
    return "".join(line for family in families for line in _lines(family))


def _lines(family: Family) -> Iterator[str]:
    yield f"# HELP qa_plan_{family.name} {family.meaning}\n# TYPE qa_plan_{family.name} {family.kind}\n"
    for labels, value in family.samples:
        told = ",".join(f'{label}="{text}"' for label, text in labels.items())
        yield f"qa_plan_{family.name}{f'{{{told}}}' if told else ''} {value:.15g}\n"


def of_this_host() -> Iterator[Family]:
    """What needs no database."""
    yield Family("info", "The product's version.", "gauge", [({"version": VERSION}, 1)])
    rows = answered()
    yield Family(
        "requests_total",
        "Requests answered by this host, by view and kind of status.",
        "counter",
        [
            ({"view": row.view, "status": f"{kind}xx"}, count)
            for row in rows
            for kind, count in zip(KINDS, row.counts, strict=True)
            if count
        ],
    )
    seconds = [({"view": row.view}, row.seconds) for row in rows]
    yield Family("request_seconds_total", "Seconds that their answers took.", "counter", seconds)
    free = shutil.disk_usage(settings.VAR_DIR).free
    yield Family("disk_free_bytes", "Room on the disk of the data folder.", "gauge", [({}, free)])


def of_the_installation(at: datetime, now: datetime) -> Iterator[Family]:
    """What the database says; raises DatabaseError where it can't be asked."""
    seen = look()
    ages = {process: (now - sign).total_seconds() for process, sign in sorted(seen.signs.items()) if sign}
    backup = ages.pop("backup", None)
    signs = [({"process": process}, age) for process, age in ages.items()]
    yield Family("sign_age_seconds", "Seconds since each process or job last gave a sign of life.", "gauge", signs)
    if backup is not None:
        yield Family("backup_age_seconds", "Seconds since the last backup.", "gauge", [({}, backup)])
    queue = waiting(now)
    yield Family("reminders_waiting", "Messages whose time to leave has come.", "gauge", [({}, queue.due)])
    yield Family("reminders_failed", "Messages that were given up.", "gauge", [({}, queue.failed)])
    oldest = (now - queue.since).total_seconds() if queue.since else 0
    yield Family("queue_age_seconds", "How long the first of them has been waiting.", "gauge", [({}, oldest)])
    wrong = troubles(seen, at=at, now=now)
    told = [({"what": what}, float(what in wrong)) for what in WATCHED]
    yield Family("trouble", "1 where the watch over reminders, mail or jobs finds something wrong.", "gauge", told)
