"""待办: everything that waits for an office, the worst first: one list for its first page and for the count beside it.

What waits for an agency alone, and is not late, is not in it: an urge that may still be answered, a receipt or a
milestone that is not due. A leader's word (批示) is looked after from the day on which its answer is due.
"""

from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from itertools import accumulate
from typing import NamedTuple, overload

from django.db.models import TextChoices

from agencies.models import TOP
from tasks.rules.workdays import Overrides, workdays_after

Since = tuple[str | None, int | None]  # the day as text, and of a receipt its plan's working days
Keys = Mapping[Since, Sequence[int]]  # of one kind, by the day since which they wait; no day: they wait no more
Read = Sequence[tuple[str | None, int | None, Sequence[int]]]  # the same as the database tells it

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


class Batch(NamedTuple):
    """What is of one kind and waits since one day: alike in all but its keys, the lowest of which stands first."""

    wait: Wait
    since: date
    until: date | None
    urgency: Urgency
    keys: Sequence[int]


class Entries(Sequence[Entry]):
    """Batches as one list of entries, each of which is made when it is looked at."""

    def __init__(self, batches: Sequence[Batch]) -> None:
        self.batches = batches
        self._ends = list(accumulate(len(batch.keys) for batch in batches))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, at: int) -> Entry: ...
    @overload
    def __getitem__(self, at: slice) -> list[Entry]: ...
    def __getitem__(self, at: int | slice) -> Entry | list[Entry]:
        places = range(len(self))[at]
        return self._at(places) if isinstance(places, int) else [self._at(place) for place in places]

    def _at(self, place: int) -> Entry:
        number = bisect_right(self._ends, place)
        batch = self.batches[number]
        key = batch.keys[place - self._ends[number]]  # counted from the batch's end
        return Entry(batch.wait, key, batch.since, batch.until, batch.urgency)

    def place_of(self, wait: Wait, key: int) -> int | None:
        """Where it stands, None where it isn't."""
        for batch, end in zip(self.batches, self._ends, strict=True):
            if batch.wait == wait and key in batch.keys:
                return end - len(batch.keys) + batch.keys.index(key)
        return None

    @property
    def keys(self) -> Iterator[int]:
        return (key for batch in self.batches for key in batch.keys)

    @property
    def by_urgency(self) -> Counter[Urgency]:
        counts: Counter[Urgency] = Counter()
        for batch in self.batches:
            counts[batch.urgency] += len(batch.keys)
        return counts


@dataclass(frozen=True)
class Pending:
    """What waits on a day. `version` names the last change that it knows of.

    Thousands wait since a few days: what is reckoned and sorted after a change are those days, never what waits.
    """

    day: date
    version: int
    rows: Mapping[Wait, Keys]
    overrides: Overrides

    @cached_property
    def _after(self) -> Callable[[str, int], date]:
        """The day that is so many working days after that one; each is reckoned once."""
        return cache(lambda day, count: workdays_after(date.fromisoformat(day), count, self.overrides))

    @cached_property
    def entries(self) -> Entries:
        """The worst first: past its day, the longest past before others; then what is to be done today; then the rest.

        What has no day by which it is to be done is to be done today.
        """
        batches = [
            self._batch(wait, since, more, keys)
            for wait, days in self.rows.items()
            for (since, more), keys in days.items()
            if since and not (wait == Wait.RECEIPT and self._after(since, more or 0) >= self.day)  # may still be signed
        ]
        return Entries(sorted(batches, key=_badness))

    def _batch(self, wait: Wait, since: str, more: int | None, keys: Sequence[int]) -> Batch:
        until = self._until(wait, since, more)
        return Batch(wait, date.fromisoformat(since), until, self._urgency(until), keys)

    def _until(self, wait: Wait, since: str, more: int | None) -> date | None:
        if wait == Wait.UNASSIGNED:
            return None
        if wait in (Wait.INSTRUCTION, Wait.URGE, Wait.MILESTONE):
            return date.fromisoformat(since)
        return self._after(since, more or ANSWER_DAYS)

    def _urgency(self, until: date | None) -> Urgency:
        if until is None or until == self.day:
            return Urgency.TODAY
        return Urgency.LATE if until < self.day else Urgency.LATER

    @cached_property
    def counts(self) -> dict[Wait, int]:
        """How many of each kind, for every page."""
        return {wait: len(self.of(wait)) for wait in Wait}

    @property
    def total(self) -> int:
        return len(self.entries)

    def of(self, wait: str) -> Entries:
        """Those of one kind, or all."""
        return Entries([batch for batch in self.entries.batches if batch.wait == wait]) if wait else self.entries


def _badness(batch: Batch) -> tuple[int, date, date, int, int]:
    return RANKS[batch.urgency], batch.until or batch.since, batch.since, PLACES[batch.wait], batch.keys[0]


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
    columns: Iterable[Read | None],
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
    rows = {wait: (known.rows[wait] if known else {}) if told is None else _keys(told) for wait, told in read.items()}
    if dealt_with:
        rows[Wait.REVIEW] = _without(rows[Wait.REVIEW], _keys(dealt_with))
    made = _last[home] = Pending(day, version, rows, overrides)
    _last.move_to_end(home)
    if len(_last) > KEPT:
        _last.popitem(last=False)
    return made


def _keys(told: Read) -> Keys:
    return {(since, more): sorted(keys) for since, more, keys in told}


def _without(known: Keys, dealt_with: Keys) -> Keys:
    """Those that were dealt with since stand where they wait now."""
    anew = {key for keys in dealt_with.values() for key in keys}
    days = {
        day: keys if anew.isdisjoint(keys) else [key for key in keys if key not in anew] for day, keys in known.items()
    }
    for day, keys in dealt_with.items():
        days[day] = sorted([*days.get(day, ()), *keys])
    return {day: keys for day, keys in days.items() if keys and day[0]}


def forget() -> None:
    _last.clear()
