"""Rows that are chained: each has a hash over what it says and over the hash of the row before it.

A row that was altered, removed or slipped in breaks the chain. Whoever can write to the database can also reckon a new
chain: that shows only against a head noted elsewhere (`agencies.seals`).

Beside SHA-256 a row has an SM3 where the settings ask for it. It covers the SM3 before it too, so that those rows are a
chain of their own; rows of other times have none, and hold by SHA-256 alone.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

_encoder = DjangoJSONEncoder(ensure_ascii=False, sort_keys=True)
START = "0" * 64  # stands for the row before the first


class ChainOfRows(models.Model):
    """The one row that whoever appends to a chain locks, so that rows are chained one after another.

    It knows how many rows there are and the last one's hashes: rows removed from the end are missed too.
    """

    count = models.PositiveBigIntegerField("行数", default=0)
    head = models.CharField("最后一行校验码", max_length=64, blank=True)
    sm3_head = models.CharField("最后一个SM3校验码", max_length=64, blank=True, default="")

    class Meta:
        abstract = True


class ChainedRow(models.Model):
    """A row that knows the hash of the row before it, and its own over that and over all that it says."""

    previous_hash = models.CharField("前一行校验码", max_length=64)
    hash = models.CharField("校验码", max_length=64, unique=True)
    sm3 = models.CharField("SM3校验码", max_length=64, null=True, blank=True)  # noqa: DJ001 - SQLite adds it in place

    class Meta:
        abstract = True


@dataclass(frozen=True, slots=True)
class Heads:
    """The hashes of a chain's last row: SHA-256, and the last SM3, "" where no row has one."""

    sha256: str = START
    sm3: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look at the whole chain found: how many rows it has, and what is wrong first, "" where all hold.

    `broken` is the first row that doesn't hold; None as well where only rows of the end are missing. `before` rows that
    were given up by age had stood before.
    """

    count: int
    head: str
    problem: str = ""
    broken: Any = None
    sm3: str = ""
    before: int = 0


def _content(row: Any, names: Iterable[str]) -> bytes:
    content = {name: getattr(row, name) for name in names}
    content["recorded_at"] = content["recorded_at"].timestamp()
    return _encoder.encode(content).encode()


def hash_over(row: Any, names: Iterable[str]) -> str:
    """SHA-256 over those fields of the row; the hash of the row before it is one of them."""
    return hashlib.sha256(_content(row, names)).hexdigest()


def sm3_over(row: Any, names: Iterable[str], last: str) -> str:
    """SM3 over the same, and over the SM3 before it."""
    return hashlib.new("sm3", last.encode() + _content(row, names)).hexdigest()


def chained(rows: Sequence[Any], last: Heads, names: Iterable[str]) -> Heads:
    """Chains the rows one after another to the row with those hashes, and returns those of the last of them."""
    sha256, sm3 = last.sha256, last.sm3
    for row in rows:
        row.previous_hash = sha256
        row.hash = sha256 = hash_over(row, names)
        if settings.RECORD_SM3:
            row.sm3 = sm3 = sm3_over(row, names, sm3)
    return Heads(sha256, sm3)


@transaction.atomic
def as_of_now(chain: type[models.Model], rows: type[models.Model]) -> tuple[Any, models.QuerySet]:
    """The chain, and the rows that it counts: whoever appends waits only for this."""
    known = chain._default_manager.select_for_update().filter(pk=1).first() or chain()
    newest = rows._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    return known, rows._default_manager.filter(pk__lte=newest)


def walked(rows: models.QuerySet, last: Heads, names: Sequence[str]) -> Verdict:
    """Reckons every row anew, oldest first, from the one that follows the row with those hashes."""
    count, sha256, sm3 = 0, last.sha256, last.sm3
    # Objects would cost a third more.
    columns = rows.order_by("pk").values_list("pk", "hash", "sm3", *names, named=True)
    for row in columns.iterator(1000):
        if hash_over(row, names) != row.hash or (row.sm3 and sm3_over(row, names, sm3) != row.sm3):
            return Verdict(count, sha256, "内容与校验码不符，该行被改动过", rows.get(pk=row.pk), sm3)
        if row.previous_hash != sha256:
            return Verdict(count, sha256, "与前一行不相接，前面有行被删除、插入或调换", rows.get(pk=row.pk), sm3)
        sha256, sm3, count = row.hash, row.sm3 or sm3, count + 1
    return Verdict(count, sha256, sm3=sm3)


def held_against(found: Verdict, chain: Any) -> Verdict:
    """The same, with what is wrong where the end is another than the chain knows."""
    if found.problem:
        return found
    if (found.count, found.head) != (chain.count, chain.head or START):
        return replace(found, problem=f"末尾应有{chain.count}行，实有{found.count}行")
    if found.sm3 != chain.sm3_head:
        return replace(found, problem="末尾的SM3校验码与登记的不符")
    return found
