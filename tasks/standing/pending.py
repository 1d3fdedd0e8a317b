"""待办: everything that waits for an office, the worst first: one list for its first page and for the count beside it.

What waits for an agency alone, and is not late, is not in it: an urge that may still be answered, a receipt or a
milestone that is not due. A leader's word (批示) is looked after from the day on which its answer is due.
"""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any, NamedTuple

from django.db.models import TextChoices

from agencies.models import TOP
from tasks.rules.workdays import Overrides, workdays_after

Rows = Sequence[Sequence[Any]]  # key, since when as text, and of a receipt its plan's working days

ANSWER_DAYS = 3  # working days in which the office reviews, answers and confirms, as its reminders have it


class Wait(TextChoices):
    """What waits: in the order in which rows of one day stand."""

    INSTRUCTION = "instruction", "批示到期未答复"
    URGE = "urge", "催办超期未答复"
    RECEIPT = "receipt", "超期未签收"
    MILESTONE = "milestone", "节点逾期"
    REQUEST = "request", "申请待答复"
    REVIEW = "review", "报告待审"
    PROOF = "proof", "节点待确认"
    UNASSIGNED = "unassigned", "未明确单位"


PLACES = {wait: place for place, wait in enumerate(Wait)}


class Urgency(TextChoices):
    LATE = "late", "已过期限"
    TODAY = "today", "今天要办"
    LATER = "later", "期限内"


RANKS = {urgency: rank for rank, urgency in enumerate(Urgency)}


class Entry(NamedTuple):
    """One thing that waits. `until` is the day by which it should be done, None where there is no such day."""

    wait: Wait
    key: int
    since: date
    until: date | None
    urgency: Urgency


@dataclass(frozen=True)
class Pending:
    """What waits on a day. `version` names the last change that it knows of."""

    day: date
    version: int
    rows: Mapping[Wait, Rows]
    overrides: Overrides

    @cached_property
    def _after(self) -> Callable[[str, int], date]:
        """The day that is so many working days after that one; each is reckoned once."""
        return cache(lambda day, count: workdays_after(date.fromisoformat(day), count, self.overrides))

    @cached_property
    def _waiting(self) -> dict[Wait, Rows]:
        """The rows without receipts that are not late: those wait for their agencies."""
        receipts = self.rows[Wait.RECEIPT]
        late = [row for row in receipts if self._after(row[1], row[2]) < self.day]
        return {**self.rows, Wait.RECEIPT: late}

    @cached_property
    def entries(self) -> list[Entry]:
        """The worst first: past its day, the longest past before others; then what is to be done today; then the rest.

        What has no day by which it is to be done is to be done today.
        """
        day_of = cache(date.fromisoformat)
        entries = [
            self._entry(wait, key, day_of(since), self._until(wait, since, more))
            for wait, rows in self._waiting.items()
            for key, since, more in rows
        ]
        entries.sort(key=_badness)
        return entries

    def _until(self, wait: Wait, since: str, more: int | None) -> date | None:
        if wait == Wait.UNASSIGNED:
            return None
        if wait in (Wait.INSTRUCTION, Wait.URGE, Wait.MILESTONE):
            return date.fromisoformat(since)
        return self._after(since, more or ANSWER_DAYS)

    def _entry(self, wait: Wait, key: int, since: date, until: date | None) -> Entry:
        if until is None or until == self.day:
            return Entry(wait, key, since, until, Urgency.TODAY)
        return Entry(wait, key, since, until, Urgency.LATE if until < self.day else Urgency.LATER)

    @cached_property
    def counts(self) -> dict[Wait, int]:
        """How many of each kind, for every page; without looking at each."""
        return {wait: len(rows) for wait, rows in self._waiting.items()}

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @cached_property
    def by_urgency(self) -> Counter[Urgency]:
        return Counter(entry.urgency for entry in self.entries)

    def of(self, wait: str) -> list[Entry]:
        """Those of one kind, or all."""
        return [entry for entry in self.entries if entry.wait == wait] if wait else self.entries


def _badness(entry: Entry) -> tuple[int, date, date, int, int]:
    return RANKS[entry.urgency], entry.until or entry.since, entry.since, PLACES[entry.wait], entry.key


# ── kept by this process until something changes ─────────────────────────────────────────────────────────────────

KEPT = 200  # offices
_last: OrderedDict[str, Pending] = OrderedDict()


def known_on(day: date, home: str = TOP) -> Pending | None:
    """What this process read last of that office, if that was on that day."""
    known = _last.get(home)
    return known if known is not None and known.day == day else None


def renewed(
    known: Pending | None,
    day: date,
    version: int,
    columns: Iterable[Rows | None],
    overrides: Overrides,
    home: str = TOP,
) -> Pending:
    """What waits for that office now, from one reading: a column for each kind, then the reports dealt with since.

    Columns are None where what was known holds.
    """
    if known and (known.version, known.overrides) == (version, overrides):
        return known
    *kinds, dealt_with = columns
    read = dict(zip(Wait, kinds, strict=True))
    rows = {wait: (known.rows[wait] if known else ()) if rows is None else rows for wait, rows in read.items()}
    if dealt_with:
        rows[Wait.REVIEW] = _without(rows[Wait.REVIEW], dealt_with)
    made = _last[home] = Pending(day, version, rows, overrides)
    _last.move_to_end(home)
    if len(_last) > KEPT:
        _last.popitem(last=False)
    return made


def _without(rows: Rows, dealt_with: Rows) -> Rows:
    """The rows, those in their place that were dealt with since: without a day are those that wait no more."""
    anew = {row[0] for row in dealt_with}
    return [*(row for row in rows if row[0] not in anew), *(row for row in dealt_with if row[1])]


def forget() -> None:
    _last.clear()
