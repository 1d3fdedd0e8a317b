"""变更记录: what deeds and master-data changes leave behind, chained row by row.

A deed runs inside `recording()` and says what it did with `note`; the rows are appended when the outermost one ends, in
its transaction: what is undone leaves no row, and what is done can't go without one.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from agencies import security
from agencies.chain import START as START
from agencies.chain import Heads, Verdict, as_of_now, chained, hash_over, held_against, walked
from agencies.circumstances import request_id as request_id
from agencies.models import Agency, Change, ChangeChain, User

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
    heads = chained(rows, _locked_heads(), HASHED)
    Change.objects.bulk_create(rows)
    values: list[int | str] = [len(rows), heads.sha256, heads.sm3]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {CHAIN} SET count = count + %s, head = %s, sm3_head = %s WHERE id = 1", values)
    security.record_changes_of_accounts(rows)


def _locked_heads() -> Heads:
    """The last row's hashes; plain SQL, as every deed asks for them."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT head, sm3_head FROM {CHAIN} WHERE id = 1{lock}")
        known = cursor.fetchone()
    if known is None:
        chain, _ = ChangeChain.objects.select_for_update().get_or_create(pk=1)
        known = (chain.head, chain.sm3_head)
    return Heads(known[0] or START, known[1])


def hash_of(row: Change) -> str:
    """SHA-256 over all that the row says and the hash of the row before it."""
    return hash_over(row, HASHED)


def verify() -> Verdict:
    """Reckons every row anew, oldest first. What is appended meanwhile waits for nothing, and is left for next time."""
    chain, rows = as_of_now(ChangeChain, Change)
    return held_against(walked(rows, Heads(), HASHED), chain)
