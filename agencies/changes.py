"""变更记录: what deeds and master-data changes leave behind, chained row by row.

A deed runs inside `recording()` and says what it did with `note`; the rows are appended when the outermost one ends, in
its transaction: what is undone leaves no row, and what is done can't go without one.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from agencies.models import Agency, Change, ChangeChain, User

START = "0" * 64  # stands for the row before the first
CHAIN = ChangeChain._meta.db_table
HASHED = (
    "recorded_at",
    "by_id",
    "by_name",
    "action",
    "subject_type",
    "subject_id",
    "subject",
    "agency_id",
    "old",
    "new",
    "reason",
    "request_id",
    "previous_hash",
)

# Shared by all that one request, command or job does; the middleware sets it.
request_id: ContextVar[UUID | None] = ContextVar("request_id", default=None)


class _Pending(threading.local):
    """The rows of the deed that this thread is doing, and how deeply deeds are nested."""

    def __init__(self) -> None:
        self.depth = 0
        self.rows: list[Change] = []
        self.request_id = uuid4()


_pending = _Pending()


@contextmanager
def recording() -> Iterator[None]:
    """A transaction whose notes are appended to the record at its end, after every other lock was taken."""
    with transaction.atomic():
        if _pending.depth == 0:
            _pending.request_id = request_id.get() or uuid4()
        _pending.depth += 1
        mark = len(_pending.rows)
        try:
            yield
            if _pending.depth == 1:
                _append(_pending.rows)
        except BaseException:
            del _pending.rows[mark:]
            raise
        finally:
            _pending.depth -= 1
            if _pending.depth == 0:
                _pending.rows.clear()


def is_recording() -> bool:
    """Whether this thread is amid a deed, and sees what others don't, and what may yet be undone."""
    return _pending.depth > 0


def note(
    action: str,
    subject: models.Model,
    *,
    by: User | None,
    at: datetime,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
    reason: str = "",
    agency: Agency | None = None,
) -> None:
    """Says what a deed did. Only inside `recording()`; `old` and `new` hold the fields that changed."""
    if not _pending.depth:
        raise RuntimeError("A change is noted outside of the deed that makes it.")
    _pending.rows.append(
        Change(
            recorded_at=at,
            by=by,
            by_name=str(by) if by else "系统",
            action=action,
            subject_type=subject._meta.label_lower,
            subject_id=str(subject.pk),
            subject=str(subject)[:300],
            agency=agency,
            old=_plain(old or {}),
            new=_plain(new or {}),
            reason=reason,
            request_id=_pending.request_id,
        )
    )


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    """The values as the database gives them back, so that a row read later has the hash with which it was written.

    Fractions are kept as text: PostgreSQL writes 1e16 as a whole number, SQLite doesn't.
    """
    text = json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False)
    plain: dict[str, Any] = json.loads(text, parse_float=str, parse_constant=str)
    return plain


def _append(rows: list[Change]) -> None:
    """Chains the rows to the last one and keeps their count and head beside the chain, all under its lock."""
    if not rows:
        return
    head = _locked_head()
    for row in rows:
        row.previous_hash = head or START
        row.hash = head = hash_of(row)
    Change.objects.bulk_create(rows)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {CHAIN} SET count = count + %s, head = %s WHERE id = 1", [len(rows), head])


def _locked_head() -> str:
    """The last row's hash, "" before there is one; plain SQL, as every deed asks for it."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT head FROM {CHAIN} WHERE id = 1{lock}")
        chain = cursor.fetchone()
    return chain[0] if chain else ChangeChain.objects.select_for_update().get_or_create(pk=1)[0].head


def hash_of(row: Change) -> str:
    """SHA-256 over all that the row says and the hash of the row before it."""
    content = {name: getattr(row, name) for name in HASHED}
    content["recorded_at"] = row.recorded_at.timestamp()
    text = json.dumps(content, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole chain found: how many rows it has, and what is wrong first, "" where all hold.

    `broken` is the first row that doesn't hold; None as well where only rows of the end are missing.
    """

    count: int
    head: str
    problem: str = ""
    broken: Change | None = None


@transaction.atomic
def verify() -> Verdict:
    """Reckons every row anew, oldest first; nothing is appended meanwhile.

    Whoever can write to the database can also reckon a new chain: that shows only against a head noted elsewhere.
    """
    chain = ChangeChain.objects.select_for_update().filter(pk=1).first() or ChangeChain()
    last, count = START, 0
    for row in Change.objects.order_by("pk").iterator(1000):
        if hash_of(row) != row.hash:
            return Verdict(count, last, "内容与校验码不符，该行被改动过", row)
        if row.previous_hash != last:
            return Verdict(count, last, "与前一行不相接，前面有行被删除、插入或调换", row)
        last, count = row.hash, count + 1
    if (count, last) != (chain.count, chain.head or START):
        return Verdict(count, last, f"末尾应有{chain.count}行，实有{count}行")
    return Verdict(count, last)
